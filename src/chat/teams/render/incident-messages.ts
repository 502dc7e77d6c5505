import type { IncidentEventView, IncidentReviewView, PageView } from '../../../domain/incident-view-types.ts';
import { pageHeadline } from '../../incident-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { cut, spelled, time } from '../text.ts';
import { button, buttonRows, type RenderContext } from './buttons.ts';
import { type Element, line, run, subtle } from './elements.ts';
import {
  alertElements,
  linkActions,
  nextOnes,
  roomActions,
  roomNames,
  saidLine,
  severityStyle,
  titleLine,
} from './incident.ts';
import { header, moment, nameOf, people, quote } from './pieces.ts';

export function eventText({ glyph, number, headline, title }: IncidentEventView): string {
  return spelled(cut(`${glyph} #${number}${title === undefined ? '' : ` ${title}`}: ${headline}`, 300));
}

export function eventElements(view: IncidentEventView, room: Room, draw: RenderContext): Element[] {
  const { glyph, number, title, headline, by, at, quotes, links = [] } = view;
  return [
    line([
      `${cut(glyph, 20)}  #${number}`,
      ...(title === undefined ? [] : [run(` ${cut(title, 150)}`, { weight: 'bolder' })]),
      `: ${spelled(cut(headline, Math.min(room.reason, 600)))}`,
    ]),
    ...some(quotes, room.rows).shown.map(({ label, text }) => quote(cut(label, 80), text, room)),
    ...(by === undefined ? [] : [subtle([nameOf(by)])]),
    moment(time(at)),
    ...buttonRows(linkActions(links, room)),
    ...buttonRows(view.actions.map((action) => button(action, draw))),
  ];
}

export function pageText(view: PageView): string {
  return cut(`${pageHeadline(view)}: ${view.title}`, 300);
}

/** Read at night on a phone: what, how bad, what to press. */
export function pageElements(view: PageView, room: Room, draw: RenderContext): Element[] {
  const { title, message, service, alerts, pagedAt, round, tried, rooms, severity, status } = view;
  const style = view.acknowledged === undefined ? severityStyle(severity, status) : 'good';
  const about = [
    ...(service === undefined ? [] : [cut(service, 80)]),
    ...(tried.length < 2 ? [] : [`tried so far: ${people(tried, 'and', room)}`]),
    ...roomNames(rooms),
  ];
  return [
    header(pageHeadline(view), style),
    titleLine(title),
    ...saidLine(message, Math.min(room.reason, 600)),
    ...alertElements(alerts, room),
    ...answerElements(view, room),
    ...(about.length === 0 ? [] : [subtle([about.join('  ·  ')])]),
    moment(`Paged ${time(pagedAt)}${round > 1 ? `, round ${round}` : ''}`),
    ...buttonRows([...view.actions.map((action) => button(action, draw)), ...roomActions(rooms, room)]),
  ];
}

/** Who is on it or, as long as nobody is, who comes next. */
function answerElements({ acknowledged, next }: PageView, room: Room): Element[] {
  if (acknowledged !== undefined) {
    return [line([`✅  ${nameOf(acknowledged.by)} is on it`]), moment(`Since ${time(acknowledged.at)}`)];
  }
  if (next === undefined) return [];
  return [
    line([`If you do not answer, next is ${nextOnes(next.people, room)}`]),
    moment(`They are paged ${time(next.at)}`),
  ];
}

export function reviewText({ number, title }: IncidentReviewView): string {
  return cut(`📝 Review of #${number}: ${title}`, 300);
}

export function reviewElements(view: IncidentReviewView, room: Room, draw: RenderContext): Element[] {
  const { shown, more } = some(view.sections, Math.max(room.rows, 8));
  return [
    header(`📝 Review of #${view.number} (draft)`),
    titleLine(view.title),
    ...shown.flatMap((section) => sectionElements(section, room)),
    ...(more === 0 ? [] : [subtle([`… and ${more} more sections`])]),
    ...buttonRows(view.actions.map((action) => button(action, draw))),
  ];
}

function sectionElements({ title, lines }: IncidentReviewView['sections'][number], room: Room): Element[] {
  const { shown, more } = some(lines, Math.min(room.rows, 12));
  const said = shown.map((text) => cut(text, Math.min(room.reason, 400))).filter((text) => text !== '');
  return [
    line([run(cut(title, 80), { weight: 'bolder' })]),
    ...(said.length === 0 ? [subtle(['Nothing was recorded.'])] : []),
    ...said.map((text) => line([`•  ${text}`], { spacing: 'small' })),
    ...(more === 0 ? [] : [subtle([`… and ${more} more`])]),
  ];
}
