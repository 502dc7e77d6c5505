import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  asSeen,
  asTyped,
  cut,
  inert,
  link,
  mentionedIn,
  namedLink,
  slackDate,
  weight,
} from '../../../src/chat/slack/text.ts';
import { formatStepTime, plain } from '../../../src/chat/text.ts';

const FRAGMENTS = [
  '<!channel>',
  '<@U0KIM>',
  '<#C0GENERAL>',
  '<https://evil.test|approve>',
  '*bold*',
  '_it_',
  '~no~',
  '`code`',
  '```',
  '&lt;',
  '&amp;',
  ':white_check_mark:',
  '\u202e',
  '\u2066',
  '\u200b',
  '\n',
  '\r\n',
  '\u2028',
  '> quote',
  '👩‍💻',
  '\ud800',
  '<!date^0^{date}|x>',
  ' ',
  'a',
  '*',
  '_',
  '|',
  '\0',
  '\u3164',
]; // prettier-ignore
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary' })), { maxLength: 12 })
  .map((parts) => parts.join(''));

test('nothing that was typed is markup', () => {
  fc.assert(
    fc.property(hostile, (typed) => {
      const text = inert(typed);

      assert.doesNotMatch(text, /[<>`\n\r]/);
      assert.doesNotMatch(text, /&(?!amp;|lt;|gt;)/);
      assert.doesNotMatch(text, /(^|[^\p{L}\p{N}])[*_~]|[*_~]($|[^\p{L}\p{N}])/u);
      assert.doesNotMatch(text, /:[a-z0-9_+'-]+:/i);
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
    { numRuns: 2_000 },
  );
});

test('what is harmless stays as it was typed', () => {
  for (const text of [
    'my_app_1',
    'pr-42',
    'team=shop',
    '3 * 4',
    'Noor Sample (FinOps)',
    '10:30',
    '名前',
    'a|b',
  ]) {
    assert.equal(inert(text).replace('∗', '*'), text);
  }
});

test('a reason is cut between graphemes, within its room, and says how much is missing', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 80, max: 300 }), (typed, max) => {
      const text = cut(typed, max);

      assert.ok(weight(text) <= max);
      assert.ok(text.isWellFormed());
      const kept = /^(.*)… \(cut: (\d+) more characters\)$/su.exec(text);
      if (kept === null) assert.equal(text, plain(typed));
      else assert.equal(plain(typed), `${kept[1]}${plain(typed).slice(-Number(kept[2]))}`);
    }),
  );
});

test('an emoji of several characters is kept whole or left out', () => {
  assert.equal(
    cut(`${'x'.repeat(58)}${'👍🏽'.repeat(20)}`, 100).replace(/^x+/, ''),
    '… (cut: 80 more characters)',
  );
  assert.match(cut('x'.repeat(3_001), 300), /^x{260}… \(cut: 2741 more characters\)$/);
});

test('only web pages are links, and nothing leaves a link', () => {
  assert.equal(link('https://pr-42.example.test/?a=1&b=2'), '<https://pr-42.example.test/?a=1&amp;b=2>');
  assert.equal(link('javascript:alert(1)'), 'javascript:alert(1)');
  fc.assert(
    fc.property(hostile, (typed) => {
      assert.doesNotMatch(link(`https://example.test/${typed}`).slice(1, -1), /[<>|\s]/);
    }),
  );
});

test('times are drawn by Slack, with UTC where it cannot', () => {
  assert.equal(
    slackDate(new Date('2026-11-23T10:05:00.000Z')),
    '<!date^1795428300^{date_short_pretty} at {time}|2026-11-23 10:05 UTC>',
  );
  assert.deepEqual([840, 9_949, 9_950, 34_400, 59_400, 65_000].map(formatStepTime), [
    '0.8 s',
    '9.9 s',
    '10 s',
    '34 s',
    '59 s',
    '1 min 5 s',
  ]);
});

test('what Slack sends is read as people saw it', () => {
  const names = new Map([['U0KIM', 'Kim']]);
  const seen = {
    '<@U0KIM> and <@U0LEE|lee> and <@U0NOOR>': '@Kim and @lee and @U0NOOR',
    '<#C0GENERAL|general> <#C0X|> <!channel> <!subteam^S1|@oncall>': '#general #C0X @channel @oncall',
    '<https://x.test/a> <https://x.test/b|b> <http://x.test|x.test>':
      'https://x.test/a b (https://x.test/b) http://x.test',
    '<mailto:a@x.test|a@x.test> 1 &lt; 2 &amp;&amp; 3 &gt; 2': 'a@x.test 1 < 2 && 3 > 2',
    '&amp;lt; stays what was typed': '&lt; stays what was typed',
  };

  for (const [text, expected] of Object.entries(seen)) assert.equal(asSeen(text, names), expected);
  assert.deepEqual(mentionedIn('<@U0KIM> <@U0KIM|kim> &lt;@U0LEE&gt; <@W0X>'), ['U0KIM', 'W0X']);
});

test('in a command whoever is mentioned stays an account', () => {
  assert.equal(
    asTyped('page <@U0KIM|kim> see <https://x.test|x.test> a &amp; b &lt;@U0LEE&gt;'),
    'page <@U0KIM|kim> see https://x.test a & b <@U0LEE>',
  );
});

test('a named link is one, whatever its name, and other addresses are text', () => {
  assert.equal(
    namedLink('https://x.test/a?b=1&c=2', 'a|b <c>'),
    '<https://x.test/a?b=1&amp;c=2|a∣b &lt;c&gt;>',
  );
  assert.equal(namedLink('javascript:alert(1)', 'x'), 'javascript:alert(1)');
  assert.equal(namedLink('https://x.test', ''), '<https://x.test/>');
});
