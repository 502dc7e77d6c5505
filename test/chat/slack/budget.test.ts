import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { renderSlack } from '../../../src/chat/slack/render/index.ts';
import { slackDate } from '../../../src/chat/slack/text.ts';
import type { MessageView, View } from '../../../src/domain/views.ts';
import { messageProblems, viewProblems } from '../../support/fake-slack-block-kit.ts';
import { fill, nasty } from '../nasty-words.ts';
import { endlessAccessViews, NEVER_CUT } from '../sample-access-views.ts';
import { sampleViews } from '../sample-views.ts';

const draw = { formatTime: slackDate, metadata: '{}' };

function texts(value: unknown): { type: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (typeof type === 'string' && typeof text === 'string') return [{ type, text }];
  return Object.values(value).flatMap(texts);
}

/** Of `<…>` we write mentions of accounts, dates and web addresses; names of accounts in the samples begin with U0. */
const OUR_MARKUP =
  /<@U0(KIM|LEE|NOOR|RAVI)>|<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[-\d :]+UTC>|<https?:\/\/[^<>|\s]*>/g;

function assertInert(drawn: object): void {
  for (const { type, text } of texts(drawn)) {
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
    if (type !== 'mrkdwn') continue;
    assert.doesNotMatch(text.replace(OUR_MARKUP, ''), /[<>]/, text);
    assert.doesNotMatch(text, /<https?:\/\/evil/);
    assert.doesNotMatch(text, /```/);
  }
}

const messages = Object.entries(sampleViews as Record<string, View>).filter(
  (entry): entry is [string, MessageView] => !['form', 'credentials', 'home'].includes(entry[1].kind),
);

for (const [name, view] of messages) {
  test(`${name} stays within a message and inert, whatever is in it`, () => {
    fc.assert(
      fc.property(
        fc.array(nasty, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 30 }),
        (words, times) => {
          let next = 0;
          const filled = fill(view, () => words[next++ % words.length] ?? '', times) as MessageView;

          const drawn = renderSlack(filled, draw);

          assert.deepEqual(messageProblems(drawn), []);
          assert.ok(JSON.stringify(drawn.blocks).length <= 10_000);
          assert.ok(drawn.text.length <= 4_000);
          assertInert(drawn.blocks);
        },
      ),
      { numRuns: 60 },
    );
  });
}

test('people whom Slack does not know are named in full and fit, however many they are', () => {
  const nobody = { id: 'x', name: `${'Maximiliane '.repeat(6)}Sample`, accounts: [] };
  const crowd = Array.from({ length: 40 }, () => nobody);
  const view = sampleViews['incident-open'];
  const paging = [
    { title: 'all hands', tried: crowd, next: { at: view.declaredAt, people: crowd }, exhausted: false },
  ];
  const roles = crowd.map((person, at) => ({
    id: `${at}`,
    title: 'Lead',
    person,
    offeredTo: person,
    doubt: 'is off shift',
  }));

  for (const drawn of [
    renderSlack({ ...view, roles, paging }, draw),
    renderSlack({ ...sampleViews.page, tried: crowd, next: { at: view.declaredAt, people: crowd } }, draw),
  ]) {
    assert.deepEqual(messageProblems(drawn), []);
    assert.match(JSON.stringify(drawn), /Maximiliane Sample[^.]* more/);
  }
});

test('what access is asked for, for whom and for how long is never cut, whatever else is said', () => {
  for (const view of endlessAccessViews) {
    const drawn = JSON.stringify(renderSlack(view, draw));

    for (const words of Object.values(NEVER_CUT)) assert.ok(drawn.includes(words), words);
    assert.match(drawn, /more characters/);
  }
});

test('a home tab holds whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.array(nasty, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 30 }),
      (words, times) => {
        let next = 0;
        const filled = fill(
          sampleViews.home,
          () => words[next++ % words.length] ?? '',
          times,
        ) as typeof sampleViews.home;

        const drawn = renderSlack(filled, draw);

        assert.deepEqual(viewProblems(drawn), []);
        assertInert(drawn.blocks);
      },
    ),
    { numRuns: 60 },
  );
});

test('a form shows whatever its texts are', () => {
  fc.assert(
    fc.property(
      fc.record({ title: nasty, submitLabel: nasty, intro: nasty, label: nasty, hint: nasty, text: nasty }),
      (words) => {
        const [field] = sampleViews.form.fields;
        assert.ok(field);

        const drawn = renderSlack(
          {
            ...sampleViews.form,
            ...words,
            fields: [
              { ...field, ...words },
              { name: 'free', required: false, schema: { type: 'string', maxLength: 50 }, ...words },
            ],
            values: { template: words.text, free: words.text },
            notes: [words],
            errors: { free: words.text },
          },
          draw,
        );

        assert.deepEqual(viewProblems(drawn), []);
        assertInert(drawn.blocks);
      },
    ),
    { numRuns: 200 },
  );
});

test('a fact that does not fit is named as not shown; no part of it stands there', () => {
  const facts = [
    { label: 'role', value: `read-only ${'x'.repeat(3_000)} admin` },
    { label: 'size', value: 'l' },
  ];

  const drawn = JSON.stringify(renderSlack({ ...sampleViews['approval-open'], facts }, draw));

  assert.ok(!drawn.includes('read-only'));
  assert.ok(drawn.includes('(not shown: 3016 characters long)'));
  assert.ok(drawn.includes('*size*\\nl'));
});

test('the running or failed step of a long list is always shown', () => {
  const steps = Array.from({ length: 90 }, (_, index) => ({
    id: `step-${index}`,
    title: `Step ${index}`,
    state: index < 60 ? ('done' as const) : index === 60 ? ('running' as const) : ('waiting' as const),
  }));

  const drawn = JSON.stringify(renderSlack({ ...sampleViews['environment-provisioning'], steps }, draw));

  assert.ok(drawn.includes('🔄  *Step 60*'));
  assert.ok(drawn.includes('60 earlier steps'));
});

test('a form that cannot be drawn whole is refused, not shortened', () => {
  const form = sampleViews.form;
  const choice = { value: 'x'.repeat(151), label: 'too long' };
  const [field] = form.fields;
  assert.ok(field);

  assert.throws(() => renderSlack({ ...form, fields: [{ ...field, choices: [choice] }] }, draw), {
    reason: 'invalid',
  });
  assert.throws(() => renderSlack(form, { ...draw, metadata: 'x'.repeat(3_001) }), { reason: 'invalid' });
});

test('credentials are exact, however long and strange', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 3 }), (parts) => {
      const value = parts.join('').toWellFormed().replace(/\0/g, '');
      const drawn = renderSlack(
        { kind: 'credentials', title: 'Credentials', note: 'Private', entries: [{ key: 'KEY', value }] },
        draw,
      );

      const shown = texts(drawn.blocks)
        .slice(2)
        .map(({ type, text }) => (type === 'mrkdwn' ? text.slice(1, -1) : text));

      assert.deepEqual(viewProblems(drawn), []);
      assert.equal(shown.join(''), value === '' ? 'empty' : value);
    }),
  );
});
