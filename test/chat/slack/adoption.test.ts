import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConversationRef } from '../../../src/domain/refs.ts';
import type { FakeChannel } from '../../support/fake-slack.ts';
import { startHarness } from './harness.ts';

const SHOP: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' };
const WIKI = { id: 'Bk0WIKI', title: 'Wiki', link: 'https://wiki.example.test/' };

async function startShop(t: test.TestContext, changes: Partial<FakeChannel> = {}) {
  const harness = await startHarness(t);
  const channel = { id: 'C0SHOP', name: 'shop-talk', members: ['U0KIM'], ...changes };
  harness.slack.addChannel(channel);
  const shop = harness.slack.workspace.channels.get('C0SHOP') ?? assert.fail();
  return { ...harness, shop };
}

test('a public channel is joined, and nothing in it is changed', async (t) => {
  const { slack, adapter, shop } = await startShop(t, { topic: 'Shop &amp; more', bookmarks: [WIKI] });

  const adopted = await adapter.rooms.adopt({ ...SHOP, threadTs: '1.2' });

  assert.deepEqual(adopted, {
    kind: 'channel',
    conversation: SHOP,
    name: 'shop-talk',
    before: { topic: 'Shop &amp; more', links: [WIKI.link] },
  });
  assert.ok(shop.members.includes('U0PURSER'));
  assert.deepEqual(slack.messagesIn('C0SHOP'), []);
});

test('it gets its topic back to the letter, and keeps the bookmarks that were its own', async (t) => {
  const { adapter, shop } = await startShop(t, {
    topic: 'Shop &amp; <https://a.test|more>',
    bookmarks: [WIKI],
  });
  const adopted = await adapter.rooms.adopt(SHOP);
  assert.ok(!('refused' in adopted));
  const ours = { title: 'Runbook', url: 'https://runbooks.example.test/shop' };
  await adapter.rooms.setTopic(SHOP, 'SEV1');
  await adapter.rooms.bookmark(SHOP, [ours, { title: 'Wiki', url: 'https://wiki.example.test' }]);

  await adapter.rooms.giveBack(SHOP, adopted.before, [ours.url, 'https://wiki.example.test']);

  assert.equal(shop.topic, 'Shop &amp; <https://a.test|more>');
  assert.deepEqual(shop.bookmarks, [WIKI]);
});

const refusals: { why: string; changes: Partial<FakeChannel>; refused: string }[] = [
  { why: 'a private channel it is not in', changes: { isPrivate: true }, refused: 'absent' },
  { why: 'an archived one', changes: { isArchived: true }, refused: 'absent' },
  { why: 'one of two organisations', changes: { isShared: true }, refused: 'shared' },
];
for (const { why, changes, refused } of refusals) {
  test(`${why} is refused as ${refused}`, async (t) => {
    const { adapter, shop } = await startShop(t, changes);

    assert.deepEqual(await adapter.rooms.adopt(SHOP), { refused });
    assert.deepEqual(shop.members, ['U0KIM']);
  });
}

test('a private channel it was brought into is taken', async (t) => {
  const { adapter } = await startShop(t, { isPrivate: true, members: ['U0KIM', 'U0PURSER'] });

  assert.equal('refused' in (await adapter.rooms.adopt(SHOP)), false);
});

test('whether it can be taken is not known while Slack does not answer', async (t) => {
  const { slack, adapter } = await startShop(t);
  slack.fail('conversations.info', { kind: 'http', status: 500 });

  await assert.rejects(adapter.rooms.adopt(SHOP), { reason: 'unavailable' });
});
