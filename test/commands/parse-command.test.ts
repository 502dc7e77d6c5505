import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENVIRONMENT_COMMANDS, parseEnvironmentCommand } from '../../src/commands/environments-spec.ts';
import { splitWords, type Word } from '../../src/commands/words.ts';

const TYPED = { now: new Date('2026-04-01T10:00:00.000Z'), key: 'delivery' };

function parseCommand(text: string) {
  return parseEnvironmentCommand(text, TYPED);
}

for (const command of ENVIRONMENT_COMMANDS) {
  for (const example of command.examples) {
    test(`the example ${example} of help is understood`, () => {
      const parsed = parseCommand(example.replace(/^\/env/, ''));

      assert.equal(parsed.ok, true);
    });
  }
}

test('every command has an example', () => {
  const without = ENVIRONMENT_COMMANDS.filter((command) => command.examples.length === 0);

  assert.deepEqual(without, []);
});

test('template and name are positional, everything else is named', () => {
  const parsed = parseCommand('create dev pr-42 size=m note="two words" title=“so \\”quoted\\“”');

  assert.deepEqual(parsed, {
    ok: true,
    intent: {
      intent: 'environment.create',
      template: 'dev',
      values: { name: 'pr-42', size: 'm', note: 'two words', title: 'so ”quoted“' },
    },
  });
});

test('names are written in any case', () => {
  const parsed = parseCommand('SHOW PR-42');

  assert.deepEqual(parsed, { ok: true, intent: { intent: 'environment.show', name: 'pr-42' } });
});

test('nothing but white space is help', () => {
  const parsed = parseCommand(' \n\t ');

  assert.deepEqual(parsed, { ok: true, intent: { intent: 'help' } });
});

for (const [text, problem] of [
  ['creat dev', 'There is no command “creat”. Did you mean /env create?'],
  ['dleete pr-42', 'There is no command “dleete”. Did you mean /env delete?'],
  ['tem', 'There is no command “tem”. Did you mean /env templates?'],
  ['frobnicate', 'There is no command “frobnicate”. Type /env to see what there is.'],
  ['create dev a b', '“b” is not expected here.'],
  ['create dev a name=b', '“name” is given twice.'],
  ['create dev size=s size=m', '“size” is given twice.'],
  ['create dev template=dev', '“template” is given twice.'],
  ['create "dev', 'A quotation mark is not closed.'],
  ['list all', '“all” is not expected here.'],
  ['list team=', '“team=” is not expected here.'],
  ['show', 'A name is missing.'],
  ['show a b', '“b” is not expected here.'],
  ['templates now', '“now” is not expected here.'],
  [
    'show ../../etc',
    '“../../etc” cannot be a name here: names are small letters, digits and dashes, and start with a letter.',
  ],
] as const) {
  test(`“${text}” is answered with what is wrong`, () => {
    const parsed = parseCommand(text);

    assert.equal(parsed.ok, false);
    assert.equal(!parsed.ok && parsed.problem, problem);
  });
}

test('what was typed is repeated short and visible', () => {
  const parsed = parseCommand(`\u202egnp.exe\u200b${'x'.repeat(3_001)}`);

  assert.equal(parsed.ok, false);
  const problem = parsed.ok ? '' : parsed.problem;
  assert.ok(problem.length < 140);
  assert.doesNotMatch(problem, /[\u202a-\u202e\u200b]/);
});

test('no text makes the parser throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('create', 'list', '"', '=', '\\', ' ', 'team', 'name', '“', '__proto__'))
      .map((parts) => parts.join('')),
  );

  const parse = fc.property(text, (typed) => {
    const parsed = parseCommand(typed);
    return parsed.ok ? parsed.intent.intent.length > 0 : parsed.problem.length > 0;
  });

  fc.assert(parse);
});

test('whatever words say, quoting carries it', () => {
  const word: fc.Arbitrary<Word> = fc.record(
    { key: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,10}$/), value: fc.string({ unit: 'binary' }) },
    { requiredKeys: ['value'] },
  );

  const roundTrip = fc.property(fc.array(word), (words) => {
    const typed = words.map(quoted).join(' ');
    assert.deepEqual(splitWords(typed), { ok: true, words: words.map((each) => ({ ...each })) });
  });

  fc.assert(roundTrip);
});

function quoted({ key, value }: Word): string {
  const written = `"${value.replace(/["“”„\\]/g, '\\$&')}"`;
  return key === undefined ? written : `${key}=${written}`;
}
