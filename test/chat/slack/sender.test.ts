import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { ChatError } from '../../../src/chat/adapter.ts';
import type { Clock } from '../../../src/chat/pacer.ts';
import { createSender } from '../../../src/chat/slack/sender.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { startHarness } from './harness.ts';

const to = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' } as const;
const notice = (text: string): NoticeView => ({ kind: 'notice', tone: 'info', text });
const content = (text: string) => ({ text, blocks: [] });

/** Time passes only when it is told to; whoever sleeps wakes in order. */
function createFakeClock() {
  let now = 1_000_000;
  const sleepers: { at: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + ms, wake })),
  };
  async function advance(ms: number): Promise<void> {
    now += ms;
    for (const sleeper of sleepers.splice(0)) {
      if (sleeper.at <= now) sleeper.wake();
      else sleepers.push(sleeper);
    }
    await setImmediate();
  }
  return { clock, advance };
}

/** A sender over a client that notes what it is told, and does what `behave` does. */
function createTestSender(
  behave: (method: string, params: { channel?: string; text?: string }) => Promise<void>,
) {
  const { clock, advance } = createFakeClock();
  const sent: string[] = [];
  const method = (name: string) => async (params: { channel?: string; text?: string }) => {
    sent.push(`${name} ${params.channel} ${params.text}`);
    await behave(name, params);
    return { ok: true, channel: params.channel, ts: '1.1' };
  };
  const client = {
    chat: { postMessage: method('post'), update: method('update') },
  } as unknown as WebClient;
  return { sender: createSender({ client, botId: async () => 'B0PURSER', clock }), sent, advance };
}

const nothing = async () => undefined;

test('posts are paced per channel, and a busy channel holds no other back', async () => {
  const { sender, sent, advance } = createTestSender(nothing);

  const posts = [1, 2, 3, 4, 5].map((n) => sender.post({ channel: 'C1' }, content(`${n}`), `key-${n}`));
  posts.push(sender.post({ channel: 'C2' }, content('other'), 'key-other'));
  await setImmediate();
  const atOnce = [...sent];
  await advance(1_000);
  const afterOneSecond = sent.length;
  await advance(1_000);
  await Promise.all(posts);

  assert.deepEqual(atOnce, ['post C1 1', 'post C1 2', 'post C1 3', 'post C2 other']);
  assert.equal(afterOneSecond, 5);
  assert.deepEqual(sent.slice(4), ['post C1 4', 'post C1 5']);
});

test('a turn that is too far away is refused with the time to wait, not queued', async () => {
  const { sender } = createTestSender(nothing);
  const posts = Array.from({ length: 20 }, (_, n) =>
    sender.post({ channel: 'C1' }, content(`${n}`), `key-${n}`),
  );

  const refused = await Promise.allSettled(posts.slice(7));

  for (const result of refused) {
    assert.equal(result.status, 'rejected');
    assert.ok(result.reason instanceof ChatError);
    assert.equal(result.reason.reason, 'rate-limited');
    assert.ok((result.reason.retryAfterMs ?? 0) > 4_000);
  }
});

test('Retry-After stops its channel and method for as long as it says, and nothing else', async () => {
  let limited = true;
  const { sender, sent, advance } = createTestSender(async (method, { channel }) => {
    if (limited && method === 'post' && channel === 'C1') throw new WebAPIRateLimitedError(30);
  });

  const first = await sender.post({ channel: 'C1' }, content('a'), 'a').catch((error: unknown) => error);
  const second = await sender.post({ channel: 'C1' }, content('a'), 'a').catch((error: unknown) => error);
  await sender.post({ channel: 'C2' }, content('b'), 'b');
  await sender.update({ channel: 'C1', ts: '1.1' }, content('c'));
  limited = false;
  await advance(30_000);
  await sender.post({ channel: 'C1' }, content('a'), 'a');

  for (const error of [first, second]) {
    assert.ok(error instanceof ChatError);
    assert.deepEqual([error.reason, error.retryAfterMs], ['rate-limited', 30_000]);
  }
  assert.deepEqual(sent, ['post C1 a', 'post C2 b', 'update C1 c', 'post C1 a']);
});

test('edits of one message go in order, and those that wait are one edit: the newest', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sender, sent } = createTestSender(async (_method, { text }) => (text === '1' ? gate : undefined));
  const message = { channel: 'C1', ts: '1.1' };
  const settled: string[] = [];

  const edit = (text: string) => sender.update(message, content(text)).then(() => settled.push(text));
  const edits = [edit('1')];
  await setImmediate();
  edits.push(edit('2'), edit('3'), edit('4'));
  const beforeRelease = [...settled];
  release();
  await Promise.all(edits);

  assert.deepEqual(sent, ['update C1 1', 'update C1 4']);
  assert.deepEqual(beforeRelease, []);
  assert.deepEqual(settled, ['1', '2', '3', '4']);
});

test('an edit that fails is told to all it stood for, and the next one goes', async () => {
  let fail = true;
  const { sender, sent } = createTestSender(async () => {
    if (fail) throw new WebAPIRateLimitedError(0);
  });
  const message = { channel: 'C1', ts: '1.1' };

  const results = await Promise.allSettled(['1', '2'].map((text) => sender.update(message, content(text))));
  fail = false;
  await sender.update(message, content('3'));

  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(sent.at(-1), 'update C1 3');
});

test('a post whose answer was lost is found again by its key, in metadata or in the first block', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const since = new Date();
  slack.fail('chat.postMessage', { kind: 'drop-after' });

  const lost = await adapter.post(to, notice('once'), 'request-1:card').catch((error: unknown) => error);
  const found = await adapter.findPosted(to, 'request-1:card', since);
  const [message] = slack.messagesIn('C0GENERAL');
  delete message?.metadata;
  const foundByBlock = await adapter.findPosted(to, 'request-1:card', since);
  const other = await adapter.findPosted(to, 'request-2:card', since);
  const later = await adapter.findPosted(to, 'request-1:card', new Date(Date.now() + 60_000));

  assert.ok(lost instanceof ChatError);
  assert.equal(lost.reason, 'unavailable');
  assert.deepEqual(found, { ...to, ts: message?.ts });
  assert.deepEqual(foundByBlock, found);
  assert.equal(other, undefined);
  assert.equal(later, undefined);
});

test('a public channel is joined to look for a post there', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.addChannel({ id: 'C0PUBLIC', name: 'public', members: ['U0KIM'] });
  const there = { ...to, channelId: 'C0PUBLIC' };
  const ref = await adapter.post(there, notice('hello'), 'key');

  const found = await adapter.findPosted(there, 'key', new Date());

  assert.deepEqual(found, ref);
  assert.equal(slack.callsOf('conversations.join').length, 1);
});

test('every failure is a ChatError that says what to do', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const ref = await adapter.post(to, notice('hello'), 'key');
  const gone = { ...ref, ts: '1.000001' };
  const reasonOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    return error instanceof ChatError ? error.reason : error;
  };
  const failing = (error: string) => {
    slack.fail('chat.postMessage', { kind: 'error', error });
    return reasonOf(adapter.post(to, notice('x'), 'x'));
  };

  assert.equal(await reasonOf(adapter.update(gone, notice('x'))), 'not-found');
  assert.equal(
    await reasonOf(adapter.post({ ...to, channelId: 'C0NOWHERE' }, notice('x'), 'x')),
    'not-found',
  );
  assert.equal(
    await reasonOf(adapter.openDirect({ platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NOBODY' })),
    'not-found',
  );
  for (const error of ['cant_update_message', 'edit_window_closed', 'message_not_found']) {
    slack.fail('chat.update', { kind: 'error', error });
    assert.equal(await reasonOf(adapter.update(ref, notice('x'))), 'not-found', error);
  }
  slack.fail('chat.update', { kind: 'http', status: 500 });
  assert.equal(await reasonOf(adapter.update(ref, notice('x'))), 'unavailable');
  assert.equal(await failing('not_in_channel'), 'forbidden');
  assert.equal(await failing('is_archived'), 'forbidden');
});

test('invalid content is a bug of ours, and Slack being down is not', async (t) => {
  const { slack, adapter } = await startHarness(t);
  slack.fail('chat.postMessage', { kind: 'error', error: 'invalid_blocks' });
  const invalid = adapter.post(to, notice('x'), 'x');
  await assert.rejects(invalid, { reason: 'invalid' });
  slack.fail('chat.postMessage', { kind: 'rate-limited', retryAfter: 7 });
  await assert.rejects(adapter.post(to, notice('x'), 'x'), { reason: 'rate-limited', retryAfterMs: 7_000 });

  slack.goDown();
  await assert.rejects(adapter.post({ ...to, channelId: 'D0U0KIM' }, notice('x'), 'x'), {
    reason: 'unavailable',
  });
  slack.comeUp();

  const ref = await adapter.post({ ...to, channelId: 'U0KIM' }, notice('back again'), 'y');
  assert.equal(ref.platform === 'slack' && ref.channelId, 'D0U0KIM');
});

test('a file is uploaded where it belongs, in a thread too, and a failure says what to do', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const { ts } = (await adapter.post(to, notice('thread'), 'key')) as { ts: string };
  const file = { name: 'review.md', title: 'Review', content: '# Review 👩‍💻' };
  assert.ok(adapter.upload);

  await adapter.upload({ ...to, threadTs: ts }, file);
  await adapter.upload(to, { ...file, content: new Uint8Array([1, 2, 3]) });
  slack.fail('upload', { kind: 'drop-before' });
  await assert.rejects(adapter.upload(to, file), { name: 'ChatError', reason: 'unavailable' });
  slack.fail('files.completeUploadExternal', { kind: 'rate-limited', retryAfter: 7 });
  await assert.rejects(adapter.upload(to, file), { reason: 'rate-limited', retryAfterMs: 7_000 });

  const seen = slack.workspace.files.filter(({ channel }) => channel === 'C0GENERAL');
  assert.partialDeepStrictEqual(seen, [{ name: 'review.md', title: 'Review', threadTs: ts }, {}]);
  assert.deepEqual(
    seen.map(({ content }) => content.toString('hex')),
    [Buffer.from(file.content).toString('hex'), '010203'],
  );
  assert.equal(seen[1]?.threadTs, undefined);
});

test('files are taken back by name, each of them, and gone is gone', async (t) => {
  const { slack, adapter } = await startHarness(t);
  const file = { name: 'review.md', title: 'Review', content: '# Review' };
  const since = new Date(0);
  assert.ok(adapter.upload && adapter.removeFiles);
  for (const name of ['review.md', 'other.md', 'review.md']) await adapter.upload(to, { ...file, name });
  slack.fail('files.delete', { kind: 'error', error: 'file_deleted' });

  await adapter.removeFiles(to, 'review.md', since);
  await adapter.removeFiles(to, 'review.md', since);
  slack.fail('files.delete', { kind: 'error', error: 'cant_delete_file' });
  await assert.rejects(adapter.removeFiles(to, 'other.md', since), { name: 'ChatError', reason: 'invalid' });
  await adapter.removeFiles(to, 'other.md', since);

  assert.deepEqual(slack.workspace.files, []);
});
