import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EnvironmentState, Trouble } from '../../src/domain/environments.ts';
import { sampleState } from '../support/environment-samples.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const context = {
  state: sampleState({ phase: 'requested' }),
  origin: SHOP_CHANNEL,
  question: 'question-1',
};
const by = { team: 'finops' };
const quota = { perOwner: 1, perTeam: 5 };
const PLACE = { template: 'dev', owner: 'kim', team: 'shop' };

test('admitted: a place is taken once, and the approvers are named without the requester', async () => {
  const scene = await stage.scene();

  const first = await scene.run(scene.activities.admit, {
    ...context,
    quota,
    by: { team: 'finops', people: ['kim'] },
  });
  await scene.run(scene.activities.admit, { ...context, quota, by });

  assert.deepEqual(first, { approvers: ['noor'] });
  const { perOwner, perTeam, inAll } = await scene.deps.places.count(PLACE);
  assert.deepEqual([perOwner.taken, perTeam.taken, inAll.taken], [1, 1, 1]);
  assert.deepEqual(await rows(scene), ['environment.create kim allowed']);
});

test('no place left: refused for good, with what to do', async () => {
  const scene = await stage.scene();
  await scene.run(scene.activities.admit, { ...context, quota });
  const second = { ...context, state: { ...context.state, requestId: 'request-2', name: 'pr-43' } };

  const admission = scene.run(scene.activities.admit, { ...second, quota }, 'activity-2');

  await assert.rejects(admission, (error: Error & { type?: string; details?: Trouble[] }) => {
    assert.equal(error.type, 'NoPlace');
    assert.match(error.message, /^Kim Sample has 1 of 1 environments of “dev”/);
    assert.match(error.details?.[0]?.next ?? '', /Delete one .* or ask for more/);
    assert.equal(error.details?.[0]?.limit, 'perOwner');
    return true;
  });
  assert.equal((await rows(scene)).at(-1), 'environment.admit purser refused');
});

test('a person with as many environments as anybody may have gets no place of another template either', async () => {
  const scene = await stage.scene();
  const { environmentsPerPerson } = (await scene.deps.policy()).limits;
  for (let number = 0; number < environmentsPerPerson; number += 1) {
    const place = { template: `template-${number}`, owner: 'kim', team: 'shop' };
    await scene.deps.places.claim({
      ...place,
      holder: `held-${number}`,
      limits: { perOwner: 9, perTeam: 99, inAll: 99 },
    });
  }

  const admission = scene.run(scene.activities.admit, { ...context, quota });

  await assert.rejects(admission, {
    type: 'NoPlace',
    message: /Kim Sample has 10 of 10 environments: .*whatever their template/,
  });
});

test('who may no longer create is not admitted', async () => {
  const scene = await stage.scene();
  deactivate(scene, 'kim');

  const admission = scene.run(scene.activities.admit, { ...context, quota });

  await assert.rejects(admission, { type: 'Forbidden', nonRetryable: true });
  assert.equal((await scene.deps.places.count(PLACE)).perOwner.taken, 0);
});

const decisions = [
  { person: 'noor', type: undefined },
  { person: 'kim', type: 'SelfDecision' },
  { person: 'lee', type: 'Forbidden' },
  { person: 'stranger', type: 'Forbidden' },
];
for (const { person, type } of decisions) {
  test(`a decision by ${person} is ${type ?? 'allowed'}, and audited`, async () => {
    const scene = await stage.scene();

    const decision = scene.run(scene.activities.authorizeDecision, {
      ...context,
      by,
      ...vote(person, 'deny', 'use size m'),
    });

    if (type === undefined) await decision;
    else await assert.rejects(decision, { type, nonRetryable: true });
    assert.deepEqual(await rows(scene), [`environment.deny ${person} ${type ? 'refused' : 'allowed'}`]);
    const { detail } = (await scene.audit())[0] ?? {};
    assert.equal(detail?.account, `slack:T0SAMPLE:U0${person.toUpperCase()}`);
    assert.equal(detail?.reason, 'use size m');
  });
}

test('what takes a sign-in is approved by whoever has signed in, and denied by a press', async () => {
  const scene = await stage.scene();
  const input = { ...context, by, signIn: true };
  const signedIn = {
    person: 'noor',
    issuer: 'https://sso.test',
    subject: 's-1',
    at: '2026-04-01T10:00:00.000Z',
  };
  const cast = (cast: ReturnType<typeof vote>, proof?: typeof signedIn) =>
    scene.run(scene.activities.authorizeDecision, { ...input, ...cast, signedIn: proof });

  await assert.rejects(cast(vote('noor', 'approve')), { type: 'SignInNeeded', nonRetryable: true });
  await assert.rejects(cast(vote('noor', 'approve'), { ...signedIn, person: 'lee' }), {
    type: 'SignInNeeded',
  });
  await assert.rejects(cast(vote('lee', 'approve'), { ...signedIn, person: 'lee' }), { type: 'Forbidden' });
  await cast(vote('noor', 'deny', 'not now'));
  await cast(vote('noor', 'approve'), signedIn);

  const audited = await scene.audit();
  assert.equal(audited.at(-1)?.outcome, 'allowed');
  assert.equal(audited.at(-1)?.detail?.signedIn, 'https://sso.test s-1 2026-04-01T10:00:00.000Z');
});

test('a requester who is also among the approvers still cannot decide', async () => {
  const scene = await stage.scene();
  const input = { ...context, by: { people: ['kim'] }, ...vote('kim', 'approve') };

  await assert.rejects(scene.run(scene.activities.authorizeDecision, input), { type: 'SelfDecision' });
});

test('an approver who left between the click and the effect no longer counts', async () => {
  const scene = await stage.scene();
  const finops = scene.directory.teams.find(({ id }) => id === 'finops');
  assert.ok(finops);
  finops.members = ['lee'];
  finops.leads = [];

  const eligible = await scene.run(scene.activities.eligibleApprovers, {
    ...context,
    by,
    people: ['noor', 'lee'],
  });

  assert.deepEqual(eligible, ['lee']);
  assert.deepEqual(await rows(scene), ['environment.vote-void noor refused']);
});

const APPROVED: EnvironmentState['approval'] = {
  ...sampleState().approval,
  decision: { outcome: 'approved', by: ['noor'], at: new Date().toISOString() },
};
const approved = (changes: Partial<EnvironmentState> = {}) => ({
  ...context,
  by,
  state: sampleState({ phase: 'provisioning', approval: APPROVED, ...changes }),
});

test('what was approved may be built while the requester and the approver are here', async () => {
  const scene = await stage.scene();

  await scene.run(scene.activities.authorizeProvisioning, approved());

  assert.deepEqual(await rows(scene), ['environment.create kim allowed']);
});

test('nothing is built for a requester who left while it was being approved', async () => {
  const scene = await stage.scene();
  deactivate(scene, 'kim');

  const authorization = scene.run(scene.activities.authorizeProvisioning, approved());

  await assert.rejects(authorization, (error: Error & { type?: string; details?: { next: string }[] }) => {
    assert.equal(error.type, 'Forbidden');
    assert.match(error.message, /^Kim Sample may no longer have it: /);
    assert.match(error.details?.[0]?.next ?? '', /^Somebody who may have it can ask again/);
    return true;
  });
  assert.deepEqual(await rows(scene), ['environment.create kim refused']);
});

test('nothing is built on the approval of somebody who left', async () => {
  const scene = await stage.scene();
  deactivate(scene, 'noor');

  const authorization = scene.run(scene.activities.authorizeProvisioning, approved());

  await assert.rejects(authorization, {
    type: 'Forbidden',
    message: 'It was approved by Noor Sample, who may no longer approve it.',
  });
  assert.deepEqual(await rows(scene), [
    'environment.create kim allowed',
    'environment.vote-void noor refused',
  ]);
});

test('an approval of yesterday does not carry a retry, one that was not needed does', async () => {
  const scene = await stage.scene();
  const at = new Date(Date.now() - 25 * 3_600_000).toISOString();
  const decision = { outcome: 'approved' as const, by: ['noor'], at };
  const failed = approved({ phase: 'failed', approval: { ...APPROVED, decision } });

  const retry = scene.run(scene.activities.authorizeProvisioning, failed);

  await assert.rejects(retry, (error: Error & { details?: { next: string }[] }) => {
    assert.match(error.message, /more than 24 hours ago/);
    assert.match(error.details?.[0]?.next ?? '', /^Roll it back/);
    return true;
  });
  assert.equal((await rows(scene)).at(-1), 'environment.approval-lapsed purser refused');
  await scene.run(scene.activities.authorizeProvisioning, { ...failed, by: undefined }, 'activity-2');
});

const changes = [
  { person: 'kim', allowed: true },
  { person: 'lee', allowed: true },
  { person: 'ravi', allowed: true },
  { person: 'sam', allowed: false },
  { person: 'noor', allowed: false },
  { person: 'old', allowed: false },
];
for (const { person, allowed } of changes) {
  test(`${person} may ${allowed ? '' : 'not '}delete kim's environment`, async () => {
    const scene = await stage.scene();

    const change = scene.run(scene.activities.authorizeChange, {
      ...context,
      person,
      permission: 'env.delete',
    });

    if (allowed) await change;
    else await assert.rejects(change, { type: 'Forbidden', nonRetryable: true });
    assert.deepEqual(await rows(scene), [`environment.delete ${person} ${allowed ? 'allowed' : 'refused'}`]);
  });
}

test('the end is audited and the place free again', async () => {
  const scene = await stage.scene();
  await scene.run(scene.activities.admit, { ...context, quota });

  await scene.run(scene.activities.settle, {
    ...context,
    question: 'question-2',
    state: { ...context.state, end: 'expired' },
  });

  assert.equal((await scene.deps.places.count(PLACE)).perOwner.taken, 0);
  const last = (await scene.audit()).at(-1);
  assert.equal(last?.action, 'environment.end');
  assert.equal(last?.detail.end, 'expired');
  assert.equal(last?.detail.warning, undefined);
});

test('an end of which nobody could be told says so in the audit', async () => {
  const scene = await stage.scene();
  const unwarnedSince = '2026-04-07T09:05:00.000Z';
  const state = sampleState({ phase: 'gone', end: 'expired', unwarnedSince });

  await scene.run(scene.activities.settle, { ...context, state });

  const [row] = await scene.audit();
  assert.equal(row?.detail.warning, `has reached nobody since ${unwarnedSince}`);
});

function deactivate({ directory }: Scene, id: string): void {
  const person = directory.people.find((known) => known.id === id);
  assert.ok(person);
  person.active = false;
}

function vote(person: string, decision: 'approve' | 'deny', reason?: string) {
  const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${person.toUpperCase()}` };
  return { person, account, decision, reason };
}

async function rows(scene: Scene): Promise<string[]> {
  return (await scene.audit()).map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);
}
