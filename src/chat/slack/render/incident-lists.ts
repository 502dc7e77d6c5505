import type { KnownBlock, SectionBlock } from '@slack/web-api';
import type {
  DocumentView,
  IncidentListView,
  IncidentStatsView,
  ItemListView,
} from '../../../domain/incident-view-types.ts';
import { RELATIONS, STATUSES, severityGlyph, severityWords } from '../../incident-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { cut, inert, namedLink, weight } from '../text.ts';
import {
  actions,
  context,
  facts,
  header,
  mention,
  plainText,
  type RenderContext,
  row,
  sections,
  time,
} from './blocks.ts';

export function incidentListBlocks(view: IncidentListView, room: Room, draw: RenderContext): KnownBlock[] {
  const { shown, more } = some(view.items, room.rows);
  const left = view.more + more;
  return [
    header(view.title),
    ...(view.items.length === 0 ? sections([inert(cut(view.empty, room.reason))]) : []),
    ...shown.map((item) => incidentRow(item, draw)),
    ...(left === 0 ? [] : context([`… and ${left} more`])),
  ];
}

export function incidentRow(item: IncidentListView['items'][number], draw: RenderContext): SectionBlock {
  const { number, title, severity, status, lead, parent, declaredAt, drill } = item;
  const marks = `${drill ? ' 🧪 drill' : ''}${item.private ? ' 🔒' : ''}`;
  const about = [
    inert(cut(severityWords(severity), 80)),
    STATUSES[status],
    ...(parent === undefined ? [] : [`${RELATIONS.parent} #${parent}`]),
    `lead ${lead === undefined ? 'nobody yet' : mention(lead)}`,
    `declared ${time(declaredAt, draw)}`,
  ].join('  ·  ');
  const line = `${severityGlyph(severity, status)}  *#${number} ${inert(cut(title, 150))}*${marks}`;
  return row(`${line}\n${about}`, item.action);
}

/** All that fits: `view.more` are earlier ones, and what does not fit are later ones. */
export function itemListBlocks(view: ItemListView, room: Room, draw: RenderContext): KnownBlock[] {
  const { shown, more } = some(view.items, Math.max(room.rows, 4));
  return [
    header(view.title),
    ...(view.intro === undefined ? [] : sections([inert(cut(view.intro, Math.min(room.reason, 600)))])),
    ...(view.items.length === 0 ? sections([inert(cut(view.empty, room.reason))]) : []),
    ...(view.more === 0 ? [] : context([`… ${view.more} earlier ones are not shown`])),
    ...itemRows(shown, draw),
    ...(more === 0 ? [] : context([`… and ${more} more`])),
    ...actions(view.actions),
  ];
}

/** Of a message, for the texts of all items together. */
const TEXTS = 5_000;

/** Those with a button stand alone; the others share sections, so that a long timeline fits. */
export function itemRows(items: ItemListView['items'], draw: RenderContext): KnownBlock[] {
  const share = Math.min(400, Math.floor(TEXTS / items.length));
  const blocks: KnownBlock[] = [];
  let lines: string[] = [];
  for (const item of items) {
    const line = itemLine(item, share, draw);
    if (item.action === undefined) {
      lines.push(line);
      continue;
    }
    blocks.push(...sections(lines), row(line, item.action));
    lines = [];
  }
  return [...blocks, ...sections(lines)];
}

function itemLine(item: ItemListView['items'][number], share: number, draw: RenderContext): string {
  const { glyph, text, detail, people = [], at, link: address, struck } = item;
  const said = inert(cut(text, share)) || '(nothing)';
  const behind = [
    detail === undefined ? '' : inert(cut(detail, 120)),
    some(people, 8).shown.map(mention).join(', '),
    at === undefined ? '' : time(at, draw),
    address === undefined || weight(address) > 300 ? '' : namedLink(address, 'link'),
  ];
  const more = behind.filter((part) => part !== '').join(' ');
  const shown = struck ? `~${said}~` : said;
  return `${glyph === undefined ? '' : `${inert(cut(glyph, 50))}  `}${shown}${more === '' ? '' : `  ·  ${more}`}`;
}

/** The picture is a file of its own. */
export function statsBlocks(view: IncidentStatsView, room: Room): KnownBlock[] {
  return [header(view.title), ...facts(view.facts, room)];
}

/** Its beginning: the whole of it comes as a file. */
const BEGINNING = { lines: 12, characters: 900 };

export function documentBlocks(view: DocumentView, room: Room): KnownBlock[] {
  const lines = view.content.split('\n').map(plain);
  const max = Math.min(room.reason, BEGINNING.characters);
  const shown: string[] = [];
  for (const line of lines.slice(0, BEGINNING.lines)) {
    if (weight([...shown, line].join('\n')) > max) break;
    shown.push(line);
  }
  const left = lines.length - shown.length;
  return [
    header(view.title),
    { type: 'section', text: plainText(shown.join('\n') || '(empty)') },
    ...context([
      `${inert(cut(view.name, 80))}${left === 0 ? '' : `  ·  ${left} more lines are in the file`}`,
    ]),
  ];
}
