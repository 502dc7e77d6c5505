import { shortened } from '../domain/incident-room-views.ts';
import { inline } from '../domain/markdown.ts';

/** Unlike a backslash it keeps GitHub from making a mention or a reference, which it looks for in what is drawn. */
const BREAK = '\u2060';
const TITLE_MAX = 250;

/** What people typed, as one line that mentions nobody, refers to nothing and closes nothing. */
export function inert(text: string): string {
  return unlinked(inline(text));
}

/** A title is drawn as it is; only what it refers to is broken. */
export function title(text: string): string {
  return shortened(unlinked(text).toWellFormed().replace(/\s+/g, ' ').trim(), TITLE_MAX);
}

/** `@kim`, `#12` and `GH-12` become nothing but text. */
function unlinked(text: string): string {
  return text.replace(/[@#]|\bGH-(?=\d)/gi, `$&${BREAK}`);
}

/** Nobody sees it, and what bears it is found again by it. */
export function hidden(marker: string): string {
  return `<!-- purser ${marker} -->`;
}

export function paragraphs(lines: string[], marker: string): string {
  return [...lines.map(inert), hidden(marker)].join('\n\n');
}
