import assert from 'node:assert/strict';
import test from 'node:test';
import type { FormView } from '../../../src/domain/forms.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { readable } from '../../support/fake-slack.ts';
import { startHarness } from './harness.ts';

const NOTICE: NoticeView = { kind: 'notice', tone: 'info', text: 'Hello there' };
const CONFIRM: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Delete pr-42?',
  actions: [
    {
      actionId: 'environment.delete-confirmed',
      label: 'Delete',
      style: 'danger',
      payload: { name: 'pr-42' },
    },
  ],
};
const FORM: FormView = {
  kind: 'form',
  formId: 'environment.create',
  title: 'Request an environment',
  submitLabel: 'Request',
  fields: [
    { name: 'name', label: 'Name', schema: { type: 'string', maxLength: 22 }, required: true },
    {
      name: 'size',
      label: 'Size',
      schema: { type: 'string', enum: ['s', 'm', 'l'] },
      required: true,
      redraws: true,
    },
    { name: 'postgres', label: 'Postgres', schema: { type: 'boolean' }, required: false },
  ],
  values: { size: 's', postgres: true },
  notes: [{ label: 'Will be created', text: 'Namespace env-pr-42' }],
  context: { template: 'dev' },
};

test('a command becomes a request, and its answer is for the person alone', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer(NOTICE);

  const delivered = await slack.command('U0KIM', 'C0GENERAL', 'create dev');

  assert.equal(delivered.status, 200);
  const [request] = requests;
  assert.equal(request?.kind, 'command');
  assert.partialDeepStrictEqual(request, {
    kind: 'command',
    text: 'create dev',
    source: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' },
    actor: {
      account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIM' },
      standing: 'member',
      displayName: 'kim',
      profileEmail: 'kim@example.test',
    },
  });
  assert.match(readable(slack.privateTo('U0KIM')[0] ?? { blocks: [] }), /Hello there/);
  assert.deepEqual(slack.problems, []);
});

test('/inc and /incident are one command, in which whoever is mentioned is an account', async (t) => {
  const { slack, requests } = await startHarness(t);

  await slack.command('U0KIM', 'C0GENERAL', 'role lead <@U0NOOR|noor>', '/inc');
  await slack.command(
    'U0KIM',
    'C0GENERAL',
    'sev1 a &amp; b, see <https://x.test/a|x.test/a> &lt;now&gt;',
    '/incident',
  );
  await slack.command('U0KIM', 'C0GENERAL', 'create &amp;', '/env');

  assert.deepEqual(
    requests.map((request) => request.kind === 'command' && [request.command, request.text]),
    [
      ['incident', 'role lead <@U0NOOR|noor>'],
      ['incident', 'sev1 a & b, see https://x.test/a <now>'],
      ['env', 'create &amp;'],
    ],
  );
});

test('buttons that do the same thing to different ends are told apart', async (t) => {
  const { slack, adapter, requests } = await startHarness(t);
  const act = (role: string) => ({
    actionId: 'incident.act' as const,
    label: role,
    payload: { number: '142', act: `{"kind":"role","role":"${role}"}` },
  });
  const to = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' } as const;
  await adapter.post(to, { ...NOTICE, actions: ['lead', 'comms', 'scribe'].map(act) }, 'key');
  const [message] = slack.messagesIn('C0GENERAL');
  assert.ok(message);

  for (const drawn of ['incident.act', 'incident.act#1', 'incident.act#2']) {
    await slack.click('U0KIM', message, drawn);
  }

  assert.partialDeepStrictEqual(
    requests,
    ['lead', 'comms', 'scribe'].map((role) => ({ actionId: 'incident.act', payload: act(role).payload })),
  );
  assert.deepEqual(slack.problems, []);
});

test('a form opens, redraws, shows errors at their fields, and is submitted', async (t) => {
  const { slack, requests, answer } = await startHarness(t);

  answer({ kind: 'open-form', form: FORM });
  await slack.command('U0KIM', 'C0GENERAL', 'create');
  const opened = await slack.until(() => slack.modalOf('U0KIM'));
  assert.match(readable(opened.view), /Namespace env-pr-42/);

  answer({ kind: 'update-form', form: { ...FORM, notes: [{ label: 'Approval', text: 'FinOps decides' }] } });
  await slack.changeView('U0KIM', 'size', { name: 'pr-42', size: 'l' });
  await slack.until(() => readable(opened.view).includes('FinOps decides'));

  answer({ kind: 'form-errors', errors: { name: 'is taken', quota: 'is used up' } });
  await slack.submitView('U0KIM', { name: 'pr-42', size: 'l', postgres: false });
  assert.deepEqual(opened.errors, { name: 'is taken quota: is used up' });

  answer(NOTICE);
  await slack.submitView('U0KIM', { name: 'pr-43', size: 'l', postgres: false });
  await slack.until(() => slack.privateTo('U0KIM').length === 1);

  assert.equal(slack.modalOf('U0KIM'), undefined);
  const form = { kind: 'form', formId: 'environment.create', context: { template: 'dev' } };
  assert.partialDeepStrictEqual(requests.slice(1), [
    { ...form, phase: 'change', values: { name: 'pr-42', size: 'l', postgres: true } },
    { ...form, phase: 'submit', values: { name: 'pr-42', size: 'l', postgres: false } },
    { ...form, phase: 'submit', values: { name: 'pr-43', size: 'l', postgres: false } },
  ]);
  assert.equal(new Set(requests.map(({ dedupeKey }) => dedupeKey)).size, 4);
  assert.deepEqual(slack.problems, []);
});

test('a button carries its payload and its message; the answer to a question takes its place', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer(CONFIRM);
  await slack.command('U0KIM', 'C0GENERAL', 'delete pr-42');
  const [question] = slack.privateTo('U0KIM');
  assert.ok(question);

  answer({ ...NOTICE, text: 'Deleting pr-42' });
  await slack.click('U0KIM', question, 'environment.delete-confirmed');
  await slack.until(() => readable(question).includes('Deleting pr-42'));

  assert.partialDeepStrictEqual(requests[1], {
    kind: 'action',
    actionId: 'environment.delete-confirmed',
    payload: { name: 'pr-42' },
    source: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' },
  });
  assert.equal(slack.privateTo('U0KIM').length, 1);
  assert.deepEqual(slack.problems, []);
});

test('a button on a message names the message', async (t) => {
  const { slack, adapter, requests } = await startHarness(t);
  const to = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' } as const;
  const ref = await adapter.post(to, CONFIRM, 'key');
  const [message] = slack.messagesIn('C0GENERAL');
  assert.ok(message);

  await slack.click('U0NOOR', message, 'environment.delete-confirmed');

  assert.partialDeepStrictEqual(requests[0], { kind: 'action', source: ref, actor: { displayName: 'noor' } });
});

test('the shortcut and the home tab answer in the direct conversation', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  await slack.shortcut('U0KIM', 'environment.request');
  await slack.until(() => slack.modalOf('U0KIM'));
  answer({
    kind: 'home',
    person: { id: 'kim', name: 'Kim', accounts: [] },
    environments: [],
    incidents: [],
    access: [],
    awaitingMe: [],
    actions: [{ actionId: 'environment.request', label: 'Request', payload: {} }],
  });
  await slack.openHome('U0KIM');
  await slack.until(() => slack.homeOf('U0KIM'));
  answer(NOTICE);

  await slack.clickHome('U0KIM', 'environment.request');
  await slack.until(() => slack.directMessages('U0KIM').length === 1);

  const source = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0U0KIM' };
  assert.partialDeepStrictEqual(requests, [
    { kind: 'action', actionId: 'environment.request', source },
    { kind: 'home' },
    { kind: 'action', actionId: 'environment.request', source },
  ]);
  assert.deepEqual(slack.problems, []);
});

test('the shortcut that declares an incident opens its form', async (t) => {
  const { slack, requests, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: { ...FORM, formId: 'incident.declare' } });

  await slack.shortcut('U0KIM', 'incident.declare');
  const { view } = await slack.until(() => slack.modalOf('U0KIM'));

  assert.equal(view.callback_id, 'incident.declare');
  assert.partialDeepStrictEqual(requests, [{ kind: 'action', actionId: 'incident.declare', payload: {} }]);
});

test('credentials are shown in a form and nowhere else', async (t) => {
  const { slack, answer } = await startHarness(t);
  const value = 'p<a>s&s`word`';
  answer({
    kind: 'open-form',
    form: {
      kind: 'credentials',
      title: 'Credentials of pr-42',
      entries: [{ key: 'KEY', value }],
      note: 'Private',
    },
  });

  await slack.command('U0KIM', 'C0GENERAL', 'reveal');
  const modal = await slack.until(() => slack.modalOf('U0KIM'));

  assert.ok(readable(modal.view).includes(value));
  assert.ok(!JSON.stringify([slack.workspace.messages, slack.workspace.privates]).includes('word'));
  assert.deepEqual(slack.problems, []);
});

test('a form that cannot open any more is said so in private', async (t) => {
  const { slack, answer } = await startHarness(t);
  slack.fail('views.open', { kind: 'error', error: 'expired_trigger_id' });
  answer({ kind: 'open-form', form: FORM });

  await slack.command('U0KIM', 'C0GENERAL', 'create');

  const said = await slack.until(() =>
    slack.privateTo('U0KIM').find(({ text }) => text.includes('try again')),
  );
  assert.match(said.text, /Nothing was changed/);
});

test('a retry and a replay are the same request by key and id', async (t) => {
  const { slack, requests } = await startHarness(t);
  const delivered = await slack.command('U0KIM', 'C0GENERAL', 'create dev');

  const replayed = await delivered.replay();
  const retried = await delivered.retry();

  assert.deepEqual([replayed.status, retried.status], [200, 200]);
  assert.equal(requests.length, 3);
  assert.equal(new Set(requests.map(({ dedupeKey }) => dedupeKey)).size, 1);
  assert.equal(new Set(requests.map(({ requestId }) => requestId)).size, 1);
});

test('a request that hangs is acknowledged in time as being worked on, and its late answer is told', async (t) => {
  const { slack, answer } = await startHarness(t);
  let finish = (): void => undefined;
  answer(
    () =>
      new Promise((resolve) => {
        finish = () => resolve({ ...NOTICE, text: 'Recorded after all' });
      }),
  );

  const delivered = await slack.command('U0KIM', 'C0GENERAL', 'create dev');

  assert.equal(delivered.status, 200);
  assert.ok(delivered.tookMs < 3_000, `${delivered.tookMs} ms`);
  assert.match(readable(slack.privateTo('U0KIM')[0] ?? { blocks: [] }), /Working on it/);
  finish();
  await slack.until(() => slack.privateTo('U0KIM').some(({ text }) => text.includes('Recorded after all')));
});

test('a form whose submission hangs keeps what was typed', async (t) => {
  const { slack, answer } = await startHarness(t);
  answer({ kind: 'open-form', form: FORM });
  await slack.command('U0KIM', 'C0GENERAL', 'create');
  const modal = await slack.until(() => slack.modalOf('U0KIM'));
  let finish = (): void => undefined;
  answer(
    () =>
      new Promise((resolve) => {
        finish = () => resolve(undefined);
      }),
  );

  const delivered = await slack.submitView('U0KIM', { name: 'pr-42' });

  assert.ok(delivered.tookMs < 3_000, `${delivered.tookMs} ms`);
  assert.match(modal.errors.name ?? '', /Working on it/);
  finish();
});
