import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainText } from '../../src/api/plain-text.ts';
import type { SpokenView, View } from '../../src/domain/views.ts';
import { fill, nasty } from '../chat/nasty-words.ts';
import { sampleViews } from '../chat/sample-views.ts';

/** `TEST_UPDATE_GOLDEN=1 node --test test/api/plain-text.test.ts` writes the golden files anew: then read the diff. */
const update = process.env.TEST_UPDATE_GOLDEN === '1';
const folder = new URL('../fixtures/api/views/', import.meta.url);
const KINDS = [
  'document',
  'help',
  'incident',
  'incident-list',
  'incident-review',
  'incident-stats',
  'item-list',
  'notice',
] satisfies SpokenView['kind'][];

const spoken = Object.entries(sampleViews as Record<string, View>).filter(
  (entry): entry is [string, SpokenView] => (KINDS as string[]).includes(entry[1].kind),
);

if (update) mkdirSync(folder, { recursive: true });
for (const [name, view] of spoken) {
  test(`${name} is said as its golden file`, () => {
    const file = new URL(`${name}.txt`, folder);

    const text = `${plainText(view)}\n`;

    if (update) writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'));
  });
}

test('every kind has a golden file', () => {
  assert.deepEqual([...new Set(spoken.map(([, { kind }]) => kind))].sort(), KINDS);
});

test('whatever people type, a terminal shows it and does nothing', () => {
  const words = fc.oneof(
    nasty,
    fc.constantFrom('\u001b[2J\u001b]0;evil\u0007', 'a\rb', '\u009b31m', 'a\u0008b'),
  );

  fc.assert(
    fc.property(fc.constantFrom(...spoken), words, ([, view], typed) => {
      const text = plainText(fill(view, () => typed, 1) as SpokenView);

      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
