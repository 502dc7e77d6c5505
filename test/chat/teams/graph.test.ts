import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { z } from 'zod';
import { createGraph } from '../../../src/chat/teams/graph.ts';
import { startFakeTeams } from '../../support/fake-teams.ts';

const LIST = 'teams/group-1/channels';
const anything = z.unknown();

async function start(t: TestContext) {
  const teams = await startFakeTeams();
  t.after(() => teams.close());
  teams.addTeam('group-1', {});
  let now = Date.now();
  const graph = createGraph(teams.config, teams.config.app, () => now);
  const tokens = () => teams.graphCalls.filter((call) => call === 'token').length;
  function pass(ms: number): void {
    now += ms;
  }
  return { teams, graph, tokens, pass };
}

test('without another address it is Microsoft’s own, and no token leaves for any other', async () => {
  const graph = createGraph(
    { tenantIds: ['tenant'], apiUrl: undefined },
    { id: 'app', password: 'password' },
  );

  assert.equal(graph.baseUrl, 'https://graph.microsoft.com/v1.0/');
  for (const address of ['https://evil.test/v1.0/teams', '//evil.test/v1.0', 'http://graph.microsoft.com/'])
    await assert.rejects(graph.call('GET', address, anything), { reason: 'forbidden' });
});

test('a token is used until shortly before it ends, by all who ask at once', async (t) => {
  const { graph, tokens, pass } = await start(t);

  await Promise.all([graph.call('GET', LIST, anything), graph.call('GET', LIST, anything)]);
  pass(50 * 60_000);
  await graph.call('GET', LIST, anything);
  const before = tokens();
  pass(6 * 60_000);
  await graph.call('GET', LIST, anything);

  assert.deepEqual([before, tokens()], [1, 2]);
});

test('a sign-in that does not answer is asked again', async (t) => {
  const { teams, graph } = await start(t);
  teams.failGraph('token', { kind: 'drop-before' });

  await assert.rejects(graph.call('GET', LIST, anything), { reason: 'unavailable' });

  assert.deepEqual(await graph.call('GET', LIST, anything), { value: [] });
});

test('an answer that makes no sense is no answer', async (t) => {
  const { graph } = await start(t);

  await assert.rejects(graph.call('GET', LIST, z.object({ id: z.string() })), { reason: 'unavailable' });
});
