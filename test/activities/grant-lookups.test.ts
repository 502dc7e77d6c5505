import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/activity';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { GrantState, StageState } from '../../src/domain/access.ts';
import type { Entitlement } from '../../src/domain/entitlements.ts';
import {
  accountOf,
  HOUR_MS,
  sampleEntitlement,
  sampleGrantState,
  sampleStage,
  sampleVote,
} from '../support/grant-samples.ts';
import { createStage, type Scene } from './scene.ts';

const APPROVED = [
  sampleStage(0, ['lee'], { votes: [sampleVote('lee')] }),
  sampleStage(1, ['ravi'], { votes: [sampleVote('ravi')] }),
];

describe('what is decided about access', () => {
  const stage = createStage();
  let scene: Scene;
  let activities: Activities;
  let published: Entitlement[];
  let digest: string;

  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    scene = await stage.scene();
    published = [sampleEntitlement()];
    digest = 'rules-1';
    activities = createActivities({
      ...scene.deps,
      entitlements: async () => published.map((one) => ({ ...one, digest })),
    });
  });

  const context = (state: Partial<GrantState> = {}, entitlement = sampleEntitlement()) => ({
    state: sampleGrantState(state),
    entitlement,
  });
  let attempts = 0;
  function run<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    attempts += 1;
    return scene.run(activity, input, `activity-${attempts}`);
  }
  const admit = (state: Partial<GrantState> = {}, entitlement = sampleEntitlement()) =>
    run(activities.admitGrant, context({ phase: 'requested', stages: [], ...state }, entitlement));
  const recheck = (state: Partial<GrantState> = {}) =>
    run(activities.recheckGrant, context({ phase: 'granting', stages: APPROVED, ...state }));
  const leave = (person: string) => {
    const found = scene.directory.people.find(({ id }) => id === person);
    assert.ok(found);
    found.active = false;
  };

  async function refusedWith(work: Promise<unknown>, words: RegExp, type = 'Forbidden'): Promise<void> {
    await assert.rejects(work, (failure: ApplicationFailure) => {
      assert.equal(failure.type, type);
      assert.match(failure.message, words);
      return true;
    });
  }

  test('a request names who will be asked, and is in the audit either way', async () => {
    const { stages } = await admit();
    leave('kim');
    await refusedWith(admit(), /Kim Sample is not here any more/);

    assert.deepEqual(
      stages.map(({ because, needed, approvers }) => ({ because, needed, approvers })),
      [
        { because: 'one of the leads of team Shop', needed: 1, approvers: ['lee'] },
        { because: 'one of those with the role admin', needed: 1, approvers: ['ravi'] },
      ],
    );
    const rows = await scene.audit();
    assert.deepEqual(
      rows.map(({ action, actor, subject, outcome }) => [action, actor, subject, outcome]),
      [
        ['access.request', 'kim', 'grant/kim/01sample', 'allowed'],
        ['access.request', 'kim', 'grant/kim/01sample', 'refused'],
      ],
    );
  });

  test('is refused to those it is not for, for too long, for others one does not lead, and when it is gone', async () => {
    await refusedWith(admit({ requester: 'noor', beneficiary: 'noor' }), /Noor Sample is not among those/);
    await refusedWith(admit({ durationMs: 9 * HOUR_MS }), /for longer than 8 hours in all/);
    await refusedWith(admit({ requester: 'sam', beneficiary: 'kim' }), /You may not do that: no rule/);
    await admit({ requester: 'lee', beneficiary: 'sam' }, sampleEntitlement({ approval: [] }));
    published = [];
    await refusedWith(admit(), /There is no “Edit in the default namespace” to ask for any more/);
  });

  test('is refused at once when nobody could approve it', async () => {
    leave('ravi');

    await refusedWith(admit(), /approval of one of those with the role admin, and there are too few people/);
  });

  test('is refused beside what excludes it, also when it only waits, and beside itself', async () => {
    const pays = sampleEntitlement({ id: 'pays', title: 'Pays', notWith: ['cluster-edit'] });
    published = [sampleEntitlement(), pays];
    const other = { id: '02', entitlement: pays };
    const first = await admit();

    await refusedWith(admit(other, pays), /together with “cluster-edit”, which was asked for/);
    await refusedWith(admit({ id: '03' }), /asked for already, and is not over yet/);
    await run(activities.settleGrant, context({ phase: 'ended', end: 'withdrawn' }));
    await admit(other, pays);

    assert.deepEqual(first.rivals, [
      {
        title: 'Pays',
        gives: [{ system: 'cluster', holding: { kind: 'group', group: 'edit', scope: 'default' } }],
      },
    ]);
  });

  test('a step asks whoever can be asked now, and those of `otherwise` where nobody else is left', async () => {
    const ask = (state: Partial<GrantState>, at = 0) =>
      run(activities.askStage, { ...context(state), ref: { stage: at } });
    const before = await ask({});
    leave('lee');
    const left = await ask({});
    const later = await ask(
      { stages: [sampleStage(0, ['ravi'], { votes: [sampleVote('ravi')] }), sampleStage(1, [])] },
      1,
    );

    assert.deepEqual([before.approvers, before.escalated], [['lee'], false]);
    assert.deepEqual([left.approvers, left.escalated], [['noor'], true]);
    assert.deepEqual(later.approvers, []);
  });

  test('only those of the step vote, and never about themselves or twice', async () => {
    const decide = (person: string, at = 0, state: Partial<GrantState> = {}) => {
      const vote = {
        digest: 'rules-1',
        stage: at,
        person,
        account: accountOf(person),
        decision: 'approve' as const,
      };
      return run(activities.authorizeGrantVote, { ...context(state), vote });
    };

    await decide('lee');
    await refusedWith(decide('kim'), /about yourself/, 'SelfDecision');
    await refusedWith(decide('lee', 0, { requester: 'lee' }), /about yourself/, 'SelfDecision');
    await refusedWith(decide('noor'), /not among those who may decide this: it takes somebody/);
    await decide('noor', 0, {
      stages: [sampleStage(0, ['lee', 'noor'], { escalated: true }), sampleStage(1, ['ravi'])],
    });
    const twice = [sampleStage(0, ['ravi'], { votes: [sampleVote('ravi')] }), sampleStage(1, ['ravi'])];
    await refusedWith(decide('ravi', 1, { stages: twice }), /approved an earlier step/);
    leave('lee');
    await refusedWith(decide('lee'), /not among those/);
  });

  test('where a sign-in is asked for, a press in chat approves nothing, and denies', async () => {
    const [first] = sampleEntitlement().approval;
    assert.ok(first);
    const rule = { ...first, signIn: true as const };
    const state = { stages: [sampleStage(0, ['lee'], { rule }), sampleStage(1, ['ravi'])] };
    const signedIn = {
      person: 'lee',
      issuer: 'https://sso.test',
      subject: 's-1',
      at: '2026-04-01T09:00:00.000Z',
    };
    const decide = (decision: 'approve' | 'deny', by?: typeof signedIn) =>
      run(activities.authorizeGrantVote, {
        ...context(state),
        vote: {
          digest: 'rules-1',
          stage: 0,
          person: 'lee',
          account: accountOf('lee'),
          decision,
          signedIn: by,
        },
      });

    await refusedWith(decide('approve'), /Whoever approves this signs in for it/, 'SignInNeeded');
    await refusedWith(decide('approve', { ...signedIn, person: 'ravi' }), /signs in for it/, 'SignInNeeded');
    await decide('approve', signedIn);
    await decide('deny');

    const rows = (await scene.audit()).filter(({ action }) => action === 'access.approve');
    assert.deepEqual(
      rows.map(({ outcome, detail }) => [outcome, detail.signedIn]),
      [
        ['refused', undefined],
        ['refused', 'https://sso.test s-1 2026-04-01T09:00:00.000Z'],
        ['allowed', 'https://sso.test s-1 2026-04-01T09:00:00.000Z'],
      ],
    );
  });

  test('nobody uses themselves up for a step that others can approve', async () => {
    const [first, second] = sampleEntitlement().approval;
    assert.ok(first && second);
    const rule = { ...first, by: [{ leadsOf: 'shop' }, { role: 'admin' }] };
    const stages = [sampleStage(0, ['lee', 'ravi'], { rule }), sampleStage(1, ['ravi'])];
    const decide = (person: string, decision: 'approve' | 'deny' = 'approve') =>
      run(activities.authorizeGrantVote, {
        ...context({ stages }),
        vote: { digest: 'rules-1', stage: 0, person, account: accountOf(person), decision },
      });

    await refusedWith(decide('ravi'), /A later step of this needs you/);
    await decide('ravi', 'deny');
    await decide('lee');
  });

  test('whoever was on call when they were asked may answer after their shift', async () => {
    const { approval } = sampleEntitlement();
    const onCall = { ...(approval[0] as StageState['rule']), by: [{ onCall: 'shop' }], otherwise: undefined };
    const vote = {
      digest: 'rules-1',
      stage: 0,
      person: 'noor',
      account: accountOf('noor'),
      decision: 'approve' as const,
    };
    const asked = (approvers: string[]) => ({
      ...context({ stages: [sampleStage(0, approvers, { rule: onCall })] }),
      vote,
    });
    const config = {
      schedules: [
        {
          id: 'shop',
          title: 'Shop',
          timeZone: 'UTC',
          rotations: [{ people: ['lee', 'noor'], starts: '2026-01-01T00:00', every: 86_400_000 }],
          overrides: [{ person: 'lee', from: '2026-01-01T00:00', to: '2099-01-01T00:00' }],
        },
      ],
    };
    const withSchedule = createActivities({
      ...scene.deps,
      entitlements: async () => [],
      incidentConfig: async () => config as never,
    });

    await run(withSchedule.authorizeGrantVote, asked(['noor']));
    await refusedWith(run(withSchedule.authorizeGrantVote, asked(['lee'])), /not among those/);
  });

  test('before it is given, approvals of those who left are void and their step is open again', async () => {
    const before = await recheck();
    leave('lee');
    const after = await recheck();

    assert.deepEqual(before, {
      kind: 'go',
      identity: { person: 'kim', name: 'Kim Sample', email: 'kim@example.test' },
      rivals: [],
    });
    assert.equal(after.kind, 'ask');
    assert.deepEqual(
      after.kind === 'ask' && after.stages.map(({ votes }) => votes.map(({ person }) => person)),
      [[], ['ravi']],
    );
    const rows = (await scene.audit()).filter(({ action }) => action === 'access.vote-void');
    assert.deepEqual(
      rows.map(({ actor }) => actor),
      ['lee'],
    );
  });

  test('rules that became stricter ask again, and count what fits them; looser ones change nothing', async () => {
    const [first, second] = sampleEntitlement().approval;
    assert.ok(first && second);
    digest = 'rules-2';
    published = [sampleEntitlement({ approval: [first] })];
    const looser = await recheck();
    published = [sampleEntitlement({ approval: [second, first, { ...first, by: [{ team: 'finops' }] }] })];
    const stricter = await recheck();
    published = [sampleEntitlement({ duration: { usual: HOUR_MS, most: HOUR_MS } })];
    const tooLong = recheck();

    assert.equal(looser.kind, 'go');
    assert.ok(stricter.kind === 'ask');
    assert.equal(stricter.digest, 'rules-2');
    assert.equal(stricter.entitlement.approval.length, 3);
    assert.deepEqual(
      stricter.stages.map(({ votes }) => votes.map(({ person }) => person)),
      [['ravi'], ['lee'], []],
    );
    await refusedWith(tooLong, /for longer than 1 hour in all/);
    published = [sampleEntitlement({ gives: [{ system: 'cluster', group: 'admin' }] })];
    await refusedWith(recheck(), /gives something else by now/);
    published = [sampleEntitlement()];
    leave('kim');
    await refusedWith(recheck(), /Kim Sample is not here any more/);
  });

  test('more time is asked of the rules of now, for all of it together', async () => {
    const extend = (extraMs: number, by = 'kim') =>
      run(activities.admitExtension, {
        ...context({ phase: 'active', stages: APPROVED }),
        extension: { id: 'e1', by, extraMs, reason: 'It takes longer.' },
      });

    const { stages } = await extend(6 * HOUR_MS);

    assert.deepEqual(
      stages.map(({ approvers }) => approvers),
      [['lee'], ['ravi']],
    );
    await refusedWith(extend(6 * HOUR_MS + 60_000), /for longer than 8 hours in all/);
    await refusedWith(extend(HOUR_MS, 'sam'), /You may not do that/);
  });

  test('it is ended by who has it, who asked, who approves, who answers for it and who may by policy', async () => {
    const end = (person: string) =>
      run(activities.authorizeGrantEnd, {
        ...context({ phase: 'active', requester: 'sam', stages: [sampleStage(0, ['noor'])] }),
        order: { requestId: 'r', person },
      });

    for (const person of ['kim', 'sam', 'noor', 'ravi', 'lee']) await end(person);
    leave('noor');
    await refusedWith(end('noor'), /does not know you as somebody who is here/);
    await refusedWith(end('nobody'), /does not know you/);
  });
});
