import anyAscii from 'any-ascii';

const MAX = 18;

/** A name in letters that the fonts have, and no longer than there is room for. */
export function drawable(name: string): string {
  const letters = [...name.toWellFormed().replace(/\p{C}/gu, '')].map((letter) =>
    /[\u0020-\u052f]/.test(letter) ? letter : anyAscii(letter),
  );
  const text = letters.join('').trim();
  return text.length > MAX ? `${text.slice(0, MAX - 1).trimEnd()}…` : text;
}
