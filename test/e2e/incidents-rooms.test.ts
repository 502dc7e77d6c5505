import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeChannel, readable } from '../support/fake-slack.ts';
import { INCIDENTS_CHANNEL, openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  announcementOf,
  declare,
  headerOf,
  headerText,
  inc,
  pagesTo,
  postsOf,
  press,
  roomOf,
  timelineTexts,
  toldIn,
  untilIncident,
  untilSetUp,
  untilShown,
  untilUsable,
} from './incident-acts.ts';

/** What a local Slack has never heard of. */
const DECORATION = [
  'bookmarks.add',
  'bookmarks.list',
  'chat.getPermalink',
  'conversations.invite',
  'conversations.setPurpose',
  'conversations.setTopic',
  'files.getUploadURLExternal',
  'pins.add',
  'users.conversations',
];

const purser = await atWork(openPurser());

describe('rooms of incidents', { timeout: 300_000 }, () => {
  afterEach(() => {
    purser.slack.workspace.mayCreateChannels = true;
    purser.slack.workspace.unknownMethods.clear();
  });

  test('a name that strangers, an archive or a private channel have: the next one, and theirs are left alone', async () => {
    const { slack } = purser;
    const taken: FakeChannel[] = [
      { id: 'C0FIRST', name: 'inc-1-same-name', members: ['U0NOOR'], creator: 'U0NOOR' },
      { id: 'C0SECOND', name: 'inc-1-same-name-2', members: ['U0NOOR', 'U0PURSER'], isArchived: true },
      { id: 'C0THIRD', name: 'inc-1-same-name-3', members: ['U0NOOR'], isPrivate: true, creator: 'U0NOOR' },
    ];
    for (const channel of taken) slack.addChannel(structuredClone(channel));

    const state = await untilSetUp(purser, await declare(purser, 'sev3 same name'));

    const room = slack.workspace.channels.get(roomOf(state).channel);
    assert.equal(room?.name, 'inc-1-same-name-4');
    assert.equal(state.rooms[0]?.name, room?.name);
    assert.deepEqual(
      taken.map(({ id }) => slack.workspace.channels.get(id)),
      taken,
    );
    assert.ok(taken.every(({ id }) => slack.messagesIn(id).length === 0));
  });

  test('where apps may not open channels: a thread under the announcement, as good as a channel', async () => {
    const { slack } = purser;
    slack.workspace.mayCreateChannels = false;

    const state = await untilSetUp(purser, await declare(purser, 'sev2 no channel to be had'));
    const announced = announcementOf(purser, state);
    const header = headerOf(purser, state);
    await inc(purser, `${state.number} update said from afar`);
    await eventually(() => toldIn(purser, state).some((text) => text.includes('said from afar')));
    const message = await slack.say('U0LEE', INCIDENTS_CHANNEL, 'seen in the thread', {
      threadTs: announced.ts,
    });
    await slack.react('U0LEE', message, 'pushpin');

    assert.deepEqual(roomOf(state), { channel: INCIDENTS_CHANNEL, threadTs: announced.ts });
    assert.equal(header.threadTs, announced.ts);
    assert.ok(postsOf(purser, state, 'event:').every(({ threadTs }) => threadTs === announced.ts));
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
    await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', header, 'Claim: Lead'));
    await untilShown(() => headerOf(purser, state), /\*Lead\* {2}<@U0LEE>/);
    await eventually(async () =>
      (await timelineTexts(purser, state.number)).some((text) => text.includes('seen in the thread')),
    );
  });

  test('a private one that can have no channel is announced nowhere: its card says what to do', async () => {
    purser.slack.workspace.mayCreateChannels = false;

    const number = await declare(purser, 'sev3 hidden canary private');
    const state = await untilIncident(purser, number, ({ resources }) =>
      resources.some(({ id, state }) => id === 'room:slack' && state === 'failed'),
    );
    const shown = await inc(purser, `show ${number}`);

    assert.deepEqual(state.rooms, []);
    assert.match(shown, /❌ {2}Room in Slack: .*Make a channel by hand/);
    const outside = purser.slack.workspace.messages.filter(({ channel }) => !channel.startsWith('D0'));
    assert.ok(outside.every((message) => !readable(message).includes('hidden canary')));
    await eventually(() => pagesTo(purser, state, 'U0LEE').length === 1);
  });

  test('where Slack knows no decoration: the incident is complete, and the card says nothing worrying', async () => {
    const { slack } = purser;
    for (const method of DECORATION) slack.workspace.unknownMethods.add(method);

    const state = await untilSetUp(purser, await declare(purser, 'sev2 a plain Slack service=shop'));
    const { channel } = roomOf(state);
    const kim = { user: 'U0KIM', channel };
    slack.workspace.channels.get(channel)?.members.push('U0KIM');
    await inc(purser, 'resolve cause="it was plain" fix="it still is"', kim);
    await eventually(() => postsOf(purser, state, 'review:').length > 0);

    assert.ok(state.resources.every(({ state, note }) => state === 'done' && note === undefined));
    assert.doesNotMatch(headerText(purser, state), /❌|failed|unknown_method/);
    assert.match(readable(postsOf(purser, state, 'review:')[0] ?? { blocks: [] }), /it was plain/);
    assert.doesNotMatch((await timelineTexts(purser, state.number)).join('\n'), /failed/);
  });

  test('decoration that fails says what to do by hand, and can be tried again', async () => {
    const { slack } = purser;
    slack.fail('pins.add', { kind: 'error', error: 'missing_scope' });

    const state = await untilUsable(purser, await declare(purser, 'sev3 no pin'));
    const header = headerOf(purser, state);
    await untilShown(() => header, /❌ {2}Pinned header in Slack: .*Pin the header card by hand/);
    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', header, 'Retry'));

    await untilSetUp(purser, state.number);
    assert.ok(slack.workspace.channels.get(roomOf(state).channel)?.pins?.includes(header.ts));
  });

  test('somebody who cannot be invited keeps nobody out, and is named', async () => {
    const { slack } = purser;
    const lee = slack.workspace.users.get('U0LEE');
    assert.ok(lee);
    lee.isUltraRestricted = true;

    const number = await declare(purser, 'sev3 not for everybody');
    const state = await untilIncident(purser, number, ({ resources }) =>
      resources.some(({ id, state }) => id === 'invite:slack' && state === 'failed'),
    );
    const room = slack.workspace.channels.get(roomOf(state).channel);

    assert.ok(room?.members.includes('U0KIM'));
    await untilShown(
      () => headerText(purser, state),
      /Invitations in Slack: Lee Sample.* could not be invited/,
    );
    lee.isUltraRestricted = false;
    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', headerOf(purser, state), 'Retry'));
    await untilSetUp(purser, number);
    assert.ok(room?.members.includes('U0LEE'));
  });
});
