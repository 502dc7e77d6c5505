import { COMMAND_WORDS } from '../../domain/requests.ts';
import { cutBy, plain } from '../text.ts';

/**
 * What people typed stands in `TextRun`s and input values alone, where no markdown is read. What is left to defuse are
 * the functions that cards expand everywhere: `{{DATE(…)}}` and `{{TIME(…)}}`.
 */
export function inert(text: string): string {
  return plain(text).replace(/\{(?=\{)/g, '{ ');
}

/** A reason within `max` characters, saying how much is missing. For reasons only. */
export function cut(text: string, max: number): string {
  return cutBy((part) => part.length, inert(text), max);
}

/** Within `max`, for labels and titles. */
export function short(text: string, max: number): string {
  const visible = inert(text) || '…';
  return visible.length <= max ? visible : `${visible.slice(0, max - 1).toWellFormed()}…`;
}

const COMMAND = new RegExp(
  `(?<![\\p{L}\\p{N}/])/(${Object.keys(COMMAND_WORDS).join('|')})(?![\\p{L}\\p{N}/-])`,
  'gu',
);

/** Commands are spelled `/env …` and `/incident …` by those who answer them. In Teams a slash opens a menu of its own. */
export function spelled(text: string): string {
  return text.replace(COMMAND, '$1');
}

/** For words beside a card, which may be read as markdown: no link, no mention and no function survives in them. */
export function spoken(text: string, max: number): string {
  return spelled(cut(text, max))
    .replace(/\](?=[([:])/g, '] ')
    .replace(/<(?=[a-z/!])/gi, '< ');
}

/** In the reader's own time zone and language, for a `TextBlock` of ours. */
export function time(iso: string): string {
  const second = `${new Date(iso).toISOString().slice(0, 19)}Z`;
  return `{{DATE(${second},SHORT)}} {{TIME(${second})}}`;
}

/** An address of a web page; anything else is `undefined`, to be shown as text. */
export function webAddress(url: string): string | undefined {
  const parsed = URL.parse(plain(url));
  return parsed !== null && ['http:', 'https:'].includes(parsed.protocol) ? parsed.href : undefined;
}
