import assert from 'node:assert/strict';
import test from 'node:test';
import { readable } from '../../support/fake-teams.ts';
import { KIM, NOOR, SHOP, startHarness } from './harness.ts';
import { account, announcement, GROUP, MARKER, refusal, SPEC, startTeam } from './rooms-harness.ts';

test('a channel is opened in the team, with our mark in its description, and one can speak there', async (t) => {
  const harness = await startTeam(t);

  const room = await harness.rooms.open(SPEC);
  await harness.adapter.post(
    room.conversation,
    { kind: 'notice', tone: 'info', text: 'Here we go.' },
    'key-1',
  );

  const [channel] = harness.channels;
  assert.ok(channel);
  assert.equal(room.kind, 'channel');
  assert.equal(room.name, 'inc-142-checkout-is-down');
  assert.equal(channel.description, `Work on incident #142. (${MARKER})`);
  assert.equal(channel.membershipType, 'standard');
  assert.match(readable(harness.teams.messagesIn(channel.id)[0]?.card), /Here we go/);
  assert.deepEqual(harness.teams.problems, []);
});

test('an answer that was lost is found again: there is one channel, whoever asks how often', async (t) => {
  const harness = await startTeam(t);
  harness.teams.failGraph('create-channel', { kind: 'drop-after' });

  const lost = await refusal(harness.rooms.open(SPEC));
  const first = await harness.rooms.open(SPEC);
  const second = await harness.rooms.open(SPEC);

  assert.equal(lost.reason, 'unavailable');
  assert.equal(harness.channels.length, 1);
  assert.deepEqual(first, second);
});

test('a stranger’s channel of that name is left alone, and found again is the one with the suffix', async (t) => {
  const harness = await startTeam(t);
  const stranger = { ...SPEC, marker: 'somebody else' };
  await harness.rooms.open(stranger);

  const opened = await harness.rooms.open(SPEC);
  const again = await harness.rooms.open(SPEC);

  assert.equal(opened.name, 'inc-142-checkout-is-down-2');
  assert.deepEqual(again, opened);
  assert.deepEqual(
    harness.channels.map(({ displayName }) => displayName),
    ['inc-142-checkout-is-down', 'inc-142-checkout-is-down-2'],
  );
});

test('a mark is no part of another: incident 14 does not adopt the channel of 142', async (t) => {
  const harness = await startTeam(t);
  await harness.rooms.open({ ...SPEC, marker: 'purser:incident:14:request-12' });

  const room = await harness.rooms.open({ ...SPEC, marker: 'purser:incident:14:request-1' });

  assert.equal(room.name, 'inc-142-checkout-is-down-2');
});

test('the name of a channel that was deleted less than 30 days ago gets a suffix', async (t) => {
  const harness = await startTeam(t, { deletedNames: ['inc-142-checkout-is-down'] });

  const room = await harness.rooms.open(SPEC);

  assert.equal(room.name, 'inc-142-checkout-is-down-2');
});

test('our channel is found among many, over several pages', async (t) => {
  const harness = await startTeam(t);
  for (let number = 0; number < 45; number += 1)
    await harness.rooms.open({ ...SPEC, name: `inc-${number}`, marker: `other ${number}` });
  const opened = await harness.rooms.open(SPEC);

  assert.deepEqual(await harness.rooms.open(SPEC), opened);
});

test('a long name keeps its number, its suffix and to what Teams takes', async (t) => {
  const harness = await startTeam(t);
  const name = `inc-142-${'a-rather-long-title-'.repeat(4)}`.slice(0, 76);
  const first = await harness.rooms.open({ ...SPEC, name, marker: 'one' });

  const second = await harness.rooms.open({ ...SPEC, name, marker: 'two' });

  assert.match(first.name, /^inc-142-/);
  assert.match(second.name, /^inc-142-.*-2$/);
  assert.ok(second.name.length <= 50);
  assert.deepEqual(harness.teams.problems, []);
});

for (const [title, prepare] of [
  ['the organisation has not allowed channels', async () => ({ consent: false })],
  ['Graph knows no such team', async () => ({ group: '00000000-0000-0000-0000-0000000000bb' })],
  ['no team is set', async () => ({ group: undefined })],
] as const) {
  test(`where ${title} the room is a thread under the announcement`, async (t) => {
    const prepared: { consent?: boolean; group?: string | undefined } = await prepare();
    const harness = await startTeam(t, prepared.consent === undefined ? {} : { consent: prepared.consent });
    const group = 'group' in prepared ? prepared.group : GROUP;
    const { group: _group, ...rest } = SPEC;
    const spec = { ...rest, ...(group === undefined ? {} : { group }) };
    const refused = await refusal(harness.rooms.open(spec));

    const room = await harness.rooms.open({ ...spec, under: announcement(harness) });
    await harness.adapter.post(
      room.conversation,
      { kind: 'notice', tone: 'info', text: 'Here we go.' },
      'key-1',
    );

    assert.match(refused.reason, /forbidden|not-found/);
    assert.equal(room.kind, 'thread');
    assert.equal(room.name, 'a thread under the announcement');
    assert.equal(harness.teams.messagesIn(SHOP)[0]?.conversation, `${SHOP};messageid=1700000000007`);
  });
}

test('what passes is tried again later and no thread is made of it', async (t) => {
  const harness = await startTeam(t);
  const spec = { ...SPEC, under: announcement(harness) };
  harness.teams.failGraph('create-channel', { kind: 'rate-limited', retryAfter: 7 });
  harness.teams.failGraph('create-channel', { kind: 'http', status: 503 });

  const limited = await refusal(harness.rooms.open(spec));
  const down = await refusal(harness.rooms.open(spec));
  const room = await harness.rooms.open(spec);

  assert.equal(limited.reason, 'rate-limited');
  assert.equal(limited.retryAfterMs, 7_000);
  assert.equal(down.reason, 'unavailable');
  assert.equal(room.kind, 'channel');
});

test('a sign-in that is refused is final, and is tried anew the next time', async (t) => {
  const harness = await startTeam(t);
  harness.teams.failGraph('token', { kind: 'http', status: 400, code: 'unauthorized_client' });

  const refused = await refusal(harness.rooms.open(SPEC));
  const room = await harness.rooms.open(SPEC);
  await harness.rooms.setTopic(room.conversation, 'SEV2 · triaging');

  assert.equal(refused.reason, 'forbidden');
  assert.match(refused.message, /token: HTTP 400 unauthorized_client/);
  assert.equal(harness.teams.graphCalls.filter((call) => call === 'token').length, 2);
});

test('a private room is a private channel of whoever declared it, and never a thread', async (t) => {
  const harness = await startTeam(t);
  const hidden = { ...SPEC, private: true, under: announcement(harness) };

  const ownerless = await refusal(harness.rooms.open(hidden));
  const { group: _group, ...homeless } = hidden;
  const without = await refusal(harness.rooms.open(homeless));
  const room = await harness.rooms.open({ ...hidden, owner: account(harness, KIM) });

  assert.equal(ownerless.reason, 'forbidden');
  assert.equal(without.reason, 'forbidden');
  assert.equal(room.kind, 'channel');
  assert.deepEqual(
    harness.channels.map(({ membershipType, members }) => ({ membershipType, members })),
    [{ membershipType: 'private', members: [KIM] }],
  );
});

test('a channel of ours that is open to the team never becomes the room of a private incident', async (t) => {
  const harness = await startTeam(t);
  await harness.rooms.open(SPEC);

  const room = await harness.rooms.open({ ...SPEC, private: true, owner: account(harness, KIM) });

  assert.equal(room.name, 'inc-142-checkout-is-down-2');
  assert.equal(harness.channels[1]?.membershipType, 'private');
});

test('two attempts at once open one channel', async (t) => {
  const harness = await startTeam(t);

  const [one, other] = await Promise.all([harness.rooms.open(SPEC), harness.rooms.open(SPEC)]);

  assert.deepEqual(one, other);
  assert.equal(harness.channels.length, 1);
});

test('a channel that is gone is no fault of those who are invited', async (t) => {
  const harness = await startTeam(t);
  const { conversation } = await harness.rooms.open(SPEC);
  harness.channels.length = 0;

  const gone = await refusal(harness.rooms.invite(conversation, [account(harness, NOOR)]));

  assert.equal(gone.reason, 'not-found');
});

test('the Playground, which has no directory, gives threads', async (t) => {
  const harness = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));

  const refused = await refusal(harness.adapter.rooms.open(SPEC));
  const room = await harness.adapter.rooms.open({ ...SPEC, under: announcement(harness) });

  assert.equal(refused.reason, 'forbidden');
  assert.equal(room.kind, 'thread');
});
