import type {
  DocumentView,
  IncidentListView,
  IncidentStatsView,
  ItemListView,
} from '../../../domain/incident-view-types.ts';
import { RELATIONS, STATUSES, severityGlyph, severityWords } from '../../incident-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert, short, spelled, time } from '../text.ts';
import { button, buttonRows, type RenderContext } from './buttons.ts';
import { type Element, line, row, run, subtle } from './elements.ts';
import { openAction } from './incident.ts';
import { facts, header, moment, nameOf } from './pieces.ts';

export function incidentListElements(view: IncidentListView, room: Room, draw: RenderContext): Element[] {
  const { shown, more } = some(view.items, room.rows);
  const left = view.more + more;
  return [
    header(view.title),
    ...(view.items.length === 0 ? [line([spelled(cut(view.empty, room.reason))])] : []),
    ...shown.map((item) => incidentRow(item, draw)),
    ...(left === 0 ? [] : [subtle([`… and ${left} more`])]),
  ];
}

export function incidentRow(item: IncidentListView['items'][number], draw: RenderContext): Element {
  const { number, title, severity, status, lead, parent, declaredAt, drill } = item;
  const about = [
    cut(severityWords(severity), 80),
    STATUSES[status],
    ...(parent === undefined ? [] : [`${RELATIONS.parent} #${parent}`]),
    `lead ${lead === undefined ? 'nobody yet' : nameOf(lead)}`,
  ];
  return row(
    [
      line([
        `${severityGlyph(severity, status)}  `,
        run(`#${number} ${cut(title, 150)}`, { weight: 'bolder' }),
        `${drill ? ' 🧪 drill' : ''}${item.private ? ' 🔒' : ''}`,
      ]),
      subtle([about.join('  ·  ')]),
      moment(`Declared ${time(declaredAt)}`),
    ],
    button(item.action, draw),
  );
}

/** All that fits: `view.more` are earlier ones, and what does not fit are later ones. */
export function itemListElements(view: ItemListView, room: Room, draw: RenderContext): Element[] {
  const { shown, more } = some(view.items, Math.max(room.rows, 4));
  return [
    header(view.title),
    ...(view.intro === undefined ? [] : [line([spelled(cut(view.intro, Math.min(room.reason, 600)))])]),
    ...(view.items.length === 0 ? [line([spelled(cut(view.empty, room.reason))])] : []),
    ...(view.more === 0 ? [] : [subtle([`… ${view.more} earlier ones are not shown`])]),
    ...shown.flatMap((item) => itemElements(item, room, draw)),
    ...(more === 0 ? [] : [subtle([`… and ${more} more`])]),
    ...buttonRows((view.actions ?? []).map((action) => button(action, draw))),
  ];
}

export function itemElements(
  item: ItemListView['items'][number],
  room: Room,
  draw: RenderContext,
): Element[] {
  const { glyph, text, detail, people = [], at, link, struck, action } = item;
  const said = cut(text, Math.min(room.reason, 400)) || '(nothing)';
  const behind = [
    ...(detail === undefined ? [] : [cut(detail, 120)]),
    ...(people.length === 0 ? [] : [some(people, room.rows).shown.map(nameOf).join(', ')]),
  ].filter((part) => part !== '');
  const elements = [
    line([
      glyph === undefined ? '' : `${cut(glyph, 20)}  `,
      run(`${struck ? '(struck) ' : ''}${said}`, struck ? { isSubtle: true } : {}),
      run(behind.length === 0 ? '' : `  ·  ${behind.join(' ')}`, { isSubtle: true }),
    ]),
    ...(at === undefined ? [] : [moment(time(at))]),
  ];
  const buttons = [
    ...(action === undefined ? [] : [button(action, draw)]),
    ...(link === undefined ? [] : openAction('Open', link, room)),
  ];
  return buttons.length === 0 ? elements : [row(elements, ...buttons)];
}

/** The picture says nothing that the facts do not: it is left out where the card would be too large with it. */
export function statsElements(view: IncidentStatsView, room: Room, pictured: boolean): Element[] {
  const { picture } = view;
  return [
    header(view.title),
    ...facts(view.facts, room),
    ...(picture === undefined || !pictured
      ? []
      : [
          {
            type: 'Image' as const,
            url: `data:image/png;base64,${picture.png}`,
            altText: short(picture.alt, LIMITS.label),
          },
        ]),
  ];
}

/** As much as fits. */
export function documentElements(view: DocumentView, room: Room): Element[] {
  const lines = view.content.split('\n').map(inert);
  const shown: string[] = [];
  let length = 0;
  for (const text of lines) {
    length += text.length;
    if (length > room.reason || shown.length === 3 * room.rows) break;
    shown.push(text);
  }
  const left = lines.length - shown.length;
  return [
    header(view.title),
    ...shown.filter((text) => text !== '').map((text) => line([text], { spacing: 'small' })),
    subtle([
      `${cut(view.name, 80)}${left === 0 ? '' : `  ·  ${left} more ${left === 1 ? 'line does' : 'lines do'} not fit into a card`}`,
    ]),
  ];
}
