import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACCESS_COMMANDS, parseAccessCommand } from '../../src/commands/access-spec.ts';

const TYPED = { now: new Date('2026-04-01T10:00:00.000Z'), key: 'delivery' };

function parse(text: string) {
  return parseAccessCommand(text, TYPED);
}

for (const command of ACCESS_COMMANDS) {
  for (const example of command.examples) {
    test(`the example ${example} of help is understood`, () => {
      assert.equal(parse(example.replace(/^\/access/, '')).ok, true);
    });
  }
}

for (const [text, intent] of [
  ['', { intent: 'access.help' }],
  ['request', { intent: 'access.ask', values: {} }],
  [
    'request cluster-edit For=1h restart x=1 now ticket=OPS-1',
    {
      intent: 'access.ask',
      values: { entitlement: 'cluster-edit', for: '1h', ticket: 'OPS-1', reason: 'restart x=1 now' },
    },
  ],
  ['request for=1h', { intent: 'access.ask', values: { for: '1h' } }],
  [
    'request admin who=<@U0KIM|kim>',
    { intent: 'access.ask', values: { entitlement: 'admin', who: '<@U0KIM|kim>' } },
  ],
  ['list', { intent: 'access.list', filter: 'all' }],
  ['list MINE', { intent: 'access.list', filter: 'mine' }],
  ['list expiring', { intent: 'access.list', filter: 'expiring' }],
  ['list Kim Sample', { intent: 'access.list', filter: 'all', who: 'Kim Sample' }],
  ['show 3F9A0C1288', { intent: 'access.show', id: '3f9a0c1288' }],
  ['show kim/3f9a0c1288', { intent: 'access.show', beneficiary: 'kim', id: '3f9a0c1288' }],
  ['extend 3f9a0c1288', { intent: 'access.extend', id: '3f9a0c1288', values: {} }],
  [
    'extend 3f9a0c1288 1h not done yet',
    { intent: 'access.extend', id: '3f9a0c1288', values: { extra: '1h', reason: 'not done yet' } },
  ],
  ['end 3f9a0c1288', { intent: 'access.end', id: '3f9a0c1288' }],
] as const) {
  test(`“${text}” is ${intent.intent}`, () => {
    assert.deepEqual(parse(text), { ok: true, intent });
  });
}

for (const [text, problem] of [
  ['requst x', 'There is no command “requst”. Did you mean /access request?'],
  ['request x for=1h for=2h', '“for” is given twice.'],
  ['show', 'An id is missing: it is on the card, and in /access list.'],
  ['show kim', '“kim” is no id. It looks like 3f9a0c1288, and is on the card and in /access list.'],
  ['show 3f9a0c1288 now', '“now” is not expected here.'],
  ['end', 'An id is missing: it is on the card, and in /access list.'],
  ['catalogue x', '“x” is not expected here.'],
] as const) {
  test(`“${text}” is answered with what is wrong`, () => {
    const parsed = parse(text);

    assert.equal(!parsed.ok && parsed.problem, problem);
  });
}

test('no text makes the parser throw', () => {
  const words = fc.constantFrom(
    'request',
    'list',
    'extend',
    'show',
    '"',
    '=',
    '\\',
    ' ',
    'for',
    '1h',
    '__proto__',
    '/',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((parts) => parts.join('')),
  );

  fc.assert(
    fc.property(text, (typed) => {
      const parsed = parse(typed);
      return parsed.ok ? parsed.intent.intent.length > 0 : parsed.problem.length > 0;
    }),
  );
});
