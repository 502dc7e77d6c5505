import assert from 'node:assert/strict';
import test from 'node:test';
import { ChatError } from '../../../src/chat/adapter.ts';
import type { BotClient } from '../../../src/chat/teams/client.ts';
import { card } from '../../../src/chat/teams/render/elements.ts';
import { createSender } from '../../../src/chat/teams/sender.ts';
import { isServiceUrl } from '../../../src/chat/teams/service-url.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { startFakeTeams } from '../../support/fake-teams.ts';
import { KIM, SHOP, startHarness } from './harness.ts';

const NOTICE: NoticeView = { kind: 'notice', tone: 'info', text: 'Hello' };

test('what is said in one conversation keeps to Microsoft’s counts, however fast it comes', async () => {
  let now = 0;
  const sentAt: number[] = [];
  const conversations = {
    async sendToConversation() {
      sentAt.push(now);
      return { id: `${sentAt.length}` };
    },
  };
  const sender = createSender({
    client: { connector: async () => ({ conversations }) } as unknown as BotClient,
    appId: 'app',
    // Time goes on only where somebody waits for it.
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
  });
  const message = { summary: 'Hello', card: card([], 'Hello') };

  for (let count = 0; count < 100; count += 1) {
    await sender.post({ serviceUrl: 'https://teams.test/', conversation: SHOP }, message);
  }

  const most = (ms: number) =>
    Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + ms).length));
  assert.ok(most(1_000) <= 7, `${most(1_000)} in a second`);
  assert.ok(most(2_000) <= 8, `${most(2_000)} in two seconds`);
  assert.ok(most(30_000) <= 60, `${most(30_000)} in thirty seconds`);
});

test('operations on one conversation go one after the other', async (t) => {
  const { teams, adapter } = await startHarness(t);
  const shop = {
    platform: 'teams' as const,
    tenantId: teams.world.tenantId,
    conversationId: SHOP,
    serviceUrl: teams.config.apiUrl,
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  teams.fail('post', { kind: 'hang', until: promise });

  const both = Promise.all([adapter.post(shop, NOTICE, 'key-1'), adapter.post(shop, NOTICE, 'key-2')]);
  await teams.until(() => teams.callsOf('post').length === 1);
  const during = teams.callsOf('post').length;
  resolve();
  await both;

  assert.equal(during, 1);
  assert.equal(teams.callsOf('post').length, 2);
});

test('one edit in a thousand that does not find its message is made again', async (t) => {
  const { teams, adapter } = await startHarness(t);
  const shop = {
    platform: 'teams' as const,
    tenantId: teams.world.tenantId,
    conversationId: SHOP,
    serviceUrl: teams.config.apiUrl,
  };
  const message = await adapter.post(shop, NOTICE, 'key-1');
  teams.fail('update', { kind: 'http', status: 404, code: 'ActivityNotFoundInConversation' });

  await adapter.update(message, { ...NOTICE, text: 'Hello again' });

  assert.match(JSON.stringify(teams.messagesIn(SHOP)[0]?.card), /Hello again/);
});

test('whoever blocked the app is not written to', async (t) => {
  const { teams, adapter } = await startHarness(t);
  const direct = await adapter.openDirect({
    platform: 'teams',
    tenantId: teams.world.tenantId,
    aadObjectId: KIM,
  });
  teams.world.blocked.add(KIM);

  const refused = await adapter.post(direct, NOTICE, 'key-1').catch((error: unknown) => error);

  assert.ok(refused instanceof ChatError);
  assert.deepEqual([refused.reason, refused.message], ['forbidden', 'post: HTTP 403 MessageWritesBlocked']);
});

test('the bot’s token goes to Teams alone, whatever address a client has put into a form', async (t) => {
  const { teams, adapter } = await startHarness(t);
  const stranger = await startFakeTeams();
  t.after(() => stranger.close());
  stranger.addChannel({ id: SHOP, name: 'Shop', members: [] });
  const elsewhere = {
    platform: 'teams' as const,
    tenantId: teams.world.tenantId,
    conversationId: SHOP,
    serviceUrl: stranger.config.apiUrl,
  };

  const refused = await adapter.post(elsewhere, NOTICE, 'key-1').catch((error: unknown) => error);

  assert.ok(refused instanceof ChatError);
  assert.equal(refused.reason, 'forbidden');
  assert.deepEqual(stranger.calls, []);
});

test('Teams’ own addresses are taken, and those that only look like them are not', () => {
  const config = { app: { id: 'app', password: 'secret' }, tenantIds: [] };

  const taken = [
    'https://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net/emea/tenant/',
    'http://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net.evil.test/',
    'https://smba.trafficmanager.net@evil.test/',
    'https://smba.trafficmanager.net:8443/',
    'https://evil.test/?smba.trafficmanager.net',
    'http://127.0.0.1:9000/',
    'no address',
  ].filter((url) => isServiceUrl(url, config));

  assert.deepEqual(taken, [
    'https://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net/emea/tenant/',
  ]);
});
