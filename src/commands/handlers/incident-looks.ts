import { personRef } from '../../domain/environment-views.ts';
import { actButton, formButton, showIncidentButton } from '../../domain/incident-buttons.ts';
import { isOpen, roleTitle } from '../../domain/incident-facts.ts';
import { doerRef, withNames } from '../../domain/incident-people.ts';
import type { ItemListView } from '../../domain/incident-view-types.ts';
import { chainProgress, incidentView, listItem } from '../../domain/incident-views.ts';
import type { Escalation, IncidentState, IncidentTask, TimelineEntry } from '../../domain/incidents.ts';
import type { DirectorySnapshot } from '../../domain/people.ts';
import type { Handler } from '../context.ts';
import {
  asked,
  findIncident,
  incidentConfig,
  incidentHere,
  isNotice,
  listIncidents,
} from '../incident-lookups.ts';
import { incidentHelp } from './incident-help.ts';

const LIST_LIMIT = 20;
const TIMELINE_LIMIT = 40;

export const incidentList: Handler<'incident.list'> = {
  permission: 'incident.look',
  async handle(call, { filter, severity }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    const { items, total } = await listIncidents(call, { open: filter !== 'all', severity, limit: 100 });
    const mine = filter === 'mine' ? items.filter(({ members }) => members.includes(call.person.id)) : items;
    const shown = mine.slice(0, LIST_LIMIT);
    const left = filter === 'mine' ? mine.length : total;
    return {
      kind: 'incident-list',
      title: { open: 'Open incidents', mine: 'Open incidents you work on', all: 'Incidents' }[filter],
      items: shown.map((row) => listItem(row, call.directory, config.severities)),
      more: Math.max(0, left - shown.length),
      empty: filter === 'all' ? 'There has been none yet.' : 'None is open. All quiet.',
    };
  },
};

/** Typed alone outside of a room it is a question for help, not for an incident. */
export const incidentDetails: Handler<'incident.show'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const bare = about.number === undefined && (about.text ?? '').trim() === '';
    if (bare && (await incidentHere(call)) === undefined)
      return incidentHelp.handle(call, { intent: 'incident.help' });
    const found = await findIncident(call, about);
    return found.ok ? incidentView(found.state, call.directory) : found.reply;
  },
};

export const incidentTimeline: Handler<'incident.timeline'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { number, title } = found.state;
    const entries = await asked(
      () => call.context.incidents.store.timeline(number),
      'The database did not answer',
    );
    const shown = entries.slice(-TIMELINE_LIMIT);
    return {
      kind: 'item-list',
      title: `Timeline of #${number} “${title}”`,
      items: shown.map((entry) => timelineItem(entry, call.directory)),
      more: entries.length - shown.length,
      empty: 'Nothing has been recorded yet.',
      actions: [{ actionId: 'incident.export', label: 'Export all of it', payload: { number: `${number}` } }],
    };
  },
};

const GLYPHS: Record<TimelineEntry['kind'], string> = {
  declared: '🚨',
  status: '🔄',
  severity: '🌡️',
  role: '🧑‍✈️',
  update: '📣',
  page: '📟',
  alert: '🔔',
  note: '📌',
  task: '☑️',
  link: '🔗',
  action: '🛠️',
  resource: '⚙️',
  resolution: '✅',
};

function timelineItem(
  { kind, text, by, at, link, struck }: TimelineEntry,
  directory: DirectorySnapshot,
): ItemListView['items'][number] {
  return {
    glyph: GLYPHS[kind],
    text: withNames(directory, text),
    people: [doerRef(directory, by)],
    at,
    link,
    struck,
  };
}

export const incidentTasks: Handler<'incident.tasks'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { state } = found;
    const open = state.tasks.filter(({ doneAt }) => doneAt === undefined);
    const done = state.tasks.filter(({ doneAt }) => doneAt !== undefined);
    return {
      kind: 'item-list',
      title: `Tasks of #${state.number} “${state.title}”`,
      items: [...open, ...done].map((task) => taskItem(state, task, call.directory)),
      more: 0,
      empty: 'There is none. /incident task … writes one down.',
      actions: [formButton(state.number, 'Add a task…', 'incident.task')],
    };
  },
};

function taskItem(
  { number }: IncidentState,
  task: IncidentTask,
  directory: DirectorySnapshot,
): ItemListView['items'][number] {
  const open = task.doneAt === undefined;
  const kind = task.followUp ? 'follow-up' : 'task';
  return {
    glyph: open ? '⬜' : '✅',
    text: `${task.id}. ${task.text}`,
    detail: task.dueAt === undefined || !open ? kind : `${kind}, due`,
    people: task.owner === undefined ? [] : [personRef(directory, task.owner)],
    at: open ? task.dueAt : task.doneAt,
    link: task.issue?.url,
    action: open ? actButton(number, 'Done', { kind: 'task-done', id: task.id }) : undefined,
  };
}

export const incidentEscalations: Handler<'incident.escalations'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { state } = found;
    return {
      kind: 'item-list',
      title: `Paging for #${state.number} “${state.title}”`,
      items: [
        ...state.escalations.map((chain) => chainItem(chain, call.directory)),
        ...state.webhooks.map(webhookItem),
      ],
      more: 0,
      empty: 'Nobody was paged.',
      actions: isOpen(state) ? [formButton(state.number, 'Page…', 'incident.page')] : [],
    };
  },
};

/** What an external pager or status page last answered. */
function webhookItem({
  id,
  event,
  ok,
  note,
  at,
}: IncidentState['webhooks'][number]): ItemListView['items'][number] {
  return { glyph: ok ? '✅' : '❌', text: `Webhook ${id} (${event})`, detail: note, at };
}

function chainItem(chain: Escalation, directory: DirectorySnapshot): ItemListView['items'][number] {
  const { tried, next } = chainProgress(chain, directory);
  const { acknowledged } = chain;
  const text = withNames(directory, chain.title);
  if (acknowledged !== undefined) {
    return {
      glyph: '✅',
      text,
      detail: 'acknowledged by',
      people: [doerRef(directory, acknowledged.by)],
      at: acknowledged.at,
    };
  }
  if (next !== undefined)
    return {
      glyph: '📟',
      text,
      detail: 'nobody has answered; next is',
      people: next.people,
      at: next.at,
    };
  return { glyph: '🔴', text, detail: 'nobody answered. Tried:', people: tried };
}

/** For somebody who has just come: what is going on, who does what, what is due. Only they see it. */
export const incidentCatchUp: Handler<'incident.catch-up'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { state } = found;
    const { directory } = call;
    const { last, dueAt, by } = state.update;
    const holders = state.roles.flatMap(({ role, person }) =>
      person === undefined ? [] : [{ role, person }],
    );
    const open = state.tasks.filter(({ doneAt, followUp }) => doneAt === undefined && !followUp);
    return {
      kind: 'item-list',
      title: `Catching up on #${state.number} “${state.title}”`,
      intro: state.summary === '' ? undefined : state.summary,
      items: [
        {
          glyph: '🚨',
          text: `${state.severity.toUpperCase()}, ${state.status}`,
          detail: 'declared by',
          people: [doerRef(directory, state.declaredBy)],
          at: state.times.declaredAt,
        },
        ...(last === undefined
          ? []
          : [{ glyph: '📣', text: last.what, people: [doerRef(directory, last.by)], at: last.at }]),
        ...(dueAt === undefined
          ? []
          : [
              {
                glyph: '⏰',
                text: 'Next update is due',
                detail: 'from',
                people: by === undefined ? [] : [personRef(directory, by)],
                at: dueAt,
              },
            ]),
        ...holders.map(({ role, person }) => ({
          glyph: '🧑‍✈️',
          text: roleTitle(state, role),
          people: [personRef(directory, person)],
        })),
        ...open.map((task) => taskItem(state, task, directory)),
      ],
      more: 0,
      empty: 'Nothing has happened yet.',
      actions: [showIncidentButton(state.number)],
    };
  },
};
