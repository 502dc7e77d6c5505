import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantState } from '../../src/domain/access.ts';
import type { ApprovalView } from '../../src/domain/views.ts';
import {
  activeGrant,
  sampleExtension,
  sampleGrant,
  sampleStage,
  sampleVote,
} from '../support/access-samples.ts';
import { action, actorOf, createTestContext, form } from '../support/commands-context.ts';
import { SAMPLE_DIGEST, sampleDirectory } from '../support/environment-samples.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const PAYLOAD = { beneficiary: 'kim', id: '3f9a0c1288', digest: SAMPLE_DIGEST, stage: '0' };

function waiting(state: GrantState = sampleGrant(), directory = sampleDirectory()) {
  const scene = createTestContext({}, directory);
  scene.grants.add(state);
  return scene;
}

type Scene = ReturnType<typeof waiting>;

const press = (scene: Scene, who: string, actionId: string, changes: Record<string, string> = {}) =>
  scene.dispatch(action(actorOf(who), actionId, { ...PAYLOAD, ...changes }));
const refusals = ({ audit }: Scene) =>
  audit.map(({ action: what, actor, detail }) => `${what} ${actor} ${detail.because}`);

test('an approval goes to the workflow with the person, the account, the stage and the rules that were seen', async () => {
  const scene = waiting();

  const reply = asNotice(await press(scene, 'lee', 'access.approve'));

  assert.equal(reply.tone, 'success');
  assert.deepEqual(scene.done, [
    {
      call: 'vote',
      input: {
        beneficiary: 'kim',
        id: '3f9a0c1288',
        digest: SAMPLE_DIGEST,
        stage: 0,
        person: 'lee',
        account: actorOf('lee').account,
        decision: 'approve',
      },
    },
  ]);
});

test('what takes a sign-in leads to where one signs in, and the same press does it then', async () => {
  const asked: unknown[] = [];
  const votes: unknown[] = [];
  const scene = createTestContext({
    async askToSignIn(request) {
      asked.push(request);
      return 'https://purser.test/sign-in?id=1';
    },
  });
  scene.grants.add(sampleGrant());
  scene.context.access.launchers.vote = async (_grant, { signedIn }) => {
    votes.push(signedIn);
    return signedIn === undefined ? { ok: false, type: 'SignInNeeded', message: 'Sign in.' } : { ok: true };
  };
  const signedIn = {
    person: 'lee',
    issuer: 'https://sso.test',
    subject: 's-1',
    at: '2026-04-01T10:00:00.000Z',
  };

  const first = asNotice(await press(scene, 'lee', 'access.approve'));
  const second = said(await scene.dispatch(action(actorOf('lee', { signedIn }), 'access.approve', PAYLOAD)));

  assert.equal(first.link?.url, 'https://purser.test/sign-in?id=1');
  assert.partialDeepStrictEqual(asked, [
    { what: 'Approve “Edit in the cluster” for Kim Sample', person: 'lee', press: { payload: PAYLOAD } },
  ]);
  assert.match(second, /approval is recorded/);
  assert.deepEqual(votes, [undefined, signedIn]);
});

test('a denial asks for its reason first', async () => {
  const scene = waiting();

  const { context } = asForm(await press(scene, 'lee', 'access.deny'));
  const deny = (reason: string) =>
    scene.dispatch(form(actorOf('lee'), 'access.deny', { reason }, { context }));
  const errors = asErrors(await deny(' . '));
  await deny(' do it together ');

  assert.match(errors.reason ?? '', /say why/);
  assert.equal(scene.done.length, 1);
  assert.partialDeepStrictEqual(scene.done[0]?.input, {
    decision: 'deny',
    reason: 'do it together',
    stage: 0,
  });
});

test('nobody decides on what they asked for or get, from any account of theirs', async () => {
  const directory = sampleDirectory();
  const second = { platform: 'teams', tenantId: 'tenant', aadObjectId: 'kim-in-teams' } as const;
  directory.people.find(({ id }) => id === 'kim')?.accounts.push(second);
  const scene = waiting(sampleGrant({ requester: 'lee' }), directory);

  for (const actor of [actorOf('lee'), actorOf('kim'), actorOf('kim', { account: second })]) {
    const reply = said(await scene.dispatch(action(actor, 'access.approve', PAYLOAD)));

    assert.match(reply, /This is about yourself, so somebody else has to decide it/);
  }
  assert.deepEqual(scene.done, []);
});

test('somebody the rule does not name reads the rule, and who it names', async () => {
  const scene = waiting();

  const reply = said(await press(scene, 'noor', 'access.approve'));

  assert.equal(
    reply,
    [
      'You cannot decide on “Edit in the cluster”.',
      'Why: You are not among those who may decide this: it takes one of the leads of team Shop.',
      'The rule: one of the leads of team Shop.',
      'Who can decide: Lee Sample.',
    ].join('\n'),
  );
  // The workflow, which asked the directory, has written it down.
  assert.deepEqual(scene.audit, []);
});

test('a click that comes too late reads who decided, when and why', async () => {
  const denial = sampleVote('lee', { decision: 'deny', reason: 'do it together' });
  const scene = waiting(
    sampleGrant({ phase: 'ended', end: 'denied', stages: [sampleStage({ votes: [denial] })] }),
  );

  for (const actionId of ['access.approve', 'access.deny']) {
    const reply = said(await press(scene, 'lee', actionId));

    assert.equal(
      reply,
      '“Edit in the cluster” was already denied by Lee Sample, 45 minutes ago.\nThe reason: do it together',
    );
  }
  assert.deepEqual(refusals(scene), ['access.approve lee AlreadyDecided', 'access.deny lee AlreadyDecided']);
});

test('a card of other rules, or of a stage that is not asked now, decides nothing', async () => {
  const scene = waiting();

  for (const changes of [{ digest: 'older' }, { stage: '1' }] as Record<string, string>[]) {
    for (const actionId of ['access.approve', 'access.deny']) {
      const reply = said(await press(scene, 'noor', actionId, changes));

      assert.match(
        reply,
        /rules for “Edit in the cluster” have changed since this card, and nothing was done/,
      );
    }
  }
  assert.deepEqual(scene.done, []);
  assert.ok(refusals(scene).every((line) => line.endsWith('StaleRequest')));
  assert.equal(scene.audit.length, 4);
});

test('what was withdrawn waits for nobody, and says who did it', async () => {
  const scene = waiting(sampleGrant({ phase: 'ended', end: 'withdrawn', endedBy: 'kim' }));

  const reply = said(await press(scene, 'lee', 'access.approve'));

  assert.equal(reply, '“Edit in the cluster” is not waiting for approval any more.\nEnded by Kim Sample.');
});

test('what is long over, or was never there, is said to be so', async () => {
  const scene = createTestContext();

  for (const actionId of ['access.approve', 'access.deny', 'access.approval']) {
    // Without a state there is nothing to refuse it in memory: the launcher answers as for an unknown workflow.
    scene.context.access.launchers.vote = async () => ({ ok: false, type: 'WrongState', message: 'gone' });
    assert.match(said(await press(scene, 'lee', actionId)), /nothing is known of it any more/);
  }
});

test('an extension is decided on by itself', async () => {
  const scene = waiting(activeGrant({ extensions: [sampleExtension()] }));
  const extension = 'extension-1';

  const { context } = asForm(await press(scene, 'lee', 'access.deny', { extension }));
  await press(scene, 'lee', 'access.approve', { extension });
  const own = said(await press(scene, 'kim', 'access.approve', { extension }));
  const late = said(await press(scene, 'lee', 'access.approve'));

  assert.equal(context.extension, extension);
  assert.partialDeepStrictEqual(scene.done[0]?.input, { extension, person: 'lee' });
  assert.match(own, /about yourself/);
  assert.match(late, /was already approved by Lee Sample/);
});

test('the card is shown with buttons to those who may decide, without to whoever may look, and else not at all', async () => {
  const scene = waiting();
  const card = async (who: string) => (await press(scene, who, 'access.approval')) as ApprovalView;

  assert.deepEqual(
    (await card('lee')).actions.map(({ actionId }) => actionId),
    ['access.approve', 'access.deny'],
  );
  assert.deepEqual((await card('kim')).actions, []);
  assert.equal((await card('kim')).kind, 'approval');
  const stranger = scene.directory.people.find(({ id }) => id === 'noor');
  assert.ok(stranger);
  scene.grants.add(sampleGrant({ stages: [sampleStage()] }));
  assert.match(
    said(await press(scene, 'noor', 'access.approval')),
    /You may not see the access of Kim Sample/,
  );
});
