import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { roomName, teamsChannelName, withSuffix } from '../../src/domain/room-names.ts';

const PATTERN = 'inc-{number}-{title}';
const incident = (title: string, over: { number?: number; private?: boolean; drill?: boolean } = {}) => ({
  number: 142,
  title,
  private: false,
  drill: false,
  ...over,
});

for (const [title, name] of [
  ['Checkout is down', 'inc-142-checkout-is-down'],
  ['Größere Störung: Überlast!', 'inc-142-grossere-storung-uberlast'],
  ['Платёжи не проходят', 'inc-142-platezhi-ne-prokhodyat'],
  ['支付失败', 'inc-142-zhifushibai'],
  ['  --- <!channel> ../../etc ', 'inc-142-channel-etc'],
  ['', 'inc-142'],
  ['\u202e\u0000\u200b', 'inc-142'],
] as const) {
  test(`“${title}” becomes ${name}`, () => {
    assert.equal(roomName(PATTERN, incident(title)), name);
  });
}

test('a drill and a private incident say so in front', () => {
  assert.equal(roomName(PATTERN, incident('Try', { drill: true })), 'drill-inc-142-try');
  assert.equal(roomName(PATTERN, incident('Leak', { private: true })), 'priv-inc-142-leak');
  assert.equal(
    roomName(PATTERN, incident('Both', { private: true, drill: true })),
    'drill-priv-inc-142-both',
  );
});

test('the organisation decides on the pattern', () => {
  assert.equal(roomName('{title}_{number}', incident('Checkout')), 'checkout-142');
  assert.equal(roomName('Störung {number}', incident('Checkout')), 'storung-142');
});

test('a long title is cut between words', () => {
  const name = roomName(PATTERN, incident('checkout '.repeat(40)));

  assert.match(name, /^inc-142-(checkout-)+checkout$/);
  assert.ok(name.length > 60 && name.length <= 76, name);
});

test('whatever the title, a name is one that both platforms take, with its number whole, also with a suffix', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(PATTERN, '{title}-{number}', 'a-{title}-{number}-{title}', '{number}'),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 1, max: 9_999_999 }),
      fc.boolean(),
      (pattern, title, number, marked) => {
        // Digits of the title would hide whether the number is there.
        const words = title.replace(/\p{N}/gu, '');
        const name = roomName(pattern, incident(words, { number, private: marked, drill: marked }));
        const inTeams = teamsChannelName(withSuffix(name, 2));

        assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.ok(withSuffix(name, 999).length <= 80, name);
        assert.ok(name.split('-').includes(String(number)), name);
        assert.match(inTeams, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.ok(inTeams.length <= 50, inTeams);
      },
    ),
  );
});

test('in Teams the number stays whole, wherever it is', () => {
  const long = 'word-'.repeat(13);

  assert.equal(
    teamsChannelName(`inc-142-${long}end`),
    `inc-142-${'word-'.repeat(8)}word`.slice(0, 50).replace(/-wo?r?$/, ''),
  );
  assert.match(teamsChannelName(`${long}142`), /^(word-)+142$/);
  assert.equal(teamsChannelName('inc-142-short'), 'inc-142-short');
});
