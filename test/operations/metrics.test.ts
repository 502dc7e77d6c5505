import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type ChatAdapter, ChatError } from '../../src/chat/adapter.ts';
import { type Cluster, ClusterError } from '../../src/domain/ports.ts';
import type { ChatRequest } from '../../src/domain/requests.ts';
import { createMetrics } from '../../src/operations/metrics.ts';

const request: ChatRequest = {
  kind: 'command',
  command: 'env',
  text: 'help',
  requestId: 'request-1',
  dedupeKey: 'key',
  source: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' },
  actor: {
    account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIM' },
    standing: 'member',
    displayName: 'Kim',
  },
};

test('requests are timed and counted by what was answered', async () => {
  const metrics = createMetrics();
  const dispatch = metrics.ofDispatch(async () => ({ kind: 'notice', tone: 'error', text: 'no' }));

  await dispatch(request);
  await dispatch(request);

  const { text } = await metrics.text();
  assert.match(text, /^purser_requests_total\{kind="command",outcome="notice-error"\} 2$/m);
  assert.match(text, /^purser_ack_seconds_count\{kind="command"\} 2$/m);
});

test('sends are counted by outcome, and the adapter stays what it was', async () => {
  const metrics = createMetrics();
  const ref = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: 'C0SHOP', ts: '1' };
  const adapter = metrics.ofAdapter<ChatAdapter>({
    platform: 'slack',
    start: async () => {},
    stop: async () => {},
    post: async () => ref,
    findPosted: async () => undefined,
    update: () => Promise.reject(new ChatError('rate-limited', 'chat.update: 429', { retryAfterMs: 1 })),
    openDirect: async () => ref,
    rooms: {} as ChatAdapter['rooms'],
  });
  const view = { kind: 'notice' as const, tone: 'info' as const, text: 'x' };

  assert.equal(await adapter.post(ref, view, 'key'), ref);
  await assert.rejects(adapter.update(ref, view), { reason: 'rate-limited' });

  const { text } = await metrics.text();
  assert.match(text, /^purser_chat_sends_total\{platform="slack",method="post",outcome="ok"\} 1$/m);
  assert.match(
    text,
    /^purser_chat_sends_total\{platform="slack",method="update",outcome="rate-limited"\} 1$/m,
  );
});

test('what rooms and files ask of a platform is counted like any other call', async () => {
  const metrics = createMetrics();
  const room = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: 'C0INC', ts: '1' };
  const spec = { name: 'inc-1', topic: 'x', purpose: 'x', private: false, marker: 'x' };
  const limited = () => Promise.reject(new ChatError('rate-limited', 'x: 429', { retryAfterMs: 1 }));
  const { rooms, upload } = metrics.ofAdapter({
    platform: 'slack',
    rooms: {
      open: async () => ({ kind: 'channel', conversation: room, name: spec.name }),
      invite: limited,
      setTopic: async () => undefined,
      pin: async () => undefined,
      unpin: async () => undefined,
      bookmark: async () => undefined,
      archive: async () => undefined,
    },
    upload: limited,
  } as unknown as ChatAdapter);

  await rooms.open(spec);
  await assert.rejects(rooms.invite(room, []), { reason: 'rate-limited' });
  await rooms.setTopic(room, 'x');
  await rooms.pin(room);
  await rooms.unpin(room);
  await rooms.bookmark(room, []);
  await rooms.archive(room);
  await assert.rejects(async () => upload?.(room, { name: 'x', title: 'x', content: 'x' }));

  const { text } = await metrics.text();
  const counted = [
    ...text.matchAll(/^purser_chat_sends_total\{platform="slack",method="(\w+)",outcome="([\w-]+)"\} 1$/gm),
  ];
  assert.deepEqual(
    counted.map(([, method, outcome]) => `${method} ${outcome}`),
    [
      'openRoom ok',
      'invite rate-limited',
      'setTopic ok',
      'pin ok',
      'unpin ok',
      'bookmark ok',
      'archive ok',
      'upload rate-limited',
    ],
  );
});

test('an adapter without files stays without', () => {
  assert.equal('upload' in createMetrics().ofAdapter({ platform: 'slack', rooms: {} } as ChatAdapter), false);
});

test('steps are timed by how they ended', async () => {
  const metrics = createMetrics();
  const trouble = { type: 'QuotaExceeded' as const, reason: 'x', events: [], next: 'y' };
  const cluster = metrics.ofCluster({
    applyStep: () => Promise.reject(new ClusterError(trouble)),
  } as unknown as Cluster);

  await assert.rejects(cluster.applyStep({} as Parameters<Cluster['applyStep']>[0]), ClusterError);

  const { text } = await metrics.text();
  assert.match(text, /^purser_step_seconds_count\{outcome="QuotaExceeded"\} 1$/m);
});

test('the SDK’s metrics are shown along, and their absence hides nothing', async () => {
  const sdk = createServer((_request, response) => response.end('temporal_request{operation="x"} 1\n'));
  await new Promise<void>((resolve) => sdk.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(sdk.address() as AddressInfo).port}`;
  const metrics = createMetrics();

  metrics.includeSdk(address);
  const along = await metrics.text();
  await new Promise((resolve) => sdk.close(resolve));
  const alone = await metrics.text();

  assert.match(along.text, /^temporal_request\{operation="x"\} 1$/m);
  assert.match(along.text, /^process_cpu_seconds_total /m);
  assert.doesNotMatch(alone.text, /temporal_request/);
  assert.match(alone.text, /^process_cpu_seconds_total /m);
});
