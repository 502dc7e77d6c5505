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

const MESSAGE = { summary: 'Hello', card: card([], 'Hello') };
const PLACE = { serviceUrl: 'https://teams.test/', conversation: SHOP };

/** A sender whose time goes on only where somebody waits for it, and when each of its posts reached Teams. */
function timedSender({ firstTakesMs = 0 } = {}) {
  const time = { now: 0 };
  const sentAt: number[] = [];
  const conversations = {
    async sendToConversation() {
      sentAt.push(time.now);
      if (sentAt.length === 1) time.now += firstTakesMs;
      return { id: `${sentAt.length}` };
    },
  };
  const sender = createSender({
    client: { connector: async () => ({ conversations }) } as unknown as BotClient,
    appId: 'app',
    clock: {
      now: () => time.now,
      sleep: async (ms) => {
        time.now += ms;
      },
    },
  });
  const most = (ms: number) =>
    Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + ms).length));
  return { sender, time, sentAt, most };
}

/** Microsoft’s counts, halved: a bot and a worker speak in the same conversation. */
const HALVES = [
  [1_000, 3],
  [2_000, 4],
  [30_000, 30],
  [3_600_000, 900],
] as const;

test('for hours on end one process takes no more than half of Microsoft’s counts', async () => {
  const { sender, time, sentAt, most } = timedSender();

  while (sentAt.length < 2_000) {
    await sender.post(PLACE, MESSAGE).catch((refused: ChatError) => {
      time.now += refused.retryAfterMs ?? Number.NaN;
    });
  }

  for (const [ms, count] of HALVES) assert.ok(most(ms) <= count, `${most(ms)} in ${ms} ms`);
  assert.ok(most(3_600_000) > 800, 'and not much less');
});

test('what comes at once leaves at that pace, and what would wait too long is to be tried later', async () => {
  const { sender, sentAt, most } = timedSender();

  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => sender.post(PLACE, MESSAGE)));

  for (const [ms, count] of HALVES) assert.ok(most(ms) <= count, `${most(ms)} in ${ms} ms`);
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  assert.equal(sentAt.length + refused.length, 50);
  assert.ok(sentAt.length >= 8 && refused.length > 0);
  for (const { reason, retryAfterMs } of refused) {
    assert.equal(reason, 'rate-limited');
    assert.ok(retryAfterMs > 0);
  }
});

test('what waited behind a slow post does not leave in one burst after it', async () => {
  const { sender, sentAt, most } = timedSender({ firstTakesMs: 4_000 });

  await Promise.all(Array.from({ length: 5 }, () => sender.post(PLACE, MESSAGE)));

  assert.equal(sentAt.length, 5);
  for (const [ms, count] of HALVES) assert.ok(most(ms) <= count, `${most(ms)} in ${ms} ms`);
});

test('what a hanging post has kept for too long is left to whoever retries durably', async () => {
  const { sender, sentAt } = timedSender({ firstTakesMs: 9_000 });

  const [first, second] = await Promise.allSettled([
    sender.post(PLACE, MESSAGE),
    sender.post(PLACE, MESSAGE),
  ]);

  assert.equal(first.status, 'fulfilled');
  assert.equal(second.status === 'rejected' && second.reason.reason, 'rate-limited');
  assert.equal(sentAt.length, 1);
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
