import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeView } from '../../../src/chat/slack/render/home.ts';
import type { HomeView } from '../../../src/domain/views.ts';
import { viewProblems } from '../../support/fake-slack-block-kit.ts';
import { sampleIncidentViews } from '../sample-incident-views.ts';

const UNKNOWN: HomeView = {
  kind: 'home',
  person: { id: 'slack:T0SAMPLE:U0NEW', name: 'Sam', accounts: [] },
  notice: 'We have not met: ask to be <linked>.',
  environments: [],
  incidents: [],
  access: [],
  awaitingMe: [],
  actions: [{ actionId: 'link.request', label: 'Ask to be linked', payload: {} }],
};

test('open incidents stand above what waits for a person, with a way to the others', () => {
  const [item] = sampleIncidentViews['incident-list'].items;
  assert.ok(item);
  const incidents = Array.from({ length: 12 }, (_, at) => ({ ...item, number: at + 1 }));

  const { blocks } = homeView({ ...UNKNOWN, notice: undefined, incidents }, { formatTime: String });

  const text = JSON.stringify(blocks);
  assert.deepEqual(viewProblems({ type: 'home', blocks }), []);
  assert.ok(text.indexOf('Open incidents') < text.indexOf('Waiting for you'));
  assert.match(text, /#10 Checkout is down/);
  assert.doesNotMatch(text, /#11 /);
  assert.match(text, /and 2 more: `\/incident list`/);
});

test('a home without incidents does not speak of them', () => {
  const { blocks } = homeView({ ...UNKNOWN, notice: undefined }, { formatTime: String });

  assert.doesNotMatch(JSON.stringify(blocks), /ncident/);
});

test('the home of an account we do not know says so, offers the way in, and nothing else', () => {
  const { blocks } = homeView(UNKNOWN, { formatTime: (at) => at.toISOString() });

  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['header', 'section', 'actions'],
  );
  assert.match(JSON.stringify(blocks), /ask to be &lt;linked&gt;/);
});
