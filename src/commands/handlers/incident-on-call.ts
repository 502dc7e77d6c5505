import { personRef } from '../../domain/environment-views.ts';
import type { IncidentConfig, Schedule } from '../../domain/incident-config.ts';
import type { ItemListView } from '../../domain/incident-view-types.ts';
import { gaps, onCallAt, upcoming } from '../../domain/on-call.ts';
import type { DirectorySnapshot } from '../../domain/people.ts';
import type { Handler } from '../context.ts';
import { incidentConfig, isNotice } from '../incident-lookups.ts';
import { nearest } from '../nearest.ts';
import { echo, notice } from '../wording.ts';

const WEEK_MS = 7 * 86_400_000;
const MAX_GAPS = 5;

/** Who is on call now and next, and when nobody is within a week. */
export const onCall: Handler<'incident.on-call'> = {
  permission: 'incident.look',
  async handle(call, { schedule }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    const shown =
      schedule === undefined ? config.schedules : config.schedules.filter(({ id }) => id === schedule);
    if (shown.length === 0 && schedule !== undefined) return unknownSchedule(config, schedule);
    const now = call.context.now();
    return {
      kind: 'item-list',
      title: 'On call',
      items: shown.flatMap((each) => [...shifts(each, now, call.directory), ...openSpans(each, now)]),
      more: 0,
      empty: 'There is no schedule yet. The platform team adds one to manifests/incidents.yaml.',
    };
  },
};

function unknownSchedule({ schedules }: IncidentConfig, typed: string) {
  const ids = schedules.map(({ id }) => id);
  const meant = nearest(typed, ids);
  return notice('warning', `There is no schedule “${echo(typed)}”.`, {
    details: [
      meant === undefined ? `There are ${ids.join(', ')}.` : `Did you mean /incident oncall ${meant}?`,
    ],
  });
}

function shifts(schedule: Schedule, now: Date, directory: DirectorySnapshot): ItemListView['items'] {
  const current = onCallAt(schedule, now);
  const [next] = upcoming(schedule, now, 1);
  return [
    current === undefined
      ? { glyph: '🔴', text: `${schedule.title}: nobody is on call now` }
      : {
          glyph: '🟢',
          text: `${schedule.title}, now`,
          people: [personRef(directory, current.person)],
          ...(current.until === undefined ? {} : { detail: 'until', at: current.until }),
        },
    ...(next === undefined
      ? []
      : [
          {
            glyph: '⏭️',
            text: `${schedule.title}, next`,
            people: [personRef(directory, next.person)],
            ...(next.from === undefined ? {} : { detail: 'from', at: next.from }),
          },
        ]),
  ];
}

function openSpans(schedule: Schedule, now: Date): ItemListView['items'] {
  const found = gaps(schedule, now, new Date(now.getTime() + WEEK_MS));
  return found.slice(0, MAX_GAPS).map(({ from }) => ({
    glyph: '⚠️',
    text: `${schedule.title}: nobody is on call`,
    detail: 'from',
    at: from,
  }));
}
