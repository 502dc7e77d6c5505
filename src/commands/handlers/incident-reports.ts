import type { IncidentConfig } from '../../domain/incident-config.ts';
import { incidentJson, incidentMarkdown } from '../../domain/incident-export.ts';
import { PERMISSION_OF } from '../../domain/incident-permissions.ts';
import { reviewView } from '../../domain/incident-review.ts';
import { incidentStats, statsView } from '../../domain/incident-stats.ts';
import type { IncidentState, TimelineEntry } from '../../domain/incidents.ts';
import { mayAnywhere } from '../../domain/policy.ts';
import type { Call, Handler } from '../context.ts';
import { asked, findIncident, incidentConfig, isNotice } from '../incident-lookups.ts';

const DAY_MS = 86_400_000;
const MAX_COUNTED = 5_000;

/** The draft of a review, from what was recorded so far. Where it is a pull request, that follows. */
export const incidentReview: Handler<'incident.review'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    await bringUpToDate(call, found.state);
    return reviewView(found.state, await timelineOf(call, found.state), call.directory);
  },
};

/** For whoever works on it; whether it may be is decided there. Somebody who only looks changes nothing. */
async function bringUpToDate(
  { context, person, policy, request }: Call,
  state: IncidentState,
): Promise<void> {
  const isProposed = state.rules.reviews !== undefined && state.resolution !== undefined;
  if (!isProposed || state.review?.state === 'merged') return;
  if (!mayAnywhere(policy, person, PERMISSION_OF.review)) return;
  await context.incidents.launchers.act(state.number, {
    key: request.dedupeKey,
    person: person.id,
    act: { kind: 'review' },
  });
}

export const incidentExport: Handler<'incident.export'> = {
  permission: 'incident.look',
  async handle(call, { format, ...about }) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { state } = found;
    const timeline = await timelineOf(call, state);
    const write = format === 'json' ? incidentJson : incidentMarkdown;
    return {
      kind: 'document',
      title: `#${state.number} “${state.title}”`,
      name: `incident-${state.number}.${format === 'json' ? 'json' : 'md'}`,
      content: write(state, timeline, call.directory),
    };
  },
};

/** Figures as text, and as a picture where one can be drawn: a platform may still have no room for it. */
export const incidentFigures: Handler<'incident.stats'> = {
  permission: 'incident.look',
  async handle(call, { days }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    const { context, directory } = call;
    const now = context.now();
    const since = new Date(now.getTime() - days * DAY_MS);
    const { items } = await asked(
      () => context.incidents.store.list({ since, limit: MAX_COUNTED }),
      'The database did not answer',
    );
    const stats = incidentStats(items, { days, now, directory, zoneOf: (person) => zoneOf(config, person) });
    return statsView(stats, stats.count === 0 ? undefined : await context.incidents.drawStats(stats));
  },
};

/** The time zone of the first schedule that somebody has a shift in. */
function zoneOf({ schedules }: IncidentConfig, person: string): string | undefined {
  return schedules.find(({ rotations }) => rotations.some(({ people }) => people.includes(person)))?.timeZone;
}

async function timelineOf({ context }: Call, { number }: IncidentState): Promise<TimelineEntry[]> {
  return await asked(() => context.incidents.store.timeline(number), 'The database did not answer');
}
