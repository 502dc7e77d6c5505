import type { KnownBlock } from '@slack/web-api';
import type { IncidentAnnouncementView, IncidentView } from '../../../domain/incident-view-types.ts';
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
import { cut, inert, namedLink, weight } from '../text.ts';
import {
  actions,
  context,
  header,
  mention,
  people,
  quote,
  type RenderContext,
  row,
  sections,
  time,
} from './blocks.ts';

const TITLE = 150;
/** Eight of them and their names fit into a line. */
const MAX_URL = 300;
const MAX_RUNBOOKS = 4;

export function incidentText(view: IncidentView | IncidentAnnouncementView): string {
  return inert(cut(`${incidentHeadline(view)}: ${view.title}`, 300));
}

/** Few lines: whoever comes at night reads this first. */
export function incidentBlocks(view: IncidentView, room: Room, draw: RenderContext): KnownBlock[] {
  const claims = view.roles.flatMap(({ claim }) => claim ?? []);
  return [
    header(incidentHeadline(view)),
    ...sections([
      ...gameDayLines(view, room, draw),
      titleLine(view.title),
      inert(cut(view.summary, Math.min(room.reason, 600))),
    ]),
    ...impactBlocks(view, room, draw),
    ...sections([
      rolesLine(view, room),
      ...updateLines(view, room, draw),
      ...pagingLines(view, room, draw),
      ...alertLines(view, room),
      ...childLines(view, room),
    ]),
    ...resolutionBlocks(view, room),
    ...[aboutLine(view, draw), ...linkLines(view, room), ...relatedLines(view, room)].flatMap((line) =>
      context([line]),
    ),
    ...runbookBlocks(view, room),
    ...setupBlocks(view, room),
    ...actions([...some(claims, Math.min(room.rows, 6)).shown, ...view.actions]),
  ];
}

function gameDayLines({ gameDay }: IncidentView, room: Room, draw: RenderContext): string[] {
  return some(gameDay, Math.min(room.rows, 4)).shown.map(
    (fault) => `${gameDayWords(fault)} until ${time(fault.until, draw)}`,
  );
}

export function titleLine(title: string): string {
  return `*${inert(cut(title, TITLE)) || 'Without a title'}*`;
}

function impactBlocks(
  { impact, impactAt, cancelled }: IncidentView,
  room: Room,
  draw: RenderContext,
): KnownBlock[] {
  const since = impactAt === undefined ? '' : ` since ${time(impactAt, draw)}`;
  return [
    ...(cancelled === undefined ? [] : [quote('Not an incident:', cancelled, room)]),
    ...(impact === undefined || impact === ''
      ? []
      : [quote(`💥 Impact${since}:`, impact, { ...room, reason: Math.min(room.reason, 600) })]),
  ];
}

function rolesLine({ roles }: IncidentView, room: Room): string {
  return some(roles, Math.min(room.rows, 8))
    .shown.map(({ title, person, offeredTo, doubt }) => {
      const holder = person === undefined ? 'nobody yet' : mention(person);
      const offered = offeredTo === undefined ? '' : ` (offered to ${mention(offeredTo)})`;
      const warning = doubt === undefined ? '' : ` ⚠️ ${inert(cut(doubt, 80))}`;
      return `*${inert(cut(title, 60))}*  ${holder}${offered}${warning}`;
    })
    .join('  ·  ');
}

/** Every promise in time is visible. */
function updateLines({ update }: IncidentView, room: Room, draw: RenderContext): string[] {
  const { last, dueAt, by, then, snoozed } = update;
  const after = then === undefined ? '' : `, then ${mention(then)} is asked`;
  const from = by === undefined ? '' : ` by ${mention(by)}`;
  return [
    ...(last === undefined
      ? []
      : [
          `📣  ${inert(cut(last.what, Math.min(room.reason, 500)))} (${last.by === undefined ? '' : `${mention(last.by)}, `}${time(last.at, draw)})`,
        ]),
    ...(dueAt === undefined ? [] : [`⏰  Next update due ${time(dueAt, draw)}${from}${after}`]),
    ...(snoozed === undefined
      ? []
      : [
          `💤  Put off by ${mention(snoozed.by)} until ${time(snoozed.until, draw)}: ${inert(cut(snoozed.reason, 200))}`,
        ]),
  ];
}

function pagingLines({ paging }: IncidentView, room: Room, draw: RenderContext): string[] {
  return some(paging, Math.min(room.rows, 4)).shown.map((chain) => pagingLine(chain, room, draw));
}

function pagingLine(chain: IncidentView['paging'][number], room: Room, draw: RenderContext): string {
  const { acknowledgedBy, acknowledgedAt, tried, next, exhausted } = chain;
  const title = inert(cut(chain.title, 80));
  if (acknowledgedBy !== undefined) {
    const at = acknowledgedAt === undefined ? '' : ` ${time(acknowledgedAt, draw)}`;
    return `📟  ${title}: answered by ${mention(acknowledgedBy)}${at}`;
  }
  const few = { ...room, rows: Math.min(room.rows, 8) };
  const asked = people(tried, 'and', few);
  if (exhausted) return `🔴  ${title}: *nobody answered.* Tried ${asked}`;
  const so = tried.length === 0 ? 'nobody was paged yet' : `no answer yet from ${asked}`;
  const then = next === undefined ? '' : `, next ${nextOnes(next.people, few)} ${time(next.at, draw)}`;
  return `📟  ${title}: ${so}${then}`;
}

export function nextOnes(next: PersonRef[], room: Room): string {
  return next.length === 0 ? 'the next level' : people(next, 'and', room);
}

function alertLines({ alerts }: IncidentView, room: Room): string[] {
  if (alerts === undefined) return [];
  const names = some(alerts.names, Math.min(room.rows, 5)).shown.map((name) => inert(cut(name, 80)));
  return [`🔔  ${alertsLine(alerts)}${names.length === 0 ? '' : `: ${names.join(', ')}`}`];
}

/** What it consists of, and how each of them is. */
function childLines({ children }: IncidentView, room: Room): string[] {
  const { shown, more } = some(children, Math.min(room.rows, 6));
  return [
    ...shown.map((child) => `${inert(cut(childWords(child), 120))} · ${inert(cut(child.title, 120))}`),
    ...(more === 0 ? [] : [`… and ${more} more that are part of it`]),
  ];
}

function resolutionBlocks({ resolution }: IncidentView, room: Room): KnownBlock[] {
  if (resolution === undefined) return [];
  const { cause, fix, by } = resolution;
  const short = { ...room, reason: Math.min(room.reason, 800) };
  return [
    quote(`Cause${by === undefined ? '' : `, according to ${mention(by)}`}:`, cause, short),
    quote('Fix:', fix, short),
  ];
}

function aboutLine(
  { service, declaredBy, declaredAt, resolvedAt, openTasks, entries }: IncidentView,
  draw: RenderContext,
): string {
  return [
    ...(service === undefined ? [] : [inert(cut(service, 80))]),
    `declared${declaredBy === undefined ? '' : ` by ${mention(declaredBy)}`} ${time(declaredAt, draw)}`,
    ...(resolvedAt === undefined ? [] : [`resolved ${time(resolvedAt, draw)}`]),
    ...(openTasks === 0 ? [] : [`${openTasks} open ${openTasks === 1 ? 'task' : 'tasks'}`]),
    `${entries} in the timeline`,
  ].join('  ·  ');
}

function linkLines({ links, rooms }: IncidentView, room: Room): string[] {
  const places = roomNames(rooms);
  return [...shownLinks(links, room), ...(places.length < 2 ? [] : [`Also in ${places.join(' and ')}`])];
}

/** One line, or none. */
export function shownLinks(links: IncidentView['links'], room: Room): string[] {
  const shown = some(links, Math.min(room.rows, 8)).shown.filter(({ url }) => weight(url) <= MAX_URL);
  const named = shown.map(({ label, url }) => namedLink(url, cut(label, 60)));
  return named.length === 0 ? [] : [`🔗  ${named.join('  ·  ')}`];
}

/** One or two a platform. */
export function roomNames(rooms: IncidentRoom[]): string[] {
  return some(rooms, 4).shown.map(roomName);
}

/** A room of Slack is a link; one elsewhere is said by name. */
function roomName({ conversation, name, platform }: IncidentRoom): string {
  if (
    conversation.platform === 'slack' &&
    conversation.threadTs === undefined &&
    /^[CG][A-Z0-9]+$/.test(conversation.channelId)
  ) {
    return `<#${conversation.channelId}>`;
  }
  return `${inert(cut(name, 80))} in ${platform === 'slack' ? 'Slack' : 'Teams'}`;
}

function relatedLines({ related }: IncidentView, room: Room): string[] {
  const { shown, more } = some(related, room.rows);
  const others = shown.map(({ number, as }) => `${RELATIONS[as]} #${number}`);
  return [[...others, ...(more === 0 ? [] : [`${more} more`])].join('  ·  ')];
}

/** What is done need not be read; what failed can be tried again where it stands. */
function setupBlocks({ setup }: IncidentView, room: Room): KnownBlock[] {
  const { shown, more } = some(setup, Math.min(room.rows, 6));
  return [
    ...shown.flatMap(({ state, title, note, retry }): KnownBlock[] => {
      const why = note === undefined ? '' : `: ${inert(cut(note, Math.min(room.reason, 300)))}`;
      const line = `${RESOURCE_GLYPHS[state]}  ${inert(cut(title, 80))}${why}`;
      return retry === undefined ? context([line]) : [row(line, retry)];
    }),
    ...(more === 0 ? [] : context([`… and ${more} more`])),
  ];
}

/** What is left of them, with the button of whoever is waited for. */
function runbookBlocks({ runbooks }: IncidentView, room: Room): KnownBlock[] {
  const steps = runbooks.flatMap((runbook) => runbook.steps);
  const { shown, more } = some(steps, Math.min(room.rows, 6));
  return [
    ...context(runbooks.slice(-MAX_RUNBOOKS).map((runbook) => inert(cut(runbookWords(runbook), 160)))),
    ...shown.flatMap((step): KnownBlock[] => {
      const line = inert(cut(stepWords(step), Math.min(room.reason, 300)));
      return step.action === undefined ? context([line]) : [row(line, step.action)];
    }),
    ...(more === 0 ? [] : context([`… and ${more} more steps: /incident runbook`])),
  ];
}

export function announcementBlocks(
  view: IncidentAnnouncementView,
  room: Room,
  draw: RenderContext,
): KnownBlock[] {
  const { lead, service, parent, lastUpdate, declaredAt, resolvedAt, alerts, rooms } = view;
  return [
    ...sections([`*${inert(cut(incidentHeadline(view), TITLE))}*`, titleLine(view.title)]),
    ...(lastUpdate === undefined
      ? []
      : sections([
          `📣  ${inert(cut(lastUpdate.what, Math.min(room.reason, 500)))} (${time(lastUpdate.at, draw)})`,
        ])),
    ...context([
      [
        ...(service === undefined ? [] : [inert(cut(service, 80))]),
        ...(parent === undefined ? [] : [`${RELATIONS.parent} #${parent}`]),
        `lead ${lead === undefined ? 'nobody yet' : mention(lead)}`,
        `declared ${time(declaredAt, draw)}`,
        ...(resolvedAt === undefined ? [] : [`resolved ${time(resolvedAt, draw)}`]),
        ...(alerts === undefined ? [] : [alertsLine(alerts)]),
        ...roomNames(rooms),
      ].join('  ·  '),
    ]),
    ...actions(view.actions),
  ];
}
