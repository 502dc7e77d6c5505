import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { pathOf, startPath } from '../chains.ts';
import { change, enter, type Life } from '../incident-state.ts';
import { type Refusal, stale, unlessOpen, wrongState } from '../refusals.ts';
import { resourceOf, startAgain } from '../resources.ts';
import { environmentRequested } from '../runbooks.ts';
import { send, tell } from '../telling.ts';
import { sendIssue, sendProposal } from '../trackers.ts';
import type { Doing, RulesOf } from './rules.ts';

export const ACTION_ACTS: RulesOf<'silence' | 'environment' | 'retry-resource'> = {
  silence: {
    refusal: (state) => unlessOpen(state) ?? unlessSilenceable(state),
    apply(life, { ms, comment }, { person, key }) {
      enter(life, { kind: 'action', by: person, text: `Silencing its alerts: ${comment}` });
      send(life, 'silence', { kind: 'silence', key, person, ms, comment });
    },
  },
  environment: {
    refusal: (state, { name }) =>
      unlessOpen(state) ??
      (state.environments.includes(name) ? wrongState(`${name} belongs to it already.`) : undefined),
    apply(life, { name, template }, { person, key }) {
      change(life, { environments: [...life.state.environments, name] });
      enter(life, { kind: 'action', by: person, text: `Environment ${name} (${template}) requested` });
      environmentRequested(life, name, template);
      tell(life, key, {
        glyph: '🧪',
        headline: `Environment ${name} (${template}) was requested.`,
        by: person,
      });
    },
  },
  'retry-resource': { refusal: refusalOfRetry, apply: retry },
};

function unlessSilenceable({ alerts, number }: IncidentState): Refusal | undefined {
  if (alerts === undefined || alerts.firing === 0) return wrongState(`No alert of #${number} is firing.`);
  if (alerts.matchers.length > 0) return undefined;
  return wrongState(
    'Its alerts have no label in common, so a silence would hide others as well. Silence them in Alertmanager.',
  );
}

function refusalOfRetry(
  { resources, number, status }: IncidentState,
  { id }: ActOf<'retry-resource'>,
): Refusal | undefined {
  const resource = resources.find((candidate) => candidate.id === id);
  if (resource === undefined) return stale(`#${number} has nothing called ${id} to be set up.`);
  if (status === 'closed' && resource.lasting !== true)
    return wrongState(`#${number} is closed, so nothing is set up any more.`);
  if (resource.state === 'failed') return undefined;
  return wrongState(resource.state === 'done' ? 'That is done already.' : 'That is being tried just now.');
}

function retry(life: Life, { id }: ActOf<'retry-resource'>, { person, key }: Doing): void {
  enter(life, { kind: 'resource', by: person, text: `${resourceOf(life, id)?.title ?? id}: tried again` });
  startAgain(life, id);
  if (id === 'page') startPath(life, pathOf(life.state), { message: 'You are needed.', by: person });
  if (id === 'review') sendProposal(life);
  if (id.startsWith('issue:')) sendIssue(life, id.slice('issue:'.length));
  if (!id.startsWith('webhook:')) return;
  const webhook = id.slice('webhook:'.length);
  const event = life.state.webhooks.find((result) => result.id === webhook)?.event;
  if (event !== undefined) send(life, id, { kind: 'webhook', webhook, event: event as 'update', key });
}
