import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sampleState } from '../support/environment-samples.ts';
import { sampleQuotaRequest, sampleQuotaState } from '../support/quota-context.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const request = sampleQuotaRequest();
const context = { request, question: 'question-1' };
const PLACE = { template: 'dev', owner: 'kim', team: 'shop' };
const until = new Date(Date.now() + 86_400_000).toISOString();
const grant = { ...context, by: ['ravi'], until };

test('opened: those who may approve by the rules of now, without whoever asks', async () => {
  const scene = await stage.scene();
  const policy = await scene.deps.policy();
  policy.limits.moreQuota.by = { lead: true, people: ['kim', 'old'] };
  scene.deps.policy = async () => policy;

  const opened = await scene.run(scene.activities.openQuota, context);

  assert.deepEqual(opened.approvers, ['lee']);
  assert.match(opened.because, /approved by Kim Sample, Old Sample or a lead of team Shop$/);
  assert.equal(opened.refusal, undefined);
});

test('opened: without anybody who could approve, or for whoever may not create any more, it comes to nothing', async () => {
  const scene = await stage.scene();
  const mine = await scene.run(scene.activities.openQuota, {
    ...context,
    request: { ...request, person: 'ravi', team: 'platform' },
  });
  deactivate(scene, 'kim');
  const left = await scene.run(scene.activities.openQuota, context);

  assert.match(mine.refusal ?? '', /nobody who could approve/);
  assert.match(left.refusal ?? '', /Kim Sample may not create environments/);
  assert.deepEqual(await rows(scene), ['quota.open ravi refused', 'quota.open kim refused']);
});

for (const { person, type } of [
  { person: 'ravi', type: undefined },
  { person: 'kim', type: 'SelfDecision' },
  { person: 'noor', type: 'Forbidden' },
  { person: 'old', type: 'Forbidden' },
]) {
  test(`a decision by ${person} is ${type ?? 'allowed'}, and audited with the account and the reason`, async () => {
    const scene = await stage.scene();
    const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0ANY' };
    const vote = { requestId: 'request-1', person, account, decision: 'deny' as const, reason: 'no budget' };

    const decision = scene.run(scene.activities.authorizeQuota, { ...context, vote });

    if (type === undefined) await decision;
    else await assert.rejects(decision, { type, nonRetryable: true });
    assert.deepEqual(await rows(scene), [`quota.deny ${person} ${type ? 'refused' : 'allowed'}`]);
    const { subject, detail } = (await scene.audit())[0] ?? {};
    assert.equal(subject, 'quota/kim/perOwner/dev');
    assert.partialDeepStrictEqual(detail, { account: 'slack:T0SAMPLE:U0ANY', reason: 'no budget' });
  });
}

test('granted: audited before it counts, once however often it is recorded', async () => {
  const scene = await stage.scene();
  const { grant: record } = scene.deps.places;
  scene.deps.places.grant = async (granted) => {
    assert.deepEqual(await rows(scene), ['quota.grant ravi intended']);
    return await record(granted);
  };

  const first = await scene.run(scene.activities.grantQuota, grant);
  const repeated = await scene.run(scene.activities.grantQuota, grant);

  const answer = { outcome: 'granted', until };
  assert.deepEqual([first, repeated], [answer, answer]);
  assert.deepEqual((await scene.deps.places.count(PLACE)).perOwner, { taken: 0, granted: 1, until });
  assert.deepEqual(await rows(scene), ['quota.grant ravi intended']);
});

test('who approved may have left before the effect: then it is void, and nothing counts', async () => {
  const scene = await stage.scene();
  deactivate(scene, 'ravi');

  const outcome = await scene.run(scene.activities.grantQuota, grant);

  assert.deepEqual(outcome, { outcome: 'void' });
  assert.equal((await scene.deps.places.count(PLACE)).perOwner.granted, 0);
  assert.deepEqual(await rows(scene), ['quota.vote-void ravi refused']);
});

test('who asked may have left before the effect: then it is refused, and nothing counts', async () => {
  const scene = await stage.scene();
  deactivate(scene, 'kim');

  const outcome = await scene.run(scene.activities.grantQuota, grant);

  assert.equal(outcome.outcome, 'refused');
  assert.equal((await scene.deps.places.count(PLACE)).perOwner.granted, 0);
  assert.deepEqual(await rows(scene), ['quota.grant purser refused']);
});

test('what was recorded stays as it was, though the answer was lost and the approver has left since', async () => {
  const scene = await stage.scene();
  await scene.run(scene.activities.grantQuota, grant);
  deactivate(scene, 'ravi');

  const later = new Date(Date.parse(until) + 60_000).toISOString();
  const again = await scene.run(scene.activities.grantQuota, { ...grant, until: later });

  assert.deepEqual(again, { outcome: 'granted', until });
});

test('every copy of the card converges, and whoever asked is told in private, once', async () => {
  const scene = await stage.scene();
  const state = sampleQuotaState();
  const decision = { outcome: 'approved' as const, by: ['ravi'], at: '2026-04-01T10:00:00.000Z' };
  const granted = { ...state, decision, grantedUntil: until, revision: 4 };

  await scene.run(scene.activities.announceQuota, { state });
  await scene.run(scene.activities.remindOfQuota, { state });
  await scene.run(scene.activities.announceQuota, { state: granted });
  await scene.run(scene.activities.announceQuota, { state: granted });

  const [card, copy] = [...scene.chat.in('DU0RAVI'), ...scene.chat.in('C0APPROVAL')].filter(
    ({ shown }) => shown[0]?.kind === 'approval',
  );
  assert.ok(card !== undefined && copy !== undefined);
  for (const { shown } of [card, copy]) {
    const [open, closed] = shown;
    assert.equal(shown.length, 2);
    assert.ok(open?.kind === 'approval' && open.actions.length === 2);
    assert.ok(closed?.kind === 'approval' && closed.actions.length === 0);
    assert.equal(closed.summary.decision?.by[0]?.name, 'Ravi Sample');
  }
  const notes = scene.chat.messages.filter(({ shown }) => shown[0]?.kind === 'notice');
  assert.deepEqual(
    notes.map(({ channel }) => channel),
    ['DU0RAVI', 'DU0KIM'],
  );
  assert.match(JSON.stringify(notes[0]?.shown), /Kim Sample is still waiting .* 1 more environment of “dev”/);
  assert.match(JSON.stringify(notes[1]?.shown), /Ravi Sample approved 1 more environment of “dev” for you/);
});

test('who found no place left when it was their turn is offered to ask for more, in private', async () => {
  const scene = await stage.scene();
  const trouble = { type: 'NoPlace' as const, reason: 'Kim has 3 of 3', events: [], next: 'Delete one.' };

  const state = sampleState({ phase: 'gone', end: 'refused', trouble: { ...trouble, limit: 'perTeam' } });

  await scene.run(scene.activities.announce, { state, origin: SHOP_CHANNEL });

  const [note] = scene.chat.in('DU0KIM');
  const view = note?.shown.at(-1);
  assert.deepEqual(
    view?.kind === 'notice' && view.actions?.map(({ actionId, payload }) => [actionId, payload]),
    [['quota.ask', { limit: 'perTeam', template: 'dev', team: 'shop' }]],
  );
});

async function rows(scene: Scene): Promise<string[]> {
  return (await scene.audit()).map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);
}

function deactivate(scene: Scene, person: string): void {
  const known = scene.directory.people.find(({ id }) => id === person);
  assert.ok(known);
  known.active = false;
}
