import { lexer, parseInline, type Token } from 'marked';

/** What a reader of Markdown makes of a file: its structure, without any of its text. */
export function markdownShape(markdown: string): string {
  return lexer(markdown).map(shapeOf).filter(Boolean).join(' ');
}

const TEXT = new Set(['text', 'escape', 'br', 'space']);

function shapeOf(token: Token): string {
  const inside: Token[] = token.type === 'list' ? token.items : 'tokens' in token ? (token.tokens ?? []) : [];
  const shapes = inside.map(shapeOf).filter(Boolean).join(' ');
  if (TEXT.has(token.type)) return shapes;
  return shapes === '' ? token.type : `${token.type}(${shapes})`;
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** What a reader sees of one line. */
export function shownText(line: string): string {
  const html = `${parseInline(line)}`;
  return html.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
