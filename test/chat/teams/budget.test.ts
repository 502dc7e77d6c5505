import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ChatError } from '../../../src/chat/adapter.ts';
import { bytesOf, LIMITS } from '../../../src/chat/teams/limits.ts';
import type { FormContext } from '../../../src/chat/teams/render/form.ts';
import { renderTeams } from '../../../src/chat/teams/render/index.ts';
import type { ApprovalView, HomeView, MessageView, View } from '../../../src/domain/views.ts';
import { cardProblems } from '../../support/adaptive-cards.ts';
import { fill, nasty } from '../nasty-words.ts';
import { endlessAccessViews, NEVER_CUT } from '../sample-access-views.ts';
import { sampleViews } from '../sample-views.ts';

const SHARED: FormContext = {
  dialogs: true,
  personal: false,
  handles: new Map(),
  surface: 'message',
  nonce: 'nonce-1',
  seal: () => 'seal-1',
};
const PLACES: Record<string, FormContext> = {
  'a channel': SHARED,
  'the personal chat': { ...SHARED, personal: true },
  'the Playground': { ...SHARED, personal: true, dialogs: false },
  'a dialog': { ...SHARED, personal: true, surface: 'dialog' },
};

interface Node {
  type?: unknown;
  text?: unknown;
  [key: string]: unknown;
}

/** Everything drawn with a text of its own. */
function texts(value: unknown): { type: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Node;
  const own = typeof type === 'string' && typeof text === 'string' ? [{ type, text }] : [];
  return [...own, ...Object.entries(value).flatMap(([key, item]) => (key === 'data' ? [] : texts(item)))];
}

/** Of `{{…}}` we write the dates of the samples; markdown is read in `TextBlock`s, which hold words of ours alone. */
const OURS = /\{\{(DATE|TIME)\(2026-[-\dT:]+Z(,SHORT)?\)\}\}/g;

function assertInert(card: object): void {
  for (const { type, text } of texts(card)) {
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
    assert.doesNotMatch(text.replace(OURS, ''), /\{\{/, text);
    if (type === 'TextBlock') assert.doesNotMatch(text.replace(OURS, ''), /[[\]*_<>`#]|evil|kind:/, text);
  }
}

const messages = Object.entries(sampleViews as Record<string, View>).filter(
  (entry): entry is [string, MessageView | HomeView] => !['form', 'credentials'].includes(entry[1].kind),
);

for (const [name, view] of messages) {
  test(`${name} stays within a card and inert, whatever is in it and wherever it stands`, () => {
    fc.assert(
      fc.property(
        fc.array(nasty, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...Object.values(PLACES)),
        (words, times, place) => {
          let next = 0;
          const anything = fill(view, () => words[next++ % words.length] ?? '', times) as MessageView;
          // A name is an id, which buttons carry.
          const filled = 'name' in view ? { ...anything, name: view.name } : anything;

          const { card, summary } = renderTeams(filled as MessageView, place);

          assert.ok(bytesOf(card) <= LIMITS.card[place.surface], `${bytesOf(card)} bytes`);
          const problems = cardProblems(card).filter((problem) => !/^the card has \d+ bytes/.test(problem));
          assert.deepEqual(problems, []);
          assert.ok(summary.length <= 1_000);
          assertInert(card);
        },
      ),
      { numRuns: 40 },
    );
  });
}

test('what access is asked for, for whom and for how long is never cut, whatever else is said', () => {
  for (const view of endlessAccessViews) {
    const drawn = JSON.stringify(renderTeams(view, SHARED));

    for (const words of Object.values(NEVER_CUT)) assert.ok(drawn.includes(words), words);
    assert.match(drawn, /more characters/);
  }
});

test('a form shows whatever its texts are, within its surface', () => {
  fc.assert(
    fc.property(
      fc.record({ title: nasty, submitLabel: nasty, intro: nasty, label: nasty, hint: nasty, text: nasty }),
      fc.constantFrom(...Object.values(PLACES)),
      (words, place) => {
        const [field] = sampleViews.form.fields;
        assert.ok(field);
        const form = {
          ...sampleViews.form,
          ...words,
          fields: [
            { ...field, ...words },
            { name: 'free', required: false, schema: { type: 'string', maxLength: 50 }, ...words } as const,
          ],
          values: { template: words.text, free: words.text },
          notes: [words],
          errors: { free: words.text },
        };

        const drawn = drawnOrRefused(() => renderTeams(form, place).card);

        if (drawn === undefined) return;
        assert.ok(bytesOf(drawn) <= LIMITS.card[place.surface]);
        assert.deepEqual(
          cardProblems(drawn).filter((problem) => !/^the card has/.test(problem)),
          [],
        );
        assertInert(drawn);
      },
    ),
    { numRuns: 100 },
  );
});

test('a form as a message keeps to what a message may be, not to what a dialog may', () => {
  const hint = 'x'.repeat(LIMITS.text);
  const fields = Array.from({ length: 6 }, (_, at) => ({
    name: `field-${at}`,
    label: 'Field',
    required: false,
    schema: { type: 'string' as const },
    hint,
  }));
  const form = { ...sampleViews.form, fields };

  assert.throws(() => renderTeams(form, SHARED), { reason: 'invalid' });
  assert.ok(bytesOf(renderTeams(form, { ...SHARED, surface: 'dialog' }).card) > LIMITS.card.message);
});

test('a fact that does not fit is named as not shown; no part of it stands there, and Details shows it', () => {
  const value = `read-only ${'x'.repeat(3_000)} admin`;
  const long: ApprovalView = {
    ...sampleViews['approval-open'],
    facts: [{ label: 'role', value }, ...sampleViews['approval-open'].facts],
  };

  for (const [place, context] of Object.entries(PLACES)) {
    const { card } = renderTeams(long, context);
    const drawn = JSON.stringify(card);
    const details = card.actions?.find(({ title }) => title === 'Details…');
    if (context.surface === 'dialog') {
      assert.ok(drawn.includes(value), place);
      assert.equal(details, undefined, place);
      continue;
    }
    assert.ok(!drawn.includes('read-only'), place);
    assert.ok(drawn.includes('(not shown: 3016 characters long)'), place);
    assert.match(JSON.stringify(details), /"environment.approval"/, place);
  }
});

test('Details is there while anything is hidden, decided or not, and only then', () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ label: `fact ${at}`, value: 'x'.repeat(40) }));
  const titlesOf = (view: ApprovalView, context: FormContext) =>
    (renderTeams(view, context).card.actions ?? []).map(({ title }) => title);

  for (const name of ['approval-open', 'approval-decided'] as const) {
    const view: ApprovalView = sampleViews[name];
    assert.ok(titlesOf({ ...view, facts: many }, SHARED).includes('Details…'), name);
    assert.ok(!titlesOf(view, SHARED).includes('Details…'), name);
    const whole = JSON.stringify(renderTeams({ ...view, facts: many }, PLACES['a dialog'] ?? SHARED).card);
    assert.ok(whole.includes('fact 59'), name);
  }
});

test('the running or failed step of a long list is always shown', () => {
  const steps = Array.from({ length: 90 }, (_, index) => ({
    id: `step-${index}`,
    title: `Step ${index}`,
    state: index < 60 ? ('done' as const) : index === 60 ? ('running' as const) : ('waiting' as const),
  }));

  const drawn = JSON.stringify(
    renderTeams({ ...sampleViews['environment-provisioning'], steps }, SHARED).card,
  );

  assert.ok(drawn.includes('"Step 60"'));
  assert.match(drawn, /60 earlier steps|\d+ earlier steps/);
});

test('credentials are exact, however long and strange', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 3 }), (parts) => {
      const value = parts.join('').toWellFormed();

      const { card } = renderTeams(
        { kind: 'credentials', title: 'Credentials', note: 'Private', entries: [{ key: 'KEY', value }] },
        { ...SHARED, surface: 'dialog' },
      );

      const shown = card.body.flatMap((element) => (element.type === 'Input.Text' ? [element.value] : []));
      assert.deepEqual(shown, value === '' ? [] : [value]);
    }),
  );
});

/** What cannot be drawn whole is refused, not shortened. */
function drawnOrRefused<Drawn>(draw: () => Drawn): Drawn | undefined {
  try {
    return draw();
  } catch (error) {
    assert.ok(error instanceof ChatError);
    assert.equal(error.reason, 'invalid');
    return undefined;
  }
}
