import assert from 'node:assert/strict';
import { test } from 'node:test';
import { homeView } from '../../../src/chat/slack/render/home.ts';
import type { HomeView } from '../../../src/domain/views.ts';

const UNKNOWN: HomeView = {
  kind: 'home',
  person: { id: 'slack:T0SAMPLE:U0NEW', name: 'Sam', accounts: [] },
  notice: 'We have not met: ask to be <linked>.',
  environments: [],
  awaitingMe: [],
  actions: [{ actionId: 'link.request', label: 'Ask to be linked', payload: {} }],
};

test('the home of an account we do not know says so, offers the way in, and nothing else', () => {
  const { blocks } = homeView(UNKNOWN, { formatTime: (at) => at.toISOString() });

  assert.deepEqual(
    blocks.map(({ type }) => type),
    ['header', 'section', 'actions'],
  );
  assert.match(JSON.stringify(blocks), /ask to be &lt;linked&gt;/);
});
