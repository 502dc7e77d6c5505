import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { JsonValue } from '../../src/domain/json.ts';
import { fillGenerated, fillPlaceholders, mentionsGenerate } from '../../src/kubernetes/placeholders.ts';

const ref = (path: string): string => `\${{ ${path} }}`;
const with_ = (value: string | number | boolean | undefined) => ({ parameters: { value } });

/** The shape of a value: its keys and types, without any text. */
function shape(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

const template: JsonValue = {
  metadata: { name: ref('parameters.value'), labels: { a: `x-${ref('parameters.value')}-y` } },
  spec: { command: ['sh', '-c', `echo ${ref('parameters.value')}`], replicas: 1 },
};

test('no text changes the structure, the keys or the types', () => {
  const plain = shape(fillPlaceholders(template, with_('plain')));

  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), hostile()), (value) => {
      const filled = fillPlaceholders(template, with_(value));

      assert.deepEqual(shape(filled), plain);
      assert.equal((filled as { metadata: { name: string } }).metadata.name, value);
      assert.deepEqual(shape(parse(stringify(filled)) as JsonValue), plain);
    }),
  );
});

function hostile(): fc.Arbitrary<string> {
  return fc.constantFrom(
    'a\nspec: {privileged: true}',
    '"}, "kind": "ClusterRole", {"',
    '&anchor *anchor',
    '!!js/function "x"',
    '<<: *x',
    '---\nkind: Secret',
    '$&$1$`',
    '__proto__',
    ref('generate.password'),
    ref('parameters.value'),
    '\u202Eevil\u2066',
    'x'.repeat(3001),
  );
}

test('what was put in is not looked at again', () => {
  const filled = fillPlaceholders(`<${ref('parameters.value')}>`, with_(ref('cluster.name')));

  assert.equal(filled, `<${ref('cluster.name')}>`);
});

test('a whole scalar keeps the type, a part becomes text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.boolean(), fc.string()), (value) => {
      assert.equal(fillPlaceholders(ref('parameters.value'), with_(value)), value);
      assert.equal(fillPlaceholders(`:${ref('parameters.value')}`, with_(value)), `:${value}`);
    }),
  );
});

test('a whole scalar that is not set leaves its key out, a part is an error', () => {
  const scopes = with_(undefined);

  assert.deepEqual(
    fillPlaceholders({ a: ref('parameters.value'), b: [ref('parameters.value'), 1] }, scopes),
    { b: [1] },
  );
  assert.throws(() => fillPlaceholders(`x${ref('parameters.value')}`, scopes), {
    message: 'parameters.value is not set',
  });
});

test('keys are never replaced', () => {
  assert.throws(() => fillPlaceholders({ [ref('parameters.value')]: 1 }, with_('x')), {
    message: 'a key cannot hold a placeholder',
  });
});

for (const [title, text, message] of [
  ['an unknown scope', ref('secrets.x'), 'nothing is called secrets.x'],
  ['an unknown name', ref('parameters.other'), 'nothing is called parameters.other'],
  ['an inherited name', ref('parameters.constructor'), 'nothing is called parameters.constructor'],
  ['an inherited scope', ref('constructor.name'), 'nothing is called constructor.name'],
] as const) {
  test(`${title} is an author's mistake, with its place`, () => {
    assert.throws(() => fillPlaceholders({ spec: [text] }, with_('x')), { message, path: ['spec', 0] });
  });
}

test('something like a placeholder is an error and not text', () => {
  for (const text of ['${' + '{ parameters.value', ref('parameters value'), ref('a | default')]) {
    assert.throws(() => fillPlaceholders(text, with_('x')), /not a placeholder/);
  }
});

test('generated values stay placeholders until the Secret is made, and are the same under one key', () => {
  const data = {
    password: ref('generate.pw'),
    url: `db://app:${ref('generate.pw')}@h`,
    other: ref('generate.other'),
  };
  let made = 0;

  const kept = fillPlaceholders(data, with_('x'));
  const filled = fillGenerated(data, () => `v${++made}`);

  assert.deepEqual(kept, data);
  assert.ok(mentionsGenerate(kept));
  assert.deepEqual(filled, { password: 'v1', url: 'db://app:v1@h', other: 'v2' });
});
