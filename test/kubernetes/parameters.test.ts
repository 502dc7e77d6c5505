import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../src/domain/json.ts';
import { createParameterReader } from '../../src/kubernetes/parameters.ts';

const read = createParameterReader({
  type: 'object',
  required: ['name', 'team'],
  additionalProperties: false,
  properties: {
    name: {
      type: 'string',
      title: 'Name',
      pattern: '^[a-z]([-a-z0-9]{1,20}[a-z0-9])$',
      description: 'Small letters.',
    },
    team: { type: 'string', 'x-source': 'teams-of-requester' },
    size: { enum: ['s', 'm', 'l'], default: 's' },
    postgres: { type: 'boolean', default: true },
    replicas: { type: 'integer', minimum: 1, maximum: 5, default: 1 },
    ratio: { type: 'number' },
    note: { type: 'string', minLength: 2, maxLength: 10 },
  },
});
const shop = { id: 'shop', group: 'team-shop' };
const finops = { id: 'finops', group: 'team-finops' };
const kim = { id: 'kim', roles: [], teams: [shop] };
const both = { id: 'noor', roles: [], teams: [shop, finops] };

function errorsOf(values: JsonObject, requester = kim): Record<string, string> {
  const result = read(values, requester);
  return result.ok ? {} : result.errors;
}

describe('parameters', () => {
  test('fills in defaults and the only team', () => {
    const result = read({ name: 'pr-42' }, kim);

    assert.deepEqual(result, {
      ok: true,
      values: { name: 'pr-42', team: 'shop', size: 's', postgres: true, replicas: 1 },
    });
  });

  test('reads what a command line gives, by the type that is asked for', () => {
    const result = read({ name: 'pr-42', postgres: 'no', replicas: '3', ratio: '0.5', note: '42' }, kim);

    assert.deepEqual(result.ok && result.values, {
      name: 'pr-42',
      team: 'shop',
      size: 's',
      postgres: false,
      replicas: 3,
      ratio: 0.5,
      note: '42',
    });
  });

  test('takes an empty field as one that was not filled in', () => {
    assert.deepEqual(errorsOf({ name: 'pr-42', note: '', ratio: null }), {});
    assert.deepEqual(errorsOf({ name: '' }), { name: 'Please fill in Name.' });
  });

  const refused: [string, JsonObject, string, string][] = [
    ['a name against its pattern', { name: 'Foo_' }, 'name', 'Small letters.'],
    ['a choice that is none', { name: 'abc', size: 'xl' }, 'size', 'Choose s, m or l.'],
    ['a word for a switch', { name: 'abc', postgres: 'maybe' }, 'postgres', 'Say yes or no.'],
    [
      'a fraction for a whole number',
      { name: 'abc', replicas: '1.5' },
      'replicas',
      'Must be a whole number.',
    ],
    ['hexadecimal', { name: 'abc', replicas: '0x2' }, 'replicas', 'Must be a whole number.'],
    ['too many', { name: 'abc', replicas: '9' }, 'replicas', 'Must be 5 or less.'],
    ['too short', { name: 'abc', note: 'x' }, 'note', 'At least 2 characters, please.'],
    ['a placeholder', { name: 'abc', note: `\${{ x.y }}` }, 'note', 'Cannot contain “$' + '{{”.'],
    ['a list', { name: 'abc', note: ['x'] }, 'note', 'Must be text.'],
  ];
  for (const [title, values, name, message] of refused) {
    test(`refuses ${title} at its name`, () => {
      assert.deepEqual(errorsOf(values), { [name]: message });
    });
  }

  test('names the parameters there are when one is not', () => {
    assert.match(
      errorsOf({ name: 'abc', sise: 'm' }).sise ?? '',
      /^There is no parameter “sise”. There are: name, team, /,
    );
    assert.match(
      Object.values(errorsOf({ name: 'abc', constructor: 'm' })).join(),
      /^There is no parameter “constructor”/,
    );
  });

  test('asks for the team when there are several, and takes none that is not theirs', () => {
    assert.deepEqual(errorsOf({ name: 'abc' }, both), {
      team: 'Which of your teams is it for: shop or finops?',
    });
    assert.deepEqual(errorsOf({ name: 'abc', team: 'finops' }, both), {});
    assert.deepEqual(errorsOf({ name: 'abc', team: 'finops' }), {
      team: '“finops” is not a team of yours. Choose shop.',
    });
  });

  test('tells somebody without a team what to do', () => {
    assert.deepEqual(errorsOf({ name: 'abc' }, { id: 'sam', roles: [], teams: [] }), {
      team: 'You are in no team yet. Ask an administrator to add you to one.',
    });
  });

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
        const result = read(values as JsonObject, kim);

        if (result.ok) assert.match(String(result.values.name), /^[a-z][-a-z0-9]*[a-z0-9]$/);
        else assert.ok(Object.values(result.errors).every((message) => message.length > 0));
      }),
    );
  });
});
