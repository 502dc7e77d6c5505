import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser } from '../support/purser.ts';
import { watched } from './acts.ts';
import { startCrashingWorker, untilKilled } from './crashes.ts';
import { declare, headerText, inc, postsOf, roomOf, untilSetUp } from './incident-acts.ts';

const SHOP = 'C0SHOP';

const purser = await watched(
  openPurser({ incidents: ({ rooms }) => void Object.assign(rooms, { archiveAfter: '1s' }) }),
);

describe('a channel that becomes the room of an incident', { timeout: 300_000 }, () => {
  before(async () => {
    for (const id of [SHOP, 'C0PAYMENTS'])
      purser.slack.addChannel({
        id,
        name: id.slice(2).toLowerCase(),
        members: ['U0KIM', 'U0LEE'],
        topic: 'Ask us',
      });
    await purser.startBot();
  });

  test('survives a kill on either side of taking it: one room, one header, one word about it', async () => {
    const victim = { name: 'wren at the till', activity: 'openRoom' };
    const { slack } = purser;
    await slack.say('U0KIM', SHOP, 'The till is broken');

    const first = await startCrashingWorker(purser, [victim], 'before');
    const number = await declare(purser, `declare here=true sev3 ${victim.name}`, { channel: SHOP });
    await untilKilled(first);
    await untilKilled(await startCrashingWorker(purser, [victim], 'after'));
    await purser.startWorker();
    const state = await untilSetUp(purser, number);
    const said = () => slack.messagesIn(SHOP).map(readable);
    const word = /This channel is the room of #/;
    await eventually(() => said().some((text) => word.test(text)));

    const channel = slack.workspace.channels.get(SHOP);
    assert.equal(roomOf(state).channel, SHOP);
    assert.equal(channel?.name, 'shop');
    assert.match(channel?.topic ?? '', new RegExp(`SEV3 .*#${number} ${victim.name}`));
    assert.match(headerText(purser, state), new RegExp(`#${number}`));
    assert.equal(postsOf(purser, state, 'header:').length, 1);
    assert.equal(slack.messagesIn(SHOP)[0]?.text, 'The till is broken');
    assert.equal(said().filter((text) => word.test(text)).length, 1);
    assert.match(await inc(purser, 'show', { channel: SHOP }), /wren at the till/);
    assert.equal(channel?.pins?.length, 1);

    await inc(purser, 'cancel a test', { channel: SHOP });
    await eventually(() => channel?.topic === 'Ask us' && channel.pins?.length === 0);
    assert.ok(!channel?.isArchived);
  });

  test('is had by one of two who declare there at once, and the other goes on elsewhere', async () => {
    const declared = ['robin in the cart', 'finch in the cart'].map((title, at) =>
      declare(purser, `declare here=true sev3 ${title}`, {
        channel: 'C0PAYMENTS',
        user: at === 0 ? 'U0KIM' : 'U0LEE',
      }),
    );
    const numbers = await Promise.all(declared);

    const states = await Promise.all(numbers.map((number) => untilSetUp(purser, number)));

    const here = states.filter((state) => roomOf(state).channel === 'C0PAYMENTS');
    assert.equal(here.length, 1);
    const other = states.find((state) => state !== here[0]) ?? assert.fail();
    const elsewhere = purser.slack.workspace.channels.get(roomOf(other).channel);
    assert.match(elsewhere?.name ?? '', new RegExp(`^inc-${other.number}-`));
  });
});
