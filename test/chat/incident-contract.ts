import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type ChatAdapter, ChatError, type ChatReply, type RoomSpec } from '../../src/chat/adapter.ts';
import { actButton } from '../../src/domain/incident-buttons.ts';
import { type AccountRef, type ConversationRef, threadKey } from '../../src/domain/refs.ts';
import type { ChatRequest } from '../../src/domain/requests.ts';
import type { NoticeView } from '../../src/domain/views.ts';
import { sampleIncidentViews } from './sample-incident-views.ts';

/** A platform with Kim and Noor in one channel, where Noor has written something. */
export interface IncidentStage {
  adapter: ChatAdapter;
  requests: ChatRequest[];
  answer(reply: ChatReply): void;
  kim: AccountRef;
  noor: AccountRef;
  channel: ConversationRef;
  /** Where somebody declares an incident that is to be run right there; and where that cannot be. */
  place: ConversationRef;
  direct: ConversationRef;
  /** What a room there may be made from, besides what is the same everywhere. */
  room: Partial<RoomSpec>;
  /** What a channel of its own may be made from. */
  ownRoom: Partial<RoomSpec>;
  /** All that a channel tells of itself to whoever looks it up. */
  showsOf(conversation: ConversationRef): string;
  /** Kim types a command of this name in the channel. */
  command(name: string, text: string): Promise<void>;
  /** Noor writes it, and the platform tells us of it, if it does so. */
  say(text: string): Promise<void>;
  /** Kim declares an incident from what Noor wrote. */
  declareFromIt(): Promise<void>;
  /** Kim keeps it for the timeline. */
  pinIt(): Promise<void>;
  /** Kim presses a button of the newest message in the channel, by its label. */
  press(label: string): Promise<void>;
  /** What Kim alone can read. */
  toldKim(): string;
  /** The text of what a conversation shows, oldest first. */
  messagesIn(conversation: ConversationRef): string[];
  problems(): string[];
  until<Value>(look: () => Value | undefined | false): Promise<Value>;
}

const NOTICE: NoticeView = { kind: 'notice', tone: 'success', text: 'This is for Kim alone.' };
const SAID = 'The gateway answers 502 & worse';
const SPEC: RoomSpec = {
  name: 'inc-142-checkout-is-down',
  topic: 'SEV1 · declared · #142 Checkout is down',
  purpose: 'Work on incident #142.',
  private: false,
  marker: 'purser:incident:142:request-1',
};

/** What every chat platform has to do for incidents, whichever it is. */
export function incidentContract(platform: string, open: (t: TestContext) => Promise<IncidentStage>): void {
  for (const name of ['inc', 'incident']) {
    test(`${platform}: “${name} …” is a command about incidents, answered in private`, async (t) => {
      const stage = await open(t);
      stage.answer(NOTICE);

      await stage.command(name, 'sev1 checkout is down');

      await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
      assert.partialDeepStrictEqual(stage.requests.at(-1), {
        kind: 'command',
        command: 'incident',
        text: 'sev1 checkout is down',
        source: stage.channel,
        actor: { account: stage.kim, standing: 'member' },
      });
      assert.deepEqual(stage.problems(), []);
    });
  }

  test(`${platform}: what somebody wrote is what an incident is declared from`, async (t) => {
    const stage = await open(t);
    stage.answer(NOTICE);
    await stage.say(SAID);

    await stage.declareFromIt();
    const request = await stage.until(() => stage.requests.find(({ kind }) => kind === 'action'));

    assert.partialDeepStrictEqual(request, {
      kind: 'action',
      actionId: 'incident.declare',
      actor: { account: stage.kim },
      payload: { text: SAID },
    });
    assert.ok(request.kind === 'action');
    const { author, at, link } = request.payload;
    assert.match(author ?? '', /noor/i);
    assert.equal(new Date(at ?? '').toISOString(), at);
    assert.match(link ?? '', /^https:/);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a message is kept with who said it, when and where, and whoever keeps it is told`, async (t) => {
    const stage = await open(t);
    stage.answer(NOTICE);
    await stage.say(SAID);

    await stage.pinIt();
    const request = await stage.until(() => stage.requests.find(({ kind }) => kind === 'message'));

    assert.partialDeepStrictEqual(request, {
      kind: 'message',
      event: 'pinned',
      text: SAID,
      actor: { account: stage.kim },
      message: { platform: stage.channel.platform },
    });
    assert.ok(request.kind === 'message');
    assert.match(request.author, /noor/i);
    assert.equal(new Date(request.at).toISOString(), request.at);
    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: buttons that do the same thing to different ends are told apart`, async (t) => {
    const stage = await open(t);
    stage.answer(NOTICE);
    const actions = ['lead', 'comms', 'scribe'].map((role) =>
      actButton(142, `Claim: ${role}`, { kind: 'role', role, person: 'me' }),
    );
    await stage.adapter.post(stage.channel, { ...NOTICE, actions }, 'key-1');

    await stage.press('Claim: comms');
    await stage.press('Claim: scribe');

    assert.partialDeepStrictEqual(stage.requests, [
      { kind: 'action', actionId: 'incident.act', payload: actions[1]?.payload ?? {} },
      { kind: 'action', actionId: 'incident.act', payload: actions[2]?.payload ?? {} },
    ]);
  });

  test(`${platform}: a room that is opened twice is one, and one can speak there`, async (t) => {
    const stage = await open(t);
    const spec = { ...SPEC, ...stage.room };

    const [first, second] = [await stage.adapter.rooms.open(spec), await stage.adapter.rooms.open(spec)];
    await stage.adapter.post(first.conversation, sampleIncidentViews['incident-open'], 'header');

    assert.equal(first.kind, second.kind);
    assert.equal(threadKey(first.conversation), threadKey(second.conversation));
    const [header] = stage.messagesIn(second.conversation);
    assert.match(header ?? '', /#142[\s\S]*Checkout is down in eu-west/);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: people are invited once, and whoever cannot be is named`, async (t) => {
    const stage = await open(t);
    const { conversation } = await stage.adapter.rooms.open({ ...SPEC, ...stage.room });

    const first = await invited(stage, conversation);
    const second = await invited(stage, conversation);

    assert.deepEqual(first, []);
    assert.deepEqual(second, []);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: what decorates a room is done once, or there is nothing like it`, async (t) => {
    const stage = await open(t);
    const { rooms } = stage.adapter;
    const { conversation } = await rooms.open({ ...SPEC, ...stage.room });
    const header = await stage.adapter.post(conversation, NOTICE, 'header');
    const links = [{ title: 'Runbook', url: 'https://runbooks.example.test/' }];
    const decorations = [
      () => rooms.setTopic(conversation, SPEC.topic),
      () => rooms.pin(header),
      () => rooms.unpin(header),
      () => rooms.bookmark(conversation, links),
      () => rooms.archive(conversation),
    ];

    for (const decorate of decorations) {
      await doneOrMissing(decorate);
      await doneOrMissing(decorate);
    }

    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a room that is left behind tells nothing any more, and the private one is another`, async (t) => {
    const stage = await open(t);
    const { rooms } = stage.adapter;
    const spec = { ...SPEC, ...stage.ownRoom };
    const links = [{ title: 'Checkout runbook', url: 'https://runbooks.example.test/checkout' }];
    const left = await rooms.open(spec);
    await doneOrMissing(() => rooms.bookmark(left.conversation, links));
    const cover = { name: 'inc-142', topic: '#142 goes on in private.', links: links.map(({ url }) => url) };

    await rooms.cover(left.conversation, cover);
    await rooms.cover(left.conversation, cover);
    const inPrivate = { ...spec, private: true, name: 'priv-inc-142-checkout-is-down' };
    const [first, second] = [await rooms.open(inPrivate), await rooms.open(inPrivate)];

    assert.equal(left.kind, 'channel');
    assert.doesNotMatch(stage.showsOf(left.conversation), /checkout|sev1/i);
    assert.match(stage.showsOf(left.conversation), /goes on in private/);
    assert.equal(threadKey(second.conversation), threadKey(first.conversation));
    assert.notEqual(threadKey(first.conversation), threadKey(left.conversation));
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: what was there before becomes a room, and is given back as it was`, async (t) => {
    const stage = await open(t);
    const { rooms } = stage.adapter;
    const links = [{ title: 'Runbook', url: 'https://runbooks.example.test/' }];
    const shownBefore = stage.showsOf(stage.place);

    const [first, second] = [await rooms.adopt(stage.place), await rooms.adopt(stage.place)];
    assert.ok(!('refused' in first) && !('refused' in second));
    await stage.adapter.post(first.conversation, sampleIncidentViews['incident-open'], 'header');
    await doneOrMissing(() => rooms.setTopic(first.conversation, SPEC.topic));
    await doneOrMissing(() => rooms.bookmark(first.conversation, links));
    const back = () =>
      rooms.giveBack(
        first.conversation,
        first.before,
        links.map(({ url }) => url),
      );
    await back();
    await back();

    assert.deepEqual(first, second);
    assert.equal(threadKey(first.conversation), threadKey(stage.place));
    assert.ok(stage.messagesIn(stage.place).some((text) => /#142/.test(text)));
    assert.equal(stage.showsOf(stage.place), shownBefore);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a direct conversation becomes no room`, async (t) => {
    const stage = await open(t);

    assert.deepEqual(await stage.adapter.rooms.adopt(stage.direct), { refused: 'direct' });
  });
}

async function invited({ adapter, kim, noor }: IncidentStage, room: ConversationRef): Promise<AccountRef[]> {
  try {
    return (await adapter.rooms.invite(room, [kim, noor])).left;
  } catch (error) {
    assert.ok(error instanceof ChatError && error.reason === 'invalid', `${error}`);
    return [];
  }
}

async function doneOrMissing(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    assert.ok(error instanceof ChatError && error.reason === 'invalid', `${error}`);
  });
}
