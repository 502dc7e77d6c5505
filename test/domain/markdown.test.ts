import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inline, linkTo, quotation } from '../../src/domain/markdown.ts';
import { hostileText } from '../support/hostile-text.ts';
import { markdownShape, shownText } from '../support/markdown-shape.ts';

for (const text of [
  '# heading',
  '===',
  '- item',
  '+ item',
  '* item',
  '12. item',
  '3) item',
  '> quotation',
  '---',
  '```sh',
  '~~~',
  '    code',
  '| a | b |',
  '[link](https://evil.example.test)',
  '![image](https://evil.example.test/x.png)',
  '[a]: https://evil.example.test',
  '<https://evil.example.test>',
  '<img src=x onerror=alert(1)>',
  '<!-- comment',
  'https://evil.example.test and HTTP://evil.example.test',
  'www.evil.example.test',
  'somebody@evil.example.test',
  '_https://evil.example.test',
  '&lt;b&gt; &#60;',
  '**bold** __bold__ *it* _it_ `code` ~~gone~~ $x$',
  'a\\',
  '\\[a\\](b)',
  'a\n\n# b\n- c\n\n    d',
  '\u202e\u200b# late',
]) {
  test(`${JSON.stringify(text)} is text`, () => {
    const alone = markdownShape(inline(text));
    const item = markdownShape(`- ${inline(text)}`);
    const quoted = markdownShape(quotation(text));

    assert.deepEqual([alone, item, quoted], ['paragraph', 'list(list_item)', 'blockquote(paragraph)']);
  });
}

test('nothing anybody types becomes structure', () => {
  fc.assert(
    fc.property(hostileText(), (text) => {
      const line = inline(text);

      assert.equal(markdownShape(`x ${line}`), 'paragraph');
      assert.equal(markdownShape(`- ${line} x`), 'list(list_item)');
      assert.equal(markdownShape(`## ${line} x`), 'heading');
      assert.match(markdownShape(quotation(text)), /^(blockquote\(paragraph\))?$/);
    }),
    { numRuns: 2_000 },
  );
});

test('what is shown is what was typed, in one line and without what cannot be seen', () => {
  fc.assert(
    fc.property(hostileText(), (text) => {
      const typed = text
        .toWellFormed()
        .replace(/[\s\u0085]+/g, ' ')
        .replace(/[\p{Cc}\p{Cf}]/gu, '')
        .trim();

      assert.equal(shownText(`x ${inline(text)}`).trim(), `x ${typed}`.trim());
    }),
    { numRuns: 2_000 },
  );
});

test('plain words are left alone', () => {
  assert.equal(
    inline('Checkout 5xx in eu-west, 40% (was: 2%) — why?'),
    'Checkout 5xx in eu-west, 40% (was: 2%) — why?',
  );
});

test('a link leads where it says, and only to pages', () => {
  assert.equal(
    linkTo('source', 'https://chat.example.test/a_(b)?x=1&copy=2#[z]'),
    '[source](https://chat.example.test/a_%28b%29?x=1&amp;copy=2#[z])',
  );
  assert.equal(markdownShape(linkTo('source', 'https://a.example.test/)<b>"')), 'paragraph(link)');
  assert.deepEqual(
    ['javascript:alert(1)', 'data:text/html,x', 'nowhere', ''].map((address) => linkTo('source', address)),
    ['', '', '', ''],
  );
});
