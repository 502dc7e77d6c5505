import type {
  IncidentAnnouncementView,
  IncidentView,
  SeverityBadge,
} from '../../../domain/incident-view-types.ts';
import type { IncidentRoom } from '../../../domain/incidents.ts';
import type { PersonRef } from '../../../domain/views.ts';
import {
  alertsLine,
  childWords,
  gameDayWords,
  incidentHeadline,
  RELATIONS,
  RESOURCE_GLYPHS,
  runbookWords,
  stepWords,
} from '../../incident-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { LIMITS } from '../limits.ts';
import { roomLink } from '../links.ts';
import { cut, short, spelled, time, webAddress } from '../text.ts';
import { button, buttonRows, type RenderContext } from './buttons.ts';
import {
  type Action,
  type ContainerStyle,
  type Element,
  line,
  ownLine,
  row,
  run,
  subtle,
} from './elements.ts';
import { header, moment, nameOf, people, quote } from './pieces.ts';

const TITLE = 150;
const MAX_RUNBOOKS = 4;

export function incidentSummaryText(view: IncidentView | IncidentAnnouncementView): string {
  return cut(`${incidentHeadline(view)}: ${view.title}`, 300);
}

/** Few lines: whoever comes at night reads this first. */
export function incidentElements(view: IncidentView, room: Room, draw: RenderContext): Element[] {
  return [
    header(incidentHeadline(view), severityStyle(view.severity, view.status)),
    ...some(view.gameDay, Math.min(room.rows, 4)).shown.map((fault) =>
      ownLine(`${gameDayWords(fault)} until ${time(fault.until)}`),
    ),
    titleLine(view.title),
    ...saidLine(view.summary, Math.min(room.reason, 600)),
    ...impactElements(view, room),
    ...roleElements(view, room),
    ...updateElements(view, room),
    ...pagingElements(view, room),
    ...alertElements(view.alerts, room),
    ...childElements(view, room),
    ...resolutionElements(view, room),
    ...aboutElements(view),
    ...runbookElements(view, room, draw),
    ...setupElements(view, room, draw),
    ...buttonRows(claims(view, room, draw)),
    ...buttonRows(linkActions(view.links, room)),
    ...buttonRows(view.actions.map((action) => button(action, draw))),
  ];
}

/** Over and done is calm, whatever it was. */
export function severityStyle({ rank }: SeverityBadge, status: IncidentView['status']): ContainerStyle {
  if (status === 'resolved') return 'good';
  if (status === 'closed') return 'emphasis';
  return rank === 1 ? 'attention' : rank === 2 ? 'warning' : 'accent';
}

export function titleLine(title: string): Element {
  return line([run(cut(title, TITLE) || 'Without a title', { weight: 'bolder', size: 'medium' })]);
}

export function saidLine(text: string, max: number): Element[] {
  const said = cut(text, max);
  return said === '' ? [] : [line([said], { spacing: 'small' })];
}

function impactElements({ impact, impactAt, cancelled }: IncidentView, room: Room): Element[] {
  const brief = { ...room, reason: Math.min(room.reason, 600) };
  return [
    ...(cancelled === undefined ? [] : [quote('Not an incident:', cancelled, room)]),
    ...(impact === undefined || impact === '' ? [] : [quote('💥 Impact', impact, brief)]),
    ...(impactAt === undefined ? [] : [moment(`Impact since ${time(impactAt)}`)]),
  ];
}

function roleElements({ roles }: IncidentView, room: Room): Element[] {
  const { shown, more } = some(roles, room.rows);
  const runs = shown.flatMap(({ title, person, offeredTo, doubt }, index) => [
    index === 0 ? '' : '  ·  ',
    run(`${cut(title, 60)}: `, { weight: 'bolder' }),
    person === undefined ? 'nobody yet' : nameOf(person),
    offeredTo === undefined ? '' : ` (offered to ${nameOf(offeredTo)})`,
    doubt === undefined ? '' : ` ⚠️ ${cut(doubt, 80)}`,
  ]);
  return [
    ...(runs.length === 0 ? [] : [line(runs)]),
    ...(more === 0 ? [] : [subtle([`… and ${more} more`])]),
  ];
}

/** Every promise in time is visible. */
function updateElements({ update }: IncidentView, room: Room): Element[] {
  const { last, dueAt, by, then, snoozed } = update;
  const who = [
    ...(by === undefined ? [] : [`by ${nameOf(by)}`]),
    ...(then === undefined ? [] : [`then ${nameOf(then)} is asked`]),
  ];
  return [
    ...(last === undefined ? [] : lastUpdate(last, room)),
    ...(dueAt === undefined ? [] : [ownLine(`⏰  Next update due ${time(dueAt)}`, { weight: 'bolder' })]),
    ...(dueAt === undefined || who.length === 0 ? [] : [line([who.join(', ')], { spacing: 'none' })]),
    ...(snoozed === undefined
      ? []
      : [
          line([`💤  Put off by ${nameOf(snoozed.by)}: ${cut(snoozed.reason, 200)}`]),
          moment(`Until ${time(snoozed.until)}`),
        ]),
  ];
}

function lastUpdate({ what, by, at }: { what: string; by?: PersonRef; at: string }, room: Room): Element[] {
  const from = by === undefined ? '' : ` (${nameOf(by)})`;
  return [line([`📣  ${cut(what, Math.min(room.reason, 500))}${from}`]), moment(time(at))];
}

function pagingElements({ paging }: IncidentView, room: Room): Element[] {
  return some(paging, Math.min(room.rows, 4)).shown.flatMap((chain) => chainElements(chain, room));
}

function chainElements(chain: IncidentView['paging'][number], room: Room): Element[] {
  const { acknowledgedBy, acknowledgedAt, tried, next, exhausted } = chain;
  const title = cut(chain.title, 80);
  if (acknowledgedBy !== undefined) {
    return [
      line([`📟  ${title}: answered by ${nameOf(acknowledgedBy)}`]),
      ...(acknowledgedAt === undefined ? [] : [moment(time(acknowledgedAt))]),
    ];
  }
  const names = people(tried, 'and', room);
  if (exhausted)
    return [line([`🔴  ${title}: `, run('nobody answered.', { weight: 'bolder' }), ` Tried ${names}`])];
  const so = tried.length === 0 ? 'nobody was paged yet' : `no answer yet from ${names}`;
  return [
    line([`📟  ${title}: ${so}${next === undefined ? '' : `, next ${nextOnes(next.people, room)}`}`]),
    ...(next === undefined ? [] : [moment(`Next ${time(next.at)}`)]),
  ];
}

export function nextOnes(next: PersonRef[], room: Room): string {
  return next.length === 0 ? 'the next level' : people(next, 'and', room);
}

export function alertElements(
  alerts: { firing: number; total: number; names: string[] } | undefined,
  room: Room,
): Element[] {
  if (alerts === undefined) return [];
  const names = some(alerts.names, Math.min(room.rows, 5)).shown.map((name) => cut(name, 80));
  return [line([`🔔  ${alertsLine(alerts)}${names.length === 0 ? '' : `: ${names.join(', ')}`}`])];
}

/** What it consists of, and how each of them is. */
function childElements({ children }: IncidentView, room: Room): Element[] {
  const { shown, more } = some(children, Math.min(room.rows, 6));
  return [
    ...shown.map((child) =>
      line([`${cut(childWords(child), 120)} · `, cut(child.title, 120)], { spacing: 'small' }),
    ),
    ...(more === 0 ? [] : [subtle([`… and ${more} more that are part of it`])]),
  ];
}

function resolutionElements({ resolution }: IncidentView, room: Room): Element[] {
  if (resolution === undefined) return [];
  const { cause, fix, by } = resolution;
  const brief = { ...room, reason: Math.min(room.reason, 800) };
  return [
    quote(`Cause${by === undefined ? '' : `, according to ${nameOf(by)}`}:`, cause, brief),
    quote('Fix:', fix, brief),
  ];
}

function aboutElements(view: IncidentView): Element[] {
  const { service, declaredBy, declaredAt, resolvedAt, openTasks, entries, related, rooms } = view;
  const about = [
    ...(service === undefined ? [] : [cut(service, 80)]),
    ...(declaredBy === undefined ? [] : [`declared by ${nameOf(declaredBy)}`]),
    ...(openTasks === 0 ? [] : [`${openTasks} open ${openTasks === 1 ? 'task' : 'tasks'}`]),
    `${entries} in the timeline`,
    ...some(related, 8).shown.map(({ number, as }) => `${RELATIONS[as]} #${number}`),
  ];
  const resolved = resolvedAt === undefined ? '' : `, resolved ${time(resolvedAt)}`;
  return [
    subtle([about.join('  ·  ')]),
    ...(rooms.length < 2 ? [] : [subtle([`Also in ${roomNames(rooms).join(' and ')}`])]),
    moment(`Declared ${time(declaredAt)}${resolved}`),
  ];
}

export function roomNames(rooms: IncidentRoom[]): string[] {
  return some(rooms, 4).shown.map(
    ({ name, platform }) => `${cut(name, 80)} in ${platform === 'slack' ? 'Slack' : 'Teams'}`,
  );
}

/** What is done need not be read; what failed can be tried again where it stands. */
function setupElements({ setup }: IncidentView, room: Room, draw: RenderContext): Element[] {
  const { shown, more } = some(setup, Math.min(room.rows, 6));
  return [
    ...shown.map(({ state, title, note, retry }) => {
      const why = note === undefined ? '' : `: ${spelled(cut(note, Math.min(room.reason, 300)))}`;
      const said = line([`${RESOURCE_GLYPHS[state]}  ${cut(title, 80)}${why}`], { spacing: 'small' });
      return retry === undefined ? said : row([said], button(retry, draw));
    }),
    ...(more === 0 ? [] : [subtle([`… and ${more} more`])]),
  ];
}

/** What is left of them, with the button of whoever is waited for. */
function runbookElements({ runbooks }: IncidentView, room: Room, draw: RenderContext): Element[] {
  const steps = runbooks.flatMap((runbook) => runbook.steps);
  const { shown, more } = some(steps, Math.min(room.rows, 6));
  return [
    ...runbooks.slice(-MAX_RUNBOOKS).map((runbook) => subtle([spelled(cut(runbookWords(runbook), 160))])),
    ...shown.map((step) => {
      const said = line([spelled(cut(stepWords(step), Math.min(room.reason, 300)))], { spacing: 'small' });
      return step.action === undefined ? said : row([said], button(step.action, draw));
    }),
    ...(more === 0 ? [] : [subtle([`… and ${more} more steps: incident runbook`])]),
  ];
}

/** Roles to take. */
function claims({ roles }: IncidentView, room: Room, draw: RenderContext): Action[] {
  const free = roles.flatMap(({ claim }) => claim ?? []);
  return some(free, Math.min(room.rows, 6)).shown.map((claim) => button(claim, draw));
}

export function linkActions(links: IncidentView['links'], room: Room): Action[] {
  return some(links, Math.min(room.rows, 8)).shown.flatMap(({ label, url }) => openAction(label, url, room));
}

/** Nothing where it is no address of the web, or too long for a card. */
export function openAction(label: string, url: string, room: Room): Action[] {
  const address = webAddress(url);
  if (address === undefined || address.length > room.fact) return [];
  return [{ type: 'Action.OpenUrl', title: short(label, LIMITS.buttonTitle), url: address }];
}

/** The way into a room of Teams; others are said by name. */
export function roomActions(rooms: IncidentRoom[], room: Room): Action[] {
  return some(rooms, 2).shown.flatMap((place) => {
    const address = roomLink(place);
    return address === undefined ? [] : openAction('Open room', address, room);
  });
}

export function announcementElements(
  view: IncidentAnnouncementView,
  room: Room,
  draw: RenderContext,
): Element[] {
  const { lead, service, parent, lastUpdate: last, declaredAt, resolvedAt, alerts, rooms, title } = view;
  const about = [
    ...(service === undefined ? [] : [cut(service, 80)]),
    ...(parent === undefined ? [] : [`${RELATIONS.parent} #${parent}`]),
    `lead ${lead === undefined ? 'nobody yet' : nameOf(lead)}`,
    ...(alerts === undefined ? [] : [alertsLine(alerts)]),
    ...roomNames(rooms),
  ];
  return [
    header(incidentHeadline(view), severityStyle(view.severity, view.status)),
    titleLine(title),
    ...(last === undefined ? [] : lastUpdate(last, room)),
    subtle([about.join('  ·  ')]),
    moment(`Declared ${time(declaredAt)}${resolvedAt === undefined ? '' : `, resolved ${time(resolvedAt)}`}`),
    ...buttonRows([...view.actions.map((action) => button(action, draw)), ...roomActions(rooms, room)]),
  ];
}
