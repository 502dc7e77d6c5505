import { cutBy, plain } from '../text.ts';

/**
 * What people typed is never markup. `plain` is for `plain_text` objects, `inert` for mrkdwn objects; both make one
 * line without anything invisible. Neither shortens: only `cut` does, and only reasons go through it.
 */

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const MARKS = Object.fromEntries(Object.entries(ENTITIES).map(([mark, entity]) => [entity, mark]));
const LOOKALIKES: Record<string, string> = { '*': '∗', _: '＿', '~': '∼' };

/**
 * For the middle of a mrkdwn line: no mention, link, formatting, code or emoji comes of it. Where Slack would read a
 * character as formatting, one that looks the same stands in; inside words (`my_app`) nothing changes.
 */
export function inert(text: string): string {
  return plain(text)
    .replace(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu, (mark) => LOOKALIKES[mark] ?? mark)
    .replaceAll('`', 'ˋ')
    .replace(/:(?=[a-z0-9_+'-]+:)/gi, '∶')
    .replace(/[&<>]/g, (mark) => ENTITIES[mark] ?? mark);
}

/** A link to a web page; any other address becomes text. */
export function link(url: string): string {
  const parsed = URL.parse(plain(url));
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return inert(url);
  const address = parsed.href.replace(/[&<>|]/g, (mark) => ENTITIES[mark] ?? '%7C');
  return `<${address}>`;
}

/** A link to a web page under a name of its own; any other address becomes text. */
export function namedLink(url: string, name: string): string {
  const address = link(url);
  const shown = inert(name).replaceAll('|', '∣');
  return address.startsWith('<') && shown !== '' ? `${address.slice(0, -1)}|${shown}>` : address;
}

/** What people saw when they read a text that Slack sends. Names of accounts are by id. */
export function asSeen(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replace(/<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_, mark: string, target: string, label?: string) => {
      if (mark === '@') return `@${names.get(target) ?? label ?? target}`;
      if (mark === '#') return `#${label || target}`;
      return mark === '!' ? (label ?? `@${target}`) : seenLink(target, label);
    })
    .replace(/&(amp|lt|gt);/g, (entity) => MARKS[entity] ?? entity);
}

/** Slack links what looks like an address of its own accord. */
function seenLink(target: string, label = ''): string {
  const address = target.replace(/^mailto:/, '');
  const isAddress = ['', address, address.replace(/^https?:\/\//, '')].includes(label);
  return isAddress ? address : `${label} (${address})`;
}

/** What somebody typed behind a command that Slack escapes. Whom they mention stays an account, as no name is. */
export function asTyped(text: string): string {
  const parts = text.split(/(<@[UW][A-Z0-9]+(?:\|[^<>]*)?>)/);
  return parts.map((part, at) => (at % 2 === 1 ? part : asSeen(part, new Map()))).join('');
}

/** The accounts that a text names. */
export function mentionedIn(text: string): string[] {
  return [...new Set([...text.matchAll(/<@([UW][A-Z0-9]+)/g)].flatMap(([, id]) => id ?? []))];
}

/** How much of a message's budget the text takes: its length as JSON, escaped as mrkdwn. */
export function weight(text: string): number {
  return JSON.stringify(text.replace(/[&<>]/g, (mark) => ENTITIES[mark] ?? mark)).length - 2;
}

/** A reason within `max`, saying how much is missing. For reasons only. */
export function cut(text: string, max: number): string {
  return cutBy(weight, text, max);
}

/** How a moment is written. Takes a date; the answer is mrkdwn. */
export type FormatTime = (at: Date) => string;

const zoned = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** In the time zone of this machine, for a client that draws no dates and runs on it. */
export function plainDate(at: Date): string {
  return inert(zoned.format(at));
}

/** Drawn by Slack in the reader's own time zone; UTC where a client cannot. */
export function slackDate(at: Date): string {
  const utc = at.toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} at {time}|${utc} UTC>`;
}

/** Slack gives an address back in its own spelling. */
export function address(url: string): string {
  return URL.parse(url.replaceAll('&amp;', '&'))?.href ?? url;
}
