/** The words of a message that Teams hands over as HTML, one line a paragraph. What it means is not of interest. */
export function wordsOf(html: string): string {
  const text = html
    .replace(/<(?:emoji|img)\b[^<>]*?\balt="([^"<>]*)"[^<>]*>/gi, '$1')
    .replace(/<br\b[^<>]*>|<\/(?:p|div|li|tr|h[1-6]|blockquote|pre)>/gi, '\n')
    .replace(/<[^<>]*>/g, '');
  return decoded(text)
    .split('\n')
    .map((line) => line.replace(/[\s\u00a0\u200b]+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Once: what comes out is text, whatever it looks like. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
