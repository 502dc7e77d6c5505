import type { KnownBlock } from '@slack/web-api';
import type { IncidentEventView, IncidentReviewView, PageView } from '../../../domain/incident-view-types.ts';
import { alertsLine, pageHeadline } from '../../incident-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { cut, inert } from '../text.ts';
import {
  actions,
  context,
  header,
  mention,
  people,
  plainText,
  type RenderContext,
  sections,
  time,
} from './blocks.ts';
import { nextOnes, roomNames, shownLinks, titleLine } from './incident.ts';

export function eventText(view: IncidentEventView): string {
  return inert(cut(headline(view), 300));
}

function headline({ glyph, number, headline: said, title }: IncidentEventView): string {
  return `${glyph} #${number}${title === undefined ? '' : ` ${title}`}: ${said}`;
}

export function eventBlocks(view: IncidentEventView, room: Room, draw: RenderContext): KnownBlock[] {
  const { glyph, number, title, headline: said, by, at, quotes, links = [] } = view;
  const about = title === undefined ? '' : ` ${titleLine(title)}`;
  return [
    ...sections([`${inert(cut(glyph, 50))}  #${number}${about}: ${inert(cut(said, 600))}`]),
    ...some(quotes, 4).shown.map(
      ({ label, text }): KnownBlock => ({
        type: 'section',
        text: plainText(`${cut(label, 80)}: ${cut(text, room.reason) || '(nothing)'}`),
      }),
    ),
    ...context([
      `${by === undefined ? '' : `${mention(by)}, `}${time(at, draw)}`,
      ...shownLinks(links, room),
    ]),
    ...actions(view.actions),
  ];
}

export function pageText(view: PageView): string {
  return inert(cut(`${pageHeadline(view)}: ${view.title}`, 300));
}

/** Read at night on a phone: what, how bad, what to press. */
export function pageBlocks(view: PageView, room: Room, draw: RenderContext): KnownBlock[] {
  const { title, message, service, alerts, pagedAt, round, tried, next, acknowledged, rooms } = view;
  const names = some(alerts?.names ?? [], 5).shown.map((name) => inert(cut(name, 80)));
  const others = tried.length < 2 ? [] : [`tried so far: ${people(tried, 'and', room)}`];
  return [
    header(pageHeadline(view)),
    ...sections([
      titleLine(title),
      ...(message === '' ? [] : [inert(cut(message, Math.min(room.reason, 600)))]),
      ...(alerts === undefined
        ? []
        : [`🔔  ${alertsLine(alerts)}${names.length === 0 ? '' : `: ${names.join(', ')}`}`]),
      ...(acknowledged === undefined
        ? []
        : [`✅  ${mention(acknowledged.by)} is on it, since ${time(acknowledged.at, draw)}`]),
      ...(acknowledged !== undefined || next === undefined
        ? []
        : [
            `Unless somebody answers, the next page goes to ${nextOnes(next.people, room)} ${time(next.at, draw)}`,
          ]),
    ]),
    ...context([
      [
        ...(service === undefined ? [] : [inert(cut(service, 80))]),
        `paged ${time(pagedAt, draw)}${round > 1 ? `, round ${round}` : ''}`,
        ...others,
        ...roomNames(rooms),
      ].join('  ·  '),
    ]),
    ...actions(view.actions),
  ];
}

export function reviewText({ number, title }: IncidentReviewView): string {
  return inert(cut(`📝 Review of #${number}: ${title}`, 300));
}

export function reviewBlocks(view: IncidentReviewView, room: Room): KnownBlock[] {
  const parts = some(view.sections, 10);
  return [
    header(`📝 Review of #${view.number} (draft)`),
    ...sections([titleLine(view.title)]),
    ...parts.shown.flatMap(({ title, lines }): KnownBlock[] => [
      ...sections([`*${inert(cut(title, 80))}*`]),
      { type: 'section', text: plainText(bullets(lines, room)) },
    ]),
    ...(parts.more === 0 ? [] : context([`… and ${parts.more} more parts`])),
    ...actions(view.actions),
  ];
}

function bullets(lines: string[], room: Room): string {
  const { shown, more } = some(lines, Math.min(room.rows, 7));
  const listed = shown.map((line) => `• ${cut(line, Math.min(room.reason, 400))}`);
  return [...listed, ...(more === 0 ? [] : [`… and ${more} more`])].join('\n') || '(nothing was recorded)';
}
