import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { wordsOf } from '../../../src/chat/teams/html.ts';

const SAMPLES: [title: string, html: string, words: string][] = [
  ['paragraphs', '<div><p>Checkout is down.</p><p>Since 10:02.</p></div>', 'Checkout is down.\nSince 10:02.'],
  ['breaks', 'one<br>two<br/>three', 'one\ntwo\nthree'],
  ['lists', '<ul><li>one</li><li>two</li></ul>', 'one\ntwo'],
  ['mentions', '<p><at id="0">Kim Sample</at>&nbsp;look</p>', 'Kim Sample look'],
  ['emoji', '<p><emoji id="1f4cc_pushpin" alt="📌" title="Pushpin"></emoji> this</p>', '📌 this'],
  ['pictures', '<p>See <img src="https://x.test/1.png" alt="a graph" width="5"></p>', 'See a graph'],
  ['attachments', '<attachment id="1"></attachment>', ''],
  [
    'entities',
    '<p>a &lt;b&gt; &amp;amp; &#39;c&#x27; &unknown; &quot;d&quot;</p>',
    'a <b> &amp; \'c\' &unknown; "d"',
  ],
  ['entities that are tags', '&lt;script&gt;alert(1)&lt;/script&gt;', '<script>alert(1)</script>'],
  ['nothing', '', ''],
  ['half a tag', 'a < b <p', 'a < b <p'],
]; // prettier-ignore

for (const [title, html, words] of SAMPLES) {
  test(`of HTML with ${title} the words are left`, () => {
    assert.equal(wordsOf(html), words);
  });
}

test('any text comes through as it is, once it is escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

      assert.equal(wordsOf(`<p>${escaped}</p>`).replace(/\s/g, ''), text.replace(/[\s\u200b]/g, ''));
    }),
  );
});

test('what was made to take long does not', () => {
  const began = performance.now();

  for (const part of ['<', '<emoji alt="', '&', '<p', '<emoji ']) wordsOf(part.repeat(30_000));

  assert.ok(performance.now() - began < 2_000);
});
