import assert from 'node:assert/strict';
import test from 'node:test';
import { Application } from '@microsoft/teams-ai';
import { type Activity, TestAdapter } from 'botbuilder';
import { pino } from 'pino';
import { createListeners } from '../../../src/chat/teams/listeners.ts';
import type { FormView } from '../../../src/domain/forms.ts';
import { accountKey } from '../../../src/domain/refs.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { mriOf, personalChatOf, readable } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { KIM, NOOR, SHOP, startHarness } from './harness.ts';

const NOTICE: NoticeView = { kind: 'notice', tone: 'success', text: 'Done, for you alone.' };
const FORM: FormView = sampleViews.form;
const CREDENTIALS = sampleViews.credentials;

test('the handlers take what botbuilder’s own test adapter sends', async () => {
  const requests: ChatRequest[] = [];
  const told: unknown[] = [];
  const app = new Application({ removeRecipientMention: false, startTypingTimer: false });
  const listeners = createListeners({
    dispatch: async (request) => {
      requests.push(request);
      return NOTICE;
    },
    actors: {
      resolve: async () => ({
        account: { platform: 'teams', tenantId: 'tenant', aadObjectId: KIM },
        standing: 'member',
        displayName: 'Kim Sample',
      }),
    },
    references: {
      learn: async () => undefined,
      find: async () => undefined,
      handles: async () => new Map(),
      forget: async () => undefined,
      left: async () => undefined,
    },
    seals: { fits: () => true },
    replies: () => ({
      close: () => undefined,
      perform: async (reply) => void told.push(reply),
      execute: () => 'executed',
      show: () => 'shown',
      conclude: () => 'concluded',
      concludeLate: async () => undefined,
      task: () => 'tasked',
      tell: async () => undefined,
    }),
    logger: pino({ level: 'silent' }),
  });
  listeners.register(app);
  const template = {
    channelId: 'msteams',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    from: { id: '29:kim', name: 'Kim Sample', aadObjectId: KIM },
    recipient: { id: '28:app', name: 'Purser' },
    conversation: { id: 'a:kim', tenantId: 'tenant', conversationType: 'personal', isGroup: false, name: '' },
  } as Partial<Activity>;
  const adapter = new TestAdapter(async (context) => void (await app.run(context)), template);

  await adapter.processActivity({ type: 'message', id: '1', text: 'env create dev' });
  await listeners.settled();

  assert.partialDeepStrictEqual(requests[0], { kind: 'command', text: 'create dev' });
  assert.deepEqual(told, [NOTICE]);
});

test('a greeting is answered with the home card, in the personal chat', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer(sampleViews.home);

  await teams.say(KIM, SHOP, '<at>Purser</at>');

  assert.equal(requests[0]?.kind, 'home');
  const card = await teams.until(() => teams.directMessages(KIM)[0]);
  assert.match(readable(card.card), /Waiting for you/);
  assert.deepEqual(teams.messagesIn(SHOP), []);
});

test('credentials open in a dialog, and are posted nowhere', async (t) => {
  const { teams, adapter, answer } = await startHarness(t);
  await adapter.post(
    {
      platform: 'teams',
      tenantId: teams.world.tenantId,
      conversationId: SHOP,
      serviceUrl: teams.config.apiUrl,
    },
    sampleViews['environment-ready'],
    'key-1',
  );
  const [card] = teams.messagesIn(SHOP);
  assert.ok(card);
  answer({ kind: 'open-form', form: CREDENTIALS });

  await teams.click(KIM, card, 'Reveal credentials');

  const secret = CREDENTIALS.entries[0]?.value ?? '';
  assert.ok(JSON.stringify(teams.dialogOf(KIM)?.card).includes(JSON.stringify(secret).slice(1, -1)));
  assert.ok(
    !JSON.stringify([teams.world.messages, teams.calls]).includes(JSON.stringify(secret).slice(1, -1)),
  );
});

test('where no dialog opens, a form is a message that is edited into its outcome', async (t) => {
  const { teams, answer } = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));
  teams.takeAnyToken();
  answer({ kind: 'open-form', form: FORM });
  await teams.command(KIM, SHOP, 'create dev');
  const form = await teams.until(() => teams.directMessages(KIM)[0]);
  answer({ kind: 'form-errors', errors: { name: 'That name is taken.' } });

  await teams.click(KIM, form, 'Request', { name: 'pr-42' });
  await teams.until(() => readable(form.card).includes('That name is taken.'));
  answer(NOTICE);
  await teams.click(KIM, form, 'Request', { name: 'pr-43' });

  await teams.until(() => readable(form.card).includes('Done, for you alone.'));
  assert.equal(teams.directMessages(KIM).length, 1);
});

test('a client that knows no Action.Execute is answered by a message', async (t) => {
  const { teams, adapter, requests, answer } = await startHarness(t);
  await adapter.post(
    {
      platform: 'teams',
      tenantId: teams.world.tenantId,
      conversationId: SHOP,
      serviceUrl: teams.config.apiUrl,
    },
    { ...sampleViews['approval-open'], audience: undefined },
    'key-1',
  );
  const [card] = teams.messagesIn(SHOP);
  assert.ok(card);
  answer(NOTICE);

  await teams.clickOldClient(NOOR, card, 'Approve');

  assert.partialDeepStrictEqual(requests[0], { kind: 'action', actionId: 'environment.approve' });
  await teams.until(() => teams.directMessages(NOOR).length === 1);
});

test('credentials are not posted for a client that can show them nowhere else', async (t) => {
  const { teams, adapter, answer } = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));
  teams.takeAnyToken();
  const place = {
    platform: 'teams' as const,
    tenantId: teams.world.tenantId,
    serviceUrl: teams.config.apiUrl,
  };
  await adapter.post({ ...place, conversationId: SHOP }, sampleViews['environment-ready'], 'key-1');
  const [card] = teams.messagesIn(SHOP);
  assert.ok(card);
  answer({ kind: 'open-form', form: CREDENTIALS });

  await teams.clickOldClient(KIM, card, 'Reveal credentials');
  const told = await teams.until(() => teams.directMessages(KIM)[0]);

  assert.match(readable(told.card), /never written into a chat/);
  const secret = JSON.stringify(CREDENTIALS.entries[0]?.value).slice(1, -1);
  assert.ok(!JSON.stringify([teams.world.messages, teams.calls]).includes(secret));
});

test('a form sent again under another id gets the answer of the first, and one request is made', async (t) => {
  const { teams, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  await teams.extension(KIM, SHOP, 'environment.request');
  answer(NOTICE);
  const sent = await teams.submit(KIM, { name: 'pr-42' });

  const [first, second] = await Promise.all([teams.redeliver(sent, 'fresh'), teams.redeliver(sent, 'fresh')]);

  assert.equal(requests.filter(({ kind }) => kind === 'form').length, 1);
  assert.deepEqual([first.body, second.body], [sent.body, sent.body]);
});

test('a button of an older Purser does nothing, and says so', async (t) => {
  const { teams, requests } = await startHarness(t);
  const activity = teams.activityOf(KIM, SHOP, {
    type: 'invoke',
    name: 'adaptiveCard/action',
    value: { action: { type: 'Action.Execute', verb: 'purser', data: { old: true } } },
  });

  const { body } = await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);

  assert.match(body.value, /older version/);
  assert.deepEqual(requests, []);
});

test('where somebody is reached is learned from what they do, and forgotten when they remove the app', async (t) => {
  const { teams, adapter } = await startHarness(t);
  const kim = { platform: 'teams' as const, tenantId: teams.world.tenantId, aadObjectId: KIM };
  await teams.say(KIM, 'me', 'env');

  await adapter.openDirect(kim);
  const known = teams.callsOf('create').length;
  await teams.uninstall(KIM);
  const refused = await adapter.openDirect(kim).then(
    () => undefined,
    (error: unknown) => error,
  );

  assert.equal(known, 0);
  assert.match(`${refused}`, /create: HTTP 403/);
});

test('a message extension works where the app is no member, for whoever has a chat with it', async (t) => {
  const { teams, references, requests, answer } = await startHarness(t);
  const chat = '19:kim_noor@unq.gbl.spaces';
  teams.addChannel({ id: chat, name: 'Kim and Noor', members: [KIM, NOOR], app: false });
  answer({ kind: 'open-form', form: FORM });
  await references.remember(
    { platform: 'teams', tenantId: teams.world.tenantId, aadObjectId: KIM },
    { userId: mriOf(KIM), serviceUrl: teams.config.apiUrl, conversationId: personalChatOf(KIM) },
  );

  await teams.extension(KIM, chat, 'environment.request');

  assert.partialDeepStrictEqual(requests.at(-1), { kind: 'action', actor: { standing: 'member' } });
  assert.ok(teams.dialogOf(KIM));
});

test('whoever adds the app to a team is reached from then on, and asked nothing', async (t) => {
  const { teams, adapter, references, requests } = await startHarness(t);
  const kim = { platform: 'teams' as const, tenantId: teams.world.tenantId, aadObjectId: KIM };

  await teams.addToTeam(KIM, SHOP);

  await adapter.stop();

  assert.equal((await references.recall([kim])).size, 1);
  assert.deepEqual(requests, []);
  assert.deepEqual(teams.world.messages, []);
});

test('word that the app was removed from a team teaches nothing, and nothing is posted there', async (t) => {
  const { teams, adapter, references, requests } = await startHarness(t);
  const { tenantId } = teams.world;
  const shop = {
    platform: 'teams' as const,
    tenantId,
    conversationId: SHOP,
    serviceUrl: teams.config.apiUrl,
  };

  const delivered = await teams.removeFromTeam(KIM, SHOP);
  const refused = await adapter.post(shop, NOTICE, 'key-1').catch((error: unknown) => error);
  await adapter.stop();

  assert.deepEqual(
    delivered.map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await references.recall([{ platform: 'teams', tenantId, aadObjectId: KIM }])).size, 0);
  assert.deepEqual(requests, []);
  assert.match(`${refused}`, /post: HTTP 403/);
});

test('whoever leaves a team is forgotten, unless their own chat with the app is known', async (t) => {
  const { teams, adapter, references } = await startHarness(t);
  const { tenantId } = teams.world;
  const account = (aadObjectId: string) => ({ platform: 'teams' as const, tenantId, aadObjectId });
  await teams.command(KIM, SHOP, 'list');
  await teams.command(NOOR, 'me', 'list');
  await teams.command(NOOR, SHOP, 'list');

  await teams.leave(KIM, SHOP);
  await teams.leave(NOOR, SHOP);
  await adapter.stop();

  const known = await references.recall([account(KIM), account(NOOR)]);
  assert.deepEqual([...known.keys()], [accountKey(account(NOOR))]);
});
