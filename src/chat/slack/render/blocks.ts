import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/web-api';
import type { ActionButton, PersonRef } from '../../../domain/views.ts';
import { ChatError } from '../../adapter.ts';
import { type Room, some } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { named } from '../../wording.ts';
import { LIMITS } from '../limits.ts';
import { cut, type FormatTime, inert, weight } from '../text.ts';

export interface RenderContext {
  formatTime: FormatTime;
}

/** The pieces every message is made of. What comes in as mrkdwn is ours; what people typed has gone through `text.ts`. */

export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

export function plainText(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(cut(text, LIMITS.header) || '…') };
}

/** Lines of mrkdwn, in as many sections as their length needs. */
export function sections(lines: string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines.filter((candidate) => candidate !== '')) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > LIMITS.section.text) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts.map((text) => ({ type: 'section', text: mrkdwn(text) }));
}

/** A line with what can be done about it. */
export function row(line: string, action: ActionButton): SectionBlock {
  return { type: 'section', text: mrkdwn(line), accessory: button(action) };
}

export function context(lines: string[]): ContextBlock[] {
  const shown = lines.filter((line) => line !== '').slice(0, LIMITS.context.elements);
  return shown.length === 0 ? [] : [{ type: 'context', elements: shown.map(mrkdwn) }];
}

/** What somebody or something said, verbatim and inert, under a line of ours that says who. */
export function quote(said: string, text: string, room: Room): ContextBlock {
  return { type: 'context', elements: [mrkdwn(said), plainText(cut(text, room.reason) || '(nothing)')] };
}

/** Nothing where there is nothing to list. */
export function bulleted(glyph: string, heading: string, items: string[], room: Room): KnownBlock[] {
  const { shown, more } = some(items, room.rows);
  if (shown.length === 0) return [];
  return sections([
    `${glyph} *${heading}*`,
    ...shown.map((item) => `•  ${inert(cut(item, Math.min(room.reason, 300)))}`),
    ...(more === 0 ? [] : [`•  and ${more} more`]),
  ]);
}

/** Facts are shown whole or, when they do not fit, named as not shown: half a value can mean the opposite. */
export function facts(entries: { label: string; value: string }[], room: Room): KnownBlock[] {
  const shown = entries.slice(0, room.facts).map(({ label, value }) => {
    const visible = inert(value) || '(empty)';
    const text = weight(visible) <= room.fact ? visible : `(not shown: ${value.length} characters long)`;
    return mrkdwn(`*${inert(cut(label, 80))}*\n${text}`);
  });
  const blocks: KnownBlock[] = [];
  for (let start = 0; start < shown.length; start += LIMITS.section.fields) {
    blocks.push({ type: 'section', fields: shown.slice(start, start + LIMITS.section.fields) });
  }
  const left = entries.length - shown.length;
  return left === 0
    ? blocks
    : [...blocks, ...context([`⚠️ ${left} more facts do not fit here and are not shown.`])];
}

export function actions(buttons: ActionButton[] | undefined): ActionsBlock[] {
  if (buttons === undefined || buttons.length === 0) return [];
  const drawn = buttons.slice(0, LIMITS.actions.elements).map(button);
  return [{ type: 'actions', elements: drawn.map(numbered) }];
}

/** Slack wants each `action_id` of a block once: what stands there again carries its place, and `actionIdOf` drops it. */
function numbered(element: Button, at: number, all: Button[]): Button {
  const first = all.findIndex(({ action_id }) => action_id === element.action_id);
  return first === at ? element : { ...element, action_id: `${element.action_id}${PLACE}${at}` };
}

const PLACE = '#';

export function actionIdOf(drawn: string): string {
  return drawn.split(PLACE, 1)[0] ?? drawn;
}

export function button({ actionId, label, style, payload, confirm }: ActionButton): Button {
  const value = JSON.stringify(payload);
  if (value.length > LIMITS.button.value) {
    throw new ChatError(
      'invalid',
      `the payload of ${actionId} is longer than ${LIMITS.button.value} characters`,
    );
  }
  return {
    type: 'button',
    action_id: actionId,
    text: plainText(cut(label, LIMITS.button.text) || '…'),
    value,
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm: confirmation(confirm, style) }),
  };
}

function confirmation(
  { title, text, confirmLabel }: NonNullable<ActionButton['confirm']>,
  style: ActionButton['style'],
): ConfirmationDialog {
  return {
    title: plainText(cut(title, LIMITS.confirm.title) || 'Sure?'),
    text: plainText(cut(text, LIMITS.confirm.text) || '…'),
    confirm: plainText(plain(confirmLabel).slice(0, LIMITS.confirm.button) || 'Yes'),
    deny: plainText('Cancel'),
    ...(style === undefined ? {} : { style }),
  };
}

/** A mention where the person has a Slack account, the name elsewhere. */
export function mention(person: PersonRef): string {
  const account = person.accounts.find(({ platform }) => platform === 'slack');
  if (account?.platform === 'slack' && /^[UW][A-Z0-9]+$/.test(account.userId)) return `<@${account.userId}>`;
  return inert(cut(person.name, 80)) || 'somebody';
}

/** `A, B or C` */
export function people(persons: PersonRef[], word: 'and' | 'or', room: Room): string {
  const { shown, more } = some(persons, room.rows);
  return named(shown.map(mention), more, word);
}

export function time(iso: string, { formatTime }: RenderContext): string {
  return formatTime(new Date(iso));
}
