/** A word of a command line: positional, or `key=value`. */
export interface Word {
  key?: string;
  value: string;
}

export type Words = { ok: true; words: Word[] } | { ok: false; problem: string };

/** Phones and desktops turn straight quotes into these while one types. */
const QUOTES = /["“”„]/;
const ESCAPED = /["“”„\\]/;
const KEY = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Splits at white space. Double quotes keep words together; inside them a backslash takes a quote or a backslash as it is. */
export function splitWords(text: string): Words {
  const words: Word[] = [];
  let word: Word | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (!quoted && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= { value: '' };
    if (QUOTES.test(char)) {
      quoted = !quoted;
    } else if (quoted && char === '\\' && ESCAPED.test(text.charAt(at + 1))) {
      word.value += text.charAt(++at);
    } else if (!quoted && char === '=' && word.key === undefined && KEY.test(word.value)) {
      word = { key: word.value, value: '' };
    } else {
      word.value += char;
    }
  }
  if (quoted) return { ok: false, problem: 'A quotation mark is not closed.' };
  if (word !== undefined) words.push(word);
  return { ok: true, words };
}
