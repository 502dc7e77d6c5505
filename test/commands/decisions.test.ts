import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentState } from '../../src/domain/environments.ts';
import type { AuditEvent } from '../../src/domain/ports.ts';
import type { Launchers } from '../../src/temporal/launchers.ts';
import { action, actorOf, command, createTestContext, form, NOW } from '../support/commands-context.ts';
import { SAMPLE_DIGEST, sampleDirectory, sampleState } from '../support/environment-samples.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const PAYLOAD = { name: 'pr-42', requestId: 'request-1', digest: SAMPLE_DIGEST };

test('an approval goes to the workflow with the person, the account and the digest that was seen', async () => {
  const { dispatch, done } = waiting();

  const reply = asNotice(await dispatch(action(actorOf('noor'), 'environment.approve', PAYLOAD)));

  assert.equal(reply.tone, 'success');
  assert.deepEqual(done[0]?.input, {
    ...PAYLOAD,
    person: 'noor',
    account: actorOf('noor').account,
    decision: 'approve',
    reason: undefined,
    signedIn: undefined,
  });
});

test('a denial asks for its reason first', async () => {
  const { dispatch, done } = waiting();

  const opened = asForm(await dispatch(action(actorOf('noor'), 'environment.deny', PAYLOAD)));
  const errors = asErrors(
    await dispatch(
      form(actorOf('noor'), 'environment.deny', { reason: '  . ' }, { context: opened.context }),
    ),
  );
  const tooLong = asErrors(
    await dispatch(
      form(actorOf('noor'), 'environment.deny', { reason: 'x'.repeat(3_000) }, { context: opened.context }),
    ),
  );
  await dispatch(
    form(actorOf('noor'), 'environment.deny', { reason: ' use m ' }, { context: opened.context }),
  );

  assert.deepEqual(opened.context, PAYLOAD);
  assert.match(errors.reason ?? '', /say why/);
  assert.match(tooLong.reason ?? '', /under 1000 characters; this has 3000/);
  assert.equal(done.length, 1);
  assert.equal((done[0]?.input as { reason?: string } | undefined)?.reason, 'use m');
});

test('what takes a sign-in leads to where one signs in, and the same press does it then', async () => {
  const asked: unknown[] = [];
  const askToSignIn = async (request: unknown) => {
    asked.push(request);
    return 'https://purser.test/sign-in?id=1';
  };
  const signedIn = { person: 'noor', issuer: 'https://sso.test', subject: 's-1', at: NOW.toISOString() };
  const votes: unknown[] = [];
  const launchers = signInWanted(votes);
  const { dispatch } = createTestContext({ askToSignIn, launchers });

  const first = await dispatch(action(actorOf('noor'), 'environment.approve', PAYLOAD));
  const second = await dispatch(action(actorOf('noor', { signedIn }), 'environment.approve', PAYLOAD));
  const swapped = await dispatch(
    action(actorOf('noor', { signedIn: { ...signedIn, person: 'lee' } }), 'environment.approve', PAYLOAD),
  );

  assert.ok(first?.kind === 'notice');
  assert.deepEqual(first.link, { label: 'Sign in and go on', url: 'https://purser.test/sign-in?id=1' });
  assert.partialDeepStrictEqual(asked, [
    { what: 'Approve “pr-42”', person: 'noor', press: { actionId: 'environment.approve', payload: PAYLOAD } },
  ]);
  assert.match(said(second), /Your approval of “pr-42” is recorded/);
  assert.match(said(swapped), /belongs to somebody else than the one who has signed in/);
  assert.deepEqual(votes, [undefined, signedIn]);
});

test('without an identity provider what takes a sign-in is not done, and says what is missing', async () => {
  const { dispatch } = createTestContext({ launchers: signInWanted([]) });

  const reply = said(await dispatch(action(actorOf('noor'), 'environment.approve', PAYLOAD)));

  assert.match(reply, /you have to sign in, and Purser knows no identity provider.*OIDC_ISSUER/s);
});

/** Takes no approval without a sign-in. */
function signInWanted(votes: unknown[]): Launchers {
  const { launchers } = createTestContext().context;
  return {
    ...launchers,
    async decide({ signedIn }) {
      votes.push(signedIn);
      if (signedIn !== undefined) return { ok: true };
      return { ok: false, type: 'SignInNeeded', message: 'Whoever approves this signs in for it.' };
    },
  };
}

test('the requester is refused from any account of theirs, and reads who can', async () => {
  const directory = sampleDirectory();
  const second = { platform: 'teams', tenantId: 'tenant', aadObjectId: 'kim-in-teams' } as const;
  directory.people.find(({ id }) => id === 'kim')?.accounts.push(second);
  const { dispatch, done, audit } = waiting({}, directory);

  for (const actor of [actorOf('kim'), actorOf('kim', { account: second })]) {
    const reply = said(await dispatch(action(actor, 'environment.approve', PAYLOAD)));

    assert.equal(
      reply,
      'You asked for this yourself, so somebody else has to decide.\nWho can decide: Noor Sample.',
    );
  }
  assert.deepEqual(done, []);
  assert.deepEqual(refusals(audit), [
    'environment.approve kim SelfDecision slack:T0SAMPLE:U0KIM',
    'environment.approve kim SelfDecision teams:tenant:kim-in-teams',
  ]);
});

test('somebody the rule does not name reads the rule, and who it names', async () => {
  const { dispatch, audit } = waiting();

  const reply = said(await dispatch(action(actorOf('lee'), 'environment.approve', PAYLOAD)));

  assert.equal(
    reply,
    [
      'You cannot decide on “pr-42”.',
      'Why: you are not in team FinOps',
      'The rule: size l is approved by team FinOps.',
      'Who can decide: Noor Sample.',
    ].join('\n'),
  );
  // The workflow, which asked the directory, has written it down.
  assert.deepEqual(audit, []);
});

test('a click that comes too late reads who decided, when and why', async () => {
  const { dispatch, audit } = waiting({
    phase: 'gone',
    end: 'denied',
    approval: {
      ...sampleState().approval,
      decision: { outcome: 'denied', by: ['noor'], at: '2026-04-01T09:15:00.000Z', reason: 'use size m' },
    },
  });

  for (const actionId of ['environment.approve', 'environment.deny']) {
    const reply = said(await dispatch(action(actorOf('noor'), actionId, PAYLOAD)));

    assert.equal(reply, '“pr-42” was already denied by Noor Sample, 45 minutes ago.\nThe reason: use size m');
  }
  assert.deepEqual(refusals(audit), [
    'environment.approve noor AlreadyDecided slack:T0SAMPLE:U0NOOR',
    'environment.deny noor AlreadyDecided slack:T0SAMPLE:U0NOOR',
  ]);
});

test('a reason that comes too late is audited, once however often it is delivered', async () => {
  const decision = { outcome: 'approved' as const, by: ['noor'], at: '2026-04-01T09:15:00.000Z' };
  const { dispatch, audit } = waiting({
    phase: 'ready',
    approval: { ...sampleState().approval, decision },
  });
  const late = form(actorOf('noor'), 'environment.deny', { reason: 'too large' }, { context: PAYLOAD });

  await dispatch(late);
  await dispatch(late);

  assert.equal(audit.length, 1);
  assert.equal(audit[0]?.subject, 'environment/local/pr-42');
  assert.equal(audit[0]?.outcome, 'refused');
  assert.deepEqual(audit[0]?.detail, {
    requestId: 'request-1',
    digest: SAMPLE_DIGEST,
    because: 'AlreadyDecided',
    account: 'slack:T0SAMPLE:U0NOOR',
    reason: 'too large',
  });
});

test('a button of an older request decides nothing', async () => {
  const { dispatch, done, audit } = waiting();

  for (const actionId of ['environment.approve', 'environment.deny']) {
    const reply = said(await dispatch(action(actorOf('noor'), actionId, { ...PAYLOAD, requestId: 'older' })));

    assert.match(reply, /belongs to an earlier environment/);
  }
  assert.deepEqual(done, []);
  assert.deepEqual(refusals(audit), [
    'environment.approve noor StaleRequest slack:T0SAMPLE:U0NOOR',
    'environment.deny noor StaleRequest slack:T0SAMPLE:U0NOOR',
  ]);
});

test('a request that is no more says so', async () => {
  const { dispatch } = createTestContext();

  const reply = said(await dispatch(action(actorOf('noor'), 'environment.approve', PAYLOAD)));

  assert.match(reply, /There is no environment “pr-42”|was not found/);
});

test('home shows an approver what waits for them, with the buttons, and nobody else', async () => {
  const { dispatch } = waiting();

  const [noor, kim] = await Promise.all(
    ['noor', 'kim'].map((person) => dispatch({ ...command(actorOf(person), ''), kind: 'home' })),
  );

  assert.deepEqual(
    noor?.kind === 'home' && noor.awaitingMe.map(({ actions }) => actions.map(({ actionId }) => actionId)),
    [['environment.approve', 'environment.deny']],
  );
  assert.deepEqual(kim?.kind === 'home' && kim.awaitingMe, []);
  assert.deepEqual(kim?.kind === 'home' && kim.environments.map(({ name }) => name), ['pr-42']);
});

function refusals(audit: AuditEvent[]): string[] {
  return audit.map(
    ({ action: what, actor, detail }) => `${what} ${actor} ${detail.because} ${detail.account}`,
  );
}

function waiting(changes: Partial<EnvironmentState> = {}, directory = sampleDirectory()) {
  const testContext = createTestContext({}, directory);
  testContext.environments.set('pr-42', sampleState({ phase: 'awaiting-approval', ...changes }));
  return testContext;
}
