import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotaRequest, QuotaVote } from '../../src/domain/quota-requests.ts';
import {
  action,
  actorOf,
  createTestContext,
  form,
  NOW,
  type TestContext,
} from '../support/commands-context.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleQuotaState } from '../support/quota-context.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const ABOUT = { limit: 'perOwner', template: 'dev', team: 'shop' };
const BUTTON = { ...ABOUT, person: 'kim', requestId: 'request-1' };
const FILLED = { reason: 'two branches at once', extra: '2', lasts: '14d' };

function full(directory = sampleDirectory()): TestContext {
  const context = createTestContext({}, directory);
  context.places.perOwner.taken = 3;
  return context;
}

/** With a request of Kim's that Ravi may decide. */
function asked(changes: Parameters<typeof sampleQuotaState>[0] = {}): TestContext {
  const context = full();
  context.quota.state = sampleQuotaState(changes);
  return context;
}

test('the form says what is full and who decides, and what is sent starts a request, audited first', async () => {
  const { dispatch, done, audit } = full();

  const opened = asForm(await dispatch(action(actorOf('kim'), 'quota.ask', ABOUT)));
  const reply = await dispatch(form(actorOf('kim'), 'quota.ask', FILLED, { context: opened.context }));

  assert.match(opened.intro ?? '', /^You have 3 of 3 environments of “dev”/);
  assert.deepEqual(opened.notes, [{ label: 'Who decides', text: 'Ravi Sample, within 3 days.' }]);
  assert.deepEqual(opened.values, { extra: '1', lasts: '30d' });
  const { requestId, ...request } = (done[0]?.input ?? {}) as QuotaRequest;
  assert.deepEqual(request, {
    person: 'kim',
    limit: 'perOwner',
    template: 'dev',
    title: 'Developer environment',
    team: 'shop',
    extra: 2,
    lastsMs: 14 * 86_400_000,
    reason: 'two branches at once',
    withinMs: 3 * 86_400_000,
  });
  assert.match(
    said(reply),
    /^Asked for 2 more environments of “dev”\.\nWho decides: Ravi Sample, within 3 days/,
  );
  assert.deepEqual(
    audit.map((row) => [row.action, row.actor, row.subject, row.outcome, row.detail.requestId]),
    [['quota.request', 'kim', 'quota/kim/perOwner/dev', 'intended', requestId]],
  );
});

test('a reason that says nothing is refused at its field, and more than may be asked for is not taken', async () => {
  const { dispatch, done } = full();
  const send = (values: Partial<typeof FILLED>) =>
    dispatch(form(actorOf('kim'), 'quota.ask', { ...FILLED, ...values }, { context: ABOUT }));

  assert.match(asErrors(await send({ reason: ' because   ' })).reason ?? '', /at least 10 characters/);
  for (const values of [
    { extra: '6' },
    { extra: '0' },
    { extra: '1.5' },
    { lasts: '91d' },
    { lasts: 'ever' },
  ]) {
    assert.match(said(await send(values)), /nothing was done/);
  }
  assert.deepEqual(done, []);
});

test('asking again shows the request that is open, also to the slower of two at once', async () => {
  const { dispatch, done } = asked();
  const late = full();
  late.context.quota.start = async () => {
    late.quota.state = sampleQuotaState();
    return { ok: false, type: 'WrongState', message: 'asked already' };
  };
  const submission = form(actorOf('kim'), 'quota.ask', FILLED, { context: ABOUT });

  const again = await dispatch(action(actorOf('kim'), 'quota.ask', ABOUT));
  const slower = await late.dispatch(submission);

  assert.match(
    said(again),
    /^You have asked for 1 more .* already.*\nWho decides: Ravi Sample, until 2026-04-04/,
  );
  assert.deepEqual(slower, again);
  assert.deepEqual(done, []);
});

test('one that is decided does not keep anybody from asking once more', async () => {
  const { dispatch } = asked({
    decision: { outcome: 'denied', by: ['ravi'], at: NOW.toISOString(), reason: 'no budget' },
  });

  asForm(await dispatch(action(actorOf('kim'), 'quota.ask', ABOUT)));
});

test('where a place has become free there is nothing to ask for', async () => {
  const { dispatch, done } = createTestContext();

  const reply = asNotice(await dispatch(action(actorOf('kim'), 'quota.ask', ABOUT)));

  assert.match(reply.text, /There is a place by now/);
  assert.deepEqual(reply.actions?.[0]?.payload, { template: 'dev' });
  assert.deepEqual(done, []);
});

test('a request that nobody could approve is refused at once: nobody approves their own', async () => {
  const directory = sampleDirectory();
  directory.teams.find(({ id }) => id === 'shop')?.members.push('ravi');
  const { dispatch, done } = full(directory);

  const opened = await dispatch(action(actorOf('ravi'), 'quota.ask', ABOUT));
  const sent = await dispatch(form(actorOf('ravi'), 'quota.ask', FILLED, { context: ABOUT }));

  assert.match(
    said(opened),
    /^Nobody could approve more for you.*\nMore is approved by anybody with the role admin/,
  );
  assert.deepEqual(sent, opened);
  assert.deepEqual(done, []);
});

test('for a team that is not theirs nobody asks, and for a template that is gone neither', async () => {
  const { dispatch, done } = full();

  const foreign = await dispatch(
    form(actorOf('kim'), 'quota.ask', FILLED, { context: { ...ABOUT, team: 'finops' } }),
  );
  const gone = await dispatch(
    form(actorOf('kim'), 'quota.ask', FILLED, { context: { ...ABOUT, template: 'nope' } }),
  );

  assert.match(said(foreign), /^You may not create environments/);
  assert.match(said(gone), /no template “nope”/);
  assert.deepEqual(done, []);
});

test('an approver approves with one press, and denies with a reason', async () => {
  const { dispatch, done } = asked();

  const approved = await dispatch(action(actorOf('ravi'), 'quota.approve', BUTTON));
  const opened = asForm(await dispatch(action(actorOf('ravi'), 'quota.deny', BUTTON)));
  const unsaid = asErrors(
    await dispatch(form(actorOf('ravi'), 'quota.deny', { reason: ' ' }, { context: opened.context })),
  );
  const denied = await dispatch(
    form(actorOf('ravi'), 'quota.deny', { reason: 'no budget' }, { context: opened.context }),
  );

  assert.match(said(approved), /Your approval is recorded/);
  assert.match(opened.intro ?? '', /^Kim Sample asked for 1 more environment of “dev”/);
  assert.match(unsaid.reason ?? '', /say why/);
  assert.match(said(denied), /Your denial is recorded/);
  const { account } = actorOf('ravi');
  assert.deepEqual(
    done.map(({ input }) => input as QuotaVote),
    [
      { requestId: 'request-1', person: 'ravi', account, decision: 'approve', reason: undefined },
      { requestId: 'request-1', person: 'ravi', account, decision: 'deny', reason: 'no budget' },
    ],
  );
});

test('who may not decide reads who can, and what the directory was not asked about is audited', async () => {
  const { dispatch, done, audit } = asked();
  const press = (person: string, more = {}) =>
    dispatch(action(actorOf(person), 'quota.approve', { ...BUTTON, ...more }));

  assert.match(said(await press('kim')), /You asked for this yourself.*\nWho can decide: Ravi Sample/);
  assert.match(
    said(await press('lee')),
    /^You cannot decide.*\n.*\nThe rule: more environments.*\n.*Ravi Sample/,
  );
  assert.match(said(await press('ravi', { requestId: 'older' })), /belongs to an earlier request/);
  assert.deepEqual(
    audit.map(({ actor, detail }) => `${actor} ${detail.because}`),
    ['kim SelfDecision', 'ravi StaleRequest'],
  );
  assert.deepEqual(done, []);
});

test('whoever comes too late reads who decided, when and why', async () => {
  const at = new Date(NOW.getTime() - 120_000).toISOString();
  const { dispatch } = asked({ decision: { outcome: 'denied', by: ['ravi'], at, reason: 'no budget' } });

  const approved = await dispatch(action(actorOf('ravi'), 'quota.approve', BUTTON));
  const denied = await dispatch(action(actorOf('ravi'), 'quota.deny', BUTTON));

  assert.equal(
    said(approved),
    'This was already denied by Ravi Sample, 2 minutes ago.\nThe reason: no budget',
  );
  assert.deepEqual(denied, approved);
});

test('the card has buttons for those who were asked, and nobody else', async () => {
  const { dispatch } = asked();
  const { requestId: _, ...show } = BUTTON;
  const buttonsFor = async (person: string) => {
    const card = await dispatch(action(actorOf(person), 'quota.approval', show));
    assert.equal(card?.kind, 'approval');
    return card?.kind === 'approval' ? card.actions.map(({ actionId }) => actionId) : [];
  };

  assert.deepEqual(await buttonsFor('ravi'), ['quota.approve', 'quota.deny']);
  assert.deepEqual(await buttonsFor('kim'), []);
});

test('while Temporal does not answer, nothing is said to be done, and the form stays', async () => {
  const { dispatch, context } = full();
  context.quota.start = async () => ({ ok: false, type: 'Unavailable', message: 'no answer' });
  context.quota.decide = async () => ({ ok: false, type: 'Unavailable', message: 'no answer' });

  const sent = await dispatch(form(actorOf('kim'), 'quota.ask', FILLED, { context: ABOUT }));
  const pressed = await dispatch(action(actorOf('ravi'), 'quota.approve', BUTTON));

  assert.match(asErrors(sent)[''] ?? '', /Not recorded/);
  assert.match(said(pressed), /Not recorded/);
});
