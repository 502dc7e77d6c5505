import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createCopies } from '../../activities/copies.ts';
import { type ChatAdapter, ChatError, type ChatReply } from '../../src/chat/adapter.ts';
import { createChatRouter } from '../../src/chat/router.ts';
import type { FormView } from '../../src/domain/forms.ts';
import type { AccountRef, ConversationRef } from '../../src/domain/refs.ts';
import type { ChatRequest } from '../../src/domain/requests.ts';
import type { NoticeView } from '../../src/domain/views.ts';
import { createTestCopies } from '../support/copies.ts';
import { sampleAccessViews } from './sample-access-views.ts';
import { approval, environment } from './sample-things.ts';

/** A platform with Kim in one channel, and what she can do and see there. */
export interface Stage {
  adapter: ChatAdapter;
  requests: ChatRequest[];
  answer(reply: ChatReply | ((request: ChatRequest) => Promise<ChatReply>)): void;
  kim: AccountRef;
  channel: ConversationRef;
  /** Types a command of ours in the channel. */
  command(text: string): Promise<void>;
  /** Does what opens the form that a command is answered with. */
  openForm(): Promise<void>;
  /** The open form as it can be read, with the values that stand in it. */
  form(): { text: string; values: Record<string, unknown> } | undefined;
  submit(values: Record<string, string>): Promise<void>;
  /** Presses a button of the newest message in the channel. */
  press(actionId: string): Promise<void>;
  /** Has the platform deliver once more what it delivered last. */
  deliverAgain(): Promise<void>;
  /** The text of the channel's messages, oldest first. */
  messages(): string[];
  /** What Kim alone can read of what she was answered, without the open form. */
  toldKim(): string;
  deleteNewestMessage(): void;
  limitRate(what: 'post' | 'update', seconds: number): void;
  /** What the platform would have refused. */
  problems(): string[];
  until<Value>(look: () => Value | undefined | false): Promise<Value>;
}

const NOTICE: NoticeView = { kind: 'notice', tone: 'success', text: 'This is for Kim alone.' };

const FORM: FormView = {
  kind: 'form',
  formId: 'environment.create',
  title: 'Request an environment',
  submitLabel: 'Request',
  fields: [
    { name: 'name', label: 'Name', schema: { type: 'string', maxLength: 22 }, required: true },
    { name: 'size', label: 'Size', schema: { type: 'string', enum: ['s', 'm', 'l'] }, required: true },
  ],
  values: { size: 'm' },
  notes: [{ label: 'Will be created', text: 'Namespace env-pr-42' }],
  context: { template: 'dev' },
};

/** What every chat platform has to do for the rest of Purser, whichever it is. */
export function adapterContract(platform: string, open: (t: TestContext) => Promise<Stage>): void {
  test(`${platform}: a command says who asked what and where, and is answered in private`, async (t) => {
    const stage = await open(t);
    stage.answer(NOTICE);

    await stage.command('show pr-42');

    const [request] = stage.requests;
    assert.partialDeepStrictEqual(request, { kind: 'command', text: 'show pr-42', source: stage.channel });
    assert.deepEqual(request?.actor.account, stage.kim);
    assert.equal(request?.actor.standing, 'member');
    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
    assert.ok(!stage.messages().some((text) => text.includes('for Kim alone')));
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a form opens prefilled, and what is sent comes back by field with its context`, async (t) => {
    const stage = await open(t);
    stage.answer({ kind: 'open-form', form: FORM });
    await stage.command('create');
    await stage.openForm();
    assert.match(stage.form()?.text ?? '', /Namespace env-pr-42/);
    assert.equal(stage.form()?.values.size, 'm');
    stage.answer(NOTICE);

    await stage.submit({ name: 'pr-42', size: 'l' });

    assert.partialDeepStrictEqual(stage.requests.at(-1), {
      kind: 'form',
      phase: 'submit',
      formId: 'environment.create',
      values: { name: 'pr-42', size: 'l' },
      context: { template: 'dev' },
    });
    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: an error stands at its field, and nothing that was typed is lost`, async (t) => {
    const stage = await open(t);
    stage.answer({ kind: 'open-form', form: FORM });
    await stage.command('create');
    await stage.openForm();
    stage.answer({ kind: 'form-errors', errors: { name: 'That name is taken.' } });

    await stage.submit({ name: 'pr-42' });
    const refused = stage.form();
    stage.answer(NOTICE);
    await stage.submit({ name: 'pr-43' });

    assert.match(refused?.text ?? '', /That name is taken\./);
    assert.partialDeepStrictEqual(refused?.values, { name: 'pr-42', size: 'm' });
    assert.partialDeepStrictEqual(stage.requests.at(-1), { values: { name: 'pr-43', size: 'm' } });
  });

  test(`${platform}: a button says what it is about and on which message`, async (t) => {
    const stage = await open(t);
    const message = await stage.adapter.post(stage.channel, { ...approval, audience: undefined }, 'key-1');
    stage.answer(NOTICE);

    await stage.press('environment.approve');

    const payload = { name: 'pr-42', requestId: 'request-1', digest: 'sha256:0123456789abcdef' };
    assert.partialDeepStrictEqual(stage.requests.at(-1), {
      kind: 'action',
      actionId: 'environment.approve',
      payload,
      source: message,
    });
    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
  });

  test(`${platform}: access is decided on by stage and rules, and its card loses its buttons with the end`, async (t) => {
    const stage = await open(t);
    const views = sampleAccessViews;
    const card = await stage.adapter.post(stage.channel, views['grant-active'], 'key-1');
    await stage.adapter.post(stage.channel, { ...views['grant-approval'], audience: undefined }, 'key-2');
    stage.answer(NOTICE);

    await stage.press('access.approve');
    await stage.adapter.update(card, views['grant-ended']);

    assert.partialDeepStrictEqual(stage.requests.at(-1), {
      kind: 'action',
      actionId: 'access.approve',
      payload: { beneficiary: 'kim', id: '3f9a0c1288', stage: '1' },
    });
    const [shown = ''] = stage.messages();
    assert.match(shown, /Edit in the cluster is over/);
    assert.match(shown, /A token of the cluster stays valid/);
    assert.doesNotMatch(shown, /End now|Extend/);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a click that comes too late is told in private, and changes no card`, async (t) => {
    const stage = await open(t);
    await stage.adapter.post(stage.channel, { ...approval, audience: undefined }, 'key-1');
    const before = stage.messages();
    stage.answer({ kind: 'notice', tone: 'info', text: 'Already approved by Noor, 2 min ago.' });

    await stage.press('environment.approve');

    await stage.until(() => stage.toldKim().includes('Already approved by Noor'));
    assert.deepEqual(stage.messages(), before);
  });

  test(`${platform}: an edit replaces what a message shows`, async (t) => {
    const stage = await open(t);
    const message = await stage.adapter.post(stage.channel, environment, 'key-1');

    await stage.adapter.update(message, { ...environment, phase: 'ready' });

    assert.equal(stage.messages().length, 1);
    assert.match(stage.messages()[0] ?? '', /pr-42 is ready/);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: a direct conversation reaches the person`, async (t) => {
    const stage = await open(t);

    const direct = await stage.adapter.openDirect(stage.kim);
    await stage.adapter.post(direct, NOTICE, 'key-1');

    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
    assert.deepEqual(stage.messages(), []);
  });

  test(`${platform}: a delivery that comes twice has the same key, and with it one effect and one answer`, async (t) => {
    const stage = await open(t);
    const effects = new Set<string>();
    stage.answer(async ({ dedupeKey }) => {
      if (effects.has(dedupeKey)) return undefined;
      effects.add(dedupeKey);
      return NOTICE;
    });
    await stage.command('delete pr-42');

    await stage.deliverAgain();
    await stage.adapter.stop();

    assert.equal(effects.size, 1);
    assert.equal(stage.toldKim().split('This is for Kim alone.').length - 1, 1);
  });

  test(`${platform}: a rate limit says how long to wait, and nothing was said twice or lost`, async (t) => {
    const stage = await open(t);
    stage.limitRate('post', 7);

    const refused = await stage.adapter.post(stage.channel, NOTICE, 'key-1').then(
      () => undefined,
      (error: unknown) => error,
    );

    assert.ok(refused instanceof ChatError);
    assert.equal(refused.reason, 'rate-limited');
    assert.equal(refused.retryAfterMs, 7_000);
    assert.deepEqual(stage.messages(), []);
  });

  test(`${platform}: a message that was deleted is posted anew, and that one is edited from then on`, async (t) => {
    const stage = await open(t);
    const { drive } = createCopies({ copies: createTestCopies(), chat: createChatRouter([stage.adapter]) });
    const card = { key: 'request-1:card', conversation: stage.channel, mayPost: true };
    await drive({ ...card, view: environment, revision: 1 });
    stage.deleteNewestMessage();

    await drive({ ...card, view: { ...environment, phase: 'ready' }, revision: 2 });
    const reposted = stage.messages();
    await drive({ ...card, view: { ...environment, phase: 'deleting' }, revision: 3 });

    assert.equal(reposted.length, 1);
    assert.match(reposted[0] ?? '', /pr-42 is ready/);
    assert.equal(stage.messages().length, 1);
    assert.doesNotMatch(stage.messages()[0] ?? '', /is ready/);
    assert.deepEqual(stage.problems(), []);
  });

  test(`${platform}: an answer that is too late for the platform still reaches the person`, async (t) => {
    const stage = await open(t);
    const { promise, resolve } = Promise.withResolvers<ChatReply>();
    stage.answer(() => promise);

    await stage.command('list');
    await stage.until(() => stage.toldKim().includes('Working on it'));
    resolve(NOTICE);

    await stage.until(() => stage.toldKim().includes('This is for Kim alone.'));
    assert.doesNotMatch(stage.toldKim(), /Not recorded/);
  });
}
