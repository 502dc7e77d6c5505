import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { renderSlack } from '../../../src/chat/slack/render/index.ts';
import { slackDate } from '../../../src/chat/slack/text.ts';
import type { View } from '../../../src/domain/views.ts';
import { messageProblems, viewProblems } from '../../support/fake-slack-block-kit.ts';
import { generateBlockKitSchema } from '../../support/fake-slack-schema.ts';
import { sampleViews } from '../sample-views.ts';

/** `TEST_UPDATE_GOLDEN=1 node --test test/chat/slack/render.test.ts` writes the golden files anew: then read the diff. */
const update = process.env.TEST_UPDATE_GOLDEN === '1';
const folder = new URL('../../fixtures/slack/', import.meta.url);

function draw(view: View) {
  return (renderSlack as (view: View, draw: object) => { blocks: object[]; text?: string; type?: string })(
    view,
    {
      formatTime: slackDate,
      metadata: '{}',
    },
  );
}

for (const [name, view] of Object.entries(sampleViews as Record<string, View>)) {
  test(`${name} is drawn as its golden file, which Slack takes`, () => {
    const file = new URL(`views/${name}.json`, folder);

    const drawn = draw(view);

    if (update) writeFileSync(file, `${JSON.stringify(drawn, undefined, 2)}\n`);
    assert.deepEqual(drawn, JSON.parse(readFileSync(file, 'utf8')));
    assert.deepEqual(drawn.type === undefined ? messageProblems(drawn) : viewProblems(drawn), []);
  });
}

test('every kind of view has a golden file', () => {
  const kinds = new Set(Object.values(sampleViews).map(({ kind }) => kind));

  assert.deepEqual([...kinds].sort(), [
    'approval',
    'credentials',
    'document',
    'environment',
    'environment-list',
    'expiry-warning',
    'explanation',
    'form',
    'grant',
    'grant-warning',
    'help',
    'home',
    'incident',
    'incident-announcement',
    'incident-event',
    'incident-list',
    'incident-review',
    'incident-stats',
    'item-list',
    'notice',
    'page',
    'template-list',
  ]);
});

test('final cards have no buttons and say who, when and why', () => {
  const drawn = JSON.stringify(draw(sampleViews['environment-denied']));

  assert.ok(!drawn.includes('"button"'));
  assert.ok(drawn.includes('<@U0NOOR>'));
  assert.ok(drawn.includes('<!date^1795428300^'));
  assert.ok(drawn.includes('Size m is enough'));
});

test('the schema that judges is the one of the Slack types that are installed', () => {
  const file = new URL('block-kit.schema.json', folder);

  const schema = generateBlockKitSchema();

  if (update) writeFileSync(file, `${JSON.stringify(schema, undefined, 1)}\n`);
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), JSON.parse(readFileSync(file, 'utf8')));
});

test('the judge refuses what Slack refuses', () => {
  const section = { type: 'section', text: { type: 'mrkdwn', text: 'x' } };

  const refused = [
    { blocks: Array.from({ length: 51 }, () => section) },
    { blocks: [{ type: 'section' }] },
    { blocks: [{ type: 'unknown' }] },
    { blocks: [{ ...section, surprise: 1 }] },
    { blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] },
    { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
    { blocks: [{ ...section, text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }] },
    { blocks: [{ type: 'actions', elements: [] }] },
    { text: '' },
  ].filter((message) => messageProblems(message).length === 0);

  assert.deepEqual(refused, []);
});
