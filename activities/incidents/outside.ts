import { FAILURE } from '../../src/domain/errors.ts';
import { incidentLinks, severityBadge } from '../../src/domain/incident-facts.ts';
import { doerRef } from '../../src/domain/incident-people.ts';
import type { ChildIncident, IncidentState } from '../../src/domain/incidents.ts';
import { type OutgoingEvent, OutsideError } from '../../src/domain/outside.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import type { IncidentOutsideActivities } from './contract.ts';
import { outside, secretOf } from './outside-calls.ts';

type Deps = Pick<
  ActivityDeps,
  | 'directory'
  | 'gameDay'
  | 'incidentConfig'
  | 'incidents'
  | 'secret'
  | 'webhooks'
  | 'silences'
  | 'tellIncident'
  | 'now'
>;

/** Of these alone a silence would also keep quiet what has nothing to do with the incident. */
const TOO_BROAD = new Set([
  'severity',
  'priority',
  'env',
  'environment',
  'cluster',
  'region',
  'prometheus',
  'team',
]);

export function createOutsideActivities(deps: Deps): IncidentOutsideActivities {
  async function webhookOf(id: string) {
    const webhook = (await deps.incidentConfig())?.webhooks.find((candidate) => candidate.id === id);
    if (webhook !== undefined) return webhook;
    throw refused(
      FAILURE.wrongState,
      `There is no webhook “${id}” any more.`,
      'Look at webhooks in manifests/incidents.yaml.',
    );
  }

  /** As it would go if it were one, but that nothing is sent. */
  async function drilled(): Promise<string> {
    const faults = await deps.gameDay.faults(deps.now());
    const fault = faults.find(({ target }) => target === 'webhooks');
    return await outside(async () => {
      if (fault === undefined) return 'a drill, so nothing was sent';
      throw new OutsideError('It is made to fail for a game day.', { retryable: true });
    }, 'End the game day with npm run gameday -- off.');
  }

  return {
    async sendWebhook({ state, webhook: id, event, key, note }) {
      if (state.drill) return { note: await drilled() };
      const { kind, url, secret } = await webhookOf(id);
      const held = secret === undefined ? undefined : secretOf(deps, secret);
      const call = { kind, url, secret: held, event: outgoingEvent(state, { event, key, note }) };
      return {
        note: await outside(() => deps.webhooks.send(call), 'Look at webhooks in manifests/incidents.yaml.'),
      };
    },

    async silenceAlerts({ state, key, person, ms, comment }) {
      const [config, directory] = await Promise.all([deps.incidentConfig(), deps.directory.snapshot()]);
      if (config?.alertmanager === undefined) {
        throw refused(
          FAILURE.wrongState,
          'I do not know an Alertmanager.',
          'The platform team puts its address into manifests/incidents.yaml.',
        );
      }
      const { url } = config.alertmanager;
      const order = {
        url,
        key: `${state.requestId}:${key}`,
        matchers: safeMatchers(state),
        createdBy: doerRef(directory, person).name,
        // Whoever may look at Alertmanager reads it.
        comment: state.private ? `Incident #${state.number}` : `Incident #${state.number}: ${comment}`,
        startsAt: deps.now().toISOString(),
        endsAt: new Date(deps.now().getTime() + ms).toISOString(),
      };
      return await outside(() => deps.silences.silence(order), 'Silence them in Alertmanager by hand.');
    },

    async tellIncident({ state, other, as }) {
      const { number } = state;
      if (as === 'unmerged') {
        await deps.incidents.splitAlerts(number, { from: other, reopen: state.status !== 'closed' });
      }
      if (state.private && !SAID_IN_PRIVATE.has(as)) return;
      await deps.tellIncident(other, {
        other: number,
        as,
        ...(as === 'child' && { child: childOf(state) }),
      });
    },
  };
}

const SAID_IN_PRIVATE = new Set(['merged', 'unmerged', 'hidden']);

function childOf({ number, title, severity, status, revision }: IncidentState): ChildIncident {
  return { number, title, severity, status, revision };
}

function safeMatchers({ alerts }: IncidentState): { name: string; value: string }[] {
  const matchers = alerts?.matchers ?? [];
  if (matchers.some(({ name }) => !TOO_BROAD.has(name))) return matchers;
  throw refused(
    FAILURE.wrongState,
    alerts === undefined || alerts.total === 0
      ? 'This incident has no alerts to silence.'
      : 'Its alerts have too little in common: a silence for all of them would hide others as well.',
    'Silence them one by one in Alertmanager.',
  );
}

/** What is said of it outside. The title and what people wrote of a private one stay inside. */
function outgoingEvent(
  state: IncidentState,
  { event, key, note }: Pick<OutgoingEvent, 'event' | 'key' | 'note'>,
): OutgoingEvent {
  const { last } = state.update;
  const told = state.private
    ? {}
    : {
        title: state.title,
        summary: state.summary,
        ...(state.service === undefined ? {} : { service: state.service }),
        ...(last === undefined ? {} : { lastUpdate: { what: last.what, at: last.at } }),
      };
  return {
    version: 1,
    key: `${state.requestId}:${key}`,
    event,
    ...(note === undefined ? {} : { note }),
    incident: {
      number: state.number,
      id: state.requestId,
      private: state.private,
      ...told,
      severity: state.severity,
      rank: severityBadge(state.rules.severities, state.severity).rank,
      status: state.status,
      times: state.times,
      links: state.private ? [] : incidentLinks(state).map(({ label, url }) => ({ title: label, url })),
      revision: state.revision,
    },
  };
}
