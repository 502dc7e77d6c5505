/** What people typed, for a Markdown file in which it is text and nothing else. */

const WHITE_SPACE = /[\s\u0085]+/g;
// Format characters cover bidi controls, zero-width ones, soft hyphens and tags.
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
/** Begins or ends emphasis, code, a link, an image, HTML, an entity, a table's cell, a formula, a mention, a heading. */
const ACTIVE = /[\\`*_~[\]<>&|$@#!]/g;
/** Readers make a link of what looks like one. */
const ADDRESS = /(?:https?|ftp|mailto|xmpp)(?=:)|www(?=\.)/gi;

/** One line, which may stand anywhere. */
export function inline(text: string): string {
  return text
    .toWellFormed()
    .replace(WHITE_SPACE, ' ')
    .replace(INVISIBLE, '')
    .trim()
    .replace(ACTIVE, '\\$&')
    .replace(ADDRESS, '$&\\')
    .replace(/^[+=-]/, '\\$&')
    .replace(/^\d{1,9}(?=[.)])/, '$&\\');
}

/** Its lines, as a quotation. */
export function quotation(text: string): string {
  const lines = text
    .split(/\r\n?|\n/)
    .map(inline)
    .filter((line) => line !== '');
  return lines.map((line) => `> ${line}`).join('\\\n');
}

/** A link, to where people can go; nothing for any other address. */
export function linkTo(label: string, address: string): string {
  if (!URL.canParse(address)) return '';
  const { protocol, href } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') return '';
  return `[${label}](${href.replace(/[()<>\\]/g, percent).replaceAll('&', '&amp;')})`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
