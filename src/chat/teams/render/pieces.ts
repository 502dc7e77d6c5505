import type { PersonRef } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { named } from '../../wording.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert, short } from '../text.ts';
import { type ContainerStyle, container, type Element, line, ownLine, run, subtle } from './elements.ts';

/** The pieces that cards are made of. */

export function header(text: string, style: ContainerStyle = 'default'): Element {
  const title = line([run(short(text, LIMITS.label), { size: 'large', weight: 'bolder' })]);
  return style === 'default' ? title : ({ ...container([title], style), bleed: true } as Element);
}

/** Facts are shown whole or, when they do not fit, named as not shown: half a value can mean the opposite. */
export function facts(entries: { label: string; value: string }[], room: Room): Element[] {
  const shown = entries.slice(0, room.facts).map(({ label, value }) => {
    const visible = inert(value) || '(empty)';
    const text = visible.length <= room.fact ? visible : `(not shown: ${value.length} characters long)`;
    return line([run(`${cut(label, 80)}: `, { weight: 'bolder' }), text], { spacing: 'small' });
  });
  const left = entries.length - shown.length;
  return left === 0 ? shown : [...shown, ownLine(`⚠️ ${left} more facts do not fit here and are not shown.`)];
}

/** Whether all of them are shown. */
export function fit(entries: { value: string }[], room: Room): boolean {
  return entries.length <= room.facts && entries.every(({ value }) => inert(value).length <= room.fact);
}

/** Nothing where there is nothing to list. */
export function bulleted(glyph: string, heading: string, items: string[], room: Room): Element[] {
  const { shown, more: left } = some(items, room.rows);
  if (shown.length === 0) return [];
  return [
    line([`${glyph} `, run(heading, { weight: 'bolder' })]),
    ...shown.map((item) => line([`•  ${cut(item, Math.min(room.reason, 300))}`], { spacing: 'small' })),
    ...(left === 0 ? [] : [line([`•  and ${left} more`], { spacing: 'small' })]),
  ];
}

/** What somebody or something said, under a line of ours that says who. */
export function quote(said: string, text: string, room: Room): Element {
  return container(
    [subtle([said]), line([cut(text, room.reason) || '(nothing)'], { spacing: 'none' })],
    'emphasis',
    {
      spacing: 'small',
    },
  );
}

/** When it was, below what it is about: dates are drawn in lines of ours alone. */
export function moment(text: string): Element {
  return ownLine(text, { spacing: 'none', isSubtle: true, size: 'small' });
}

export function nameOf({ name }: PersonRef): string {
  return cut(name, 80) || 'somebody';
}

/** `A, B or C` */
export function people(persons: PersonRef[], word: 'and' | 'or', room: Room): string {
  const { shown, more } = some(persons, room.rows);
  return named(shown.map(nameOf), more, word);
}
