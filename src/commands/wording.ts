import type { NoticeView } from '../domain/views.ts';

const MAX_ECHO = 60;
// Controls, zero-width characters and bidi marks: nothing a person means to show.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

export function notice(
  tone: NoticeView['tone'],
  text: string,
  more: Pick<NoticeView, 'details' | 'actions' | 'link' | 'incident'> = {},
): NoticeView {
  return { kind: 'notice', tone, text, ...more };
}

/** What somebody typed, repeated to them: short, on one line, with nothing invisible in it. */
export function echo(typed: string): string {
  const visible = typed
    .slice(0, 10 * MAX_ECHO)
    .replace(INVISIBLE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(visible)];
  if (characters.length <= MAX_ECHO) return visible;
  return `${characters
    .slice(0, MAX_ECHO)
    .map((character) => character.segment)
    .join('')}…`;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listed(words: string[], limit = 5): string {
  const shown = words.length > limit ? [...words.slice(0, limit), `${words.length - limit} more`] : words;
  if (shown.length < 2) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** A rule's own words at the start of a sentence. */
export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export function tryAgain(requestId: string): NoticeView {
  return notice('warning', 'Not recorded. Please try again in a moment; repeating it is harmless.', {
    details: [`If it keeps happening, tell the platform team this request id: ${requestId}`],
  });
}
