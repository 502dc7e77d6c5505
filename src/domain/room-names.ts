import anyAscii from 'any-ascii';
import type { IncidentState } from './incidents.ts';

/** Slack's. */
const MAX_LENGTH = 80;
/** Teams'. Nothing that Teams refuses in a name is ever in one of ours. */
const TEAMS_MAX_LENGTH = 50;
/** `-999`, so that a suffix never costs a part of the name. */
const SUFFIX_LENGTH = 4;

/**
 * The name of an incident's room, from the configuration's pattern: small letters, digits and dashes. A title that is too
 * long is cut, the number never: `inc-142-checkout-is-down`, `drill-inc-7-first-try`.
 */
export function roomName(
  pattern: string,
  { number, title, private: isPrivate, drill }: Pick<IncidentState, 'number' | 'title' | 'private' | 'drill'>,
): string {
  const marks = `${drill ? 'drill-' : ''}${isPrivate ? 'priv-' : ''}`;
  const numbered = marks + pattern.replaceAll('{number}', String(number));
  const titles = numbered.split('{title}').length - 1;
  const rest = slug(numbered.replaceAll('{title}', '-')).length;
  const room = Math.floor((MAX_LENGTH - SUFFIX_LENGTH - rest) / Math.max(1, titles)) - 2;
  return slug(numbered.replaceAll('{title}', `-${cutAtWord(slug(title), room)}-`));
}

/** The same name for another try, when it is taken: `inc-142-checkout-is-down-2`. */
export function withSuffix(name: string, attempt: number): string {
  return `${name}-${attempt}`;
}

/** A room's name, short enough for a channel in Teams. The first number in it is kept whole. */
export function teamsChannelName(name: string): string {
  if (name.length <= TEAMS_MAX_LENGTH) return name;
  const { 0: number = '', index = 0 } = /\d+/.exec(name) ?? {};
  if (index + number.length <= TEAMS_MAX_LENGTH) return cutAtWord(name, TEAMS_MAX_LENGTH);
  return `${cutAtWord(name, TEAMS_MAX_LENGTH - number.length - 1)}-${number}`;
}

/** Letters of all scripts become Latin ones; everything else separates words. */
function slug(text: string): string {
  return anyAscii(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Between words, unless that would leave less than half. */
function cutAtWord(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max + 1));
  const end = cut.lastIndexOf('-');
  return (end > max / 2 ? cut.slice(0, end) : cut.slice(0, Math.max(0, max))).replace(/-+$/, '');
}
