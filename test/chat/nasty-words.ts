import fc from 'fast-check';

/** What people type who want to be more than text, or just go on and on. */
const NASTY = [
  '<!channel>',
  '<@U0EVIL>',
  '<https://evil.test|Approve>',
  '&<>"\\',
  '```',
  ':white_check_mark:',
  '\n\n> quote',
  '\u202egnp.exe',
  '\u200b',
  '{{DATE(2026-01-01)}}',
  'a\nkind: ClusterRole',
  '👩‍💻'.repeat(40),
  'x'.repeat(3_001),
  '"'.repeat(3_001),
  '&'.repeat(900),
  '',
]; // prettier-ignore
export const nasty = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 3 }).map((parts) => parts.join(' ')),
);

/** Where a view holds an id of ours, a time or an account: what people type never gets there. */
const OURS = new Set([
  'kind',
  'phase',
  'end',
  'state',
  'status',
  'as',
  'actionId',
  'payload',
  'style',
  'tone',
  'answer',
  'outcome',
  'decision-kind',
  'accounts',
  'platform',
  'target',
  'type',
  'schema',
  'formId',
  'context',
  'values',
]); // prettier-ignore
const TIME = /^\d{4}-\d\d-\d\dT/;

/** The same view with other words in every place that holds words, and lists as long as `times`. */
export function fill(value: unknown, words: () => string, times: number, key = ''): unknown {
  if (OURS.has(key) || (key === 'decision' && typeof value === 'string')) return value;
  if (typeof value === 'string') return TIME.test(value) || key === 'name-of-field' ? value : words();
  if (Array.isArray(value)) {
    const longer = key === 'actions' ? value : Array.from({ length: times }, () => value).flat();
    return longer.map((item) => fill(item, words, times));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, fill(item, words, times, name)]),
    );
  }
  return value;
}
