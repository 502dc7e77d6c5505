/** What a page says. All of it is plain text. */
export interface Page {
  title: string;
  lines: string[];
  /** A form with one button, which goes to `action`. */
  button?: { label: string; action: string };
}

const STYLE = `
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
  body { max-width: 32rem; margin: 12vh auto; padding: 0 1.25rem }
  h1 { font-size: 1.5rem }
  p { overflow-wrap: anywhere }
  button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .4rem; background: #1f6feb; color: #fff; cursor: pointer }
  button:focus-visible { outline: 3px solid #9ecbff }
`;

/** A whole page, to be read on a phone. */
export function htmlOf({ title, lines, button }: Page): string {
  const paragraphs = lines.map((line) => `<p>${escaped(line)}</p>`);
  const form =
    button === undefined
      ? ''
      : `<form method="post" action="${escaped(button.action)}"><button>${escaped(button.label)}</button></form>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Purser</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${paragraphs.join('\n')}
${form}
</main>
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
