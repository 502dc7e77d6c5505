import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantPhase, GrantState } from '../../src/domain/access.ts';
import { grantApprovalView, grantView, grantWarningView } from '../../src/domain/access-views.ts';
import {
  activeGrant,
  sampleExtension,
  sampleGrant,
  sampleStage,
  sampleVote,
} from '../support/access-samples.ts';
import { SAMPLE_DIGEST, sampleDirectory } from '../support/environment-samples.ts';

const directory = sampleDirectory();
const BUTTONS: Record<GrantPhase, string[]> = {
  requested: ['Withdraw…'],
  'awaiting-approval': ['Withdraw…'],
  granting: ['End now…'],
  active: ['Extend…', 'End now…'],
  revoking: [],
  ended: [],
};

for (const [phase, expected] of Object.entries(BUTTONS)) {
  test(`a card in phase ${phase} offers ${expected.join(', ') || 'nothing'}`, () => {
    const view = grantView(sampleGrant({ phase: phase as GrantPhase }), directory);

    assert.deepEqual(
      view.actions.map(({ label }) => label),
      expected,
    );
    for (const { payload } of view.actions) {
      assert.deepEqual(payload, { beneficiary: 'kim', id: '3f9a0c1288' });
    }
  });
}

test('the card says who is asked now and who comes then, and no more once it is denied', () => {
  const stages = (state: GrantState) => {
    const { stages, later } = grantView(state, directory).approval;
    return [stages.map(({ decision }) => decision?.outcome ?? 'open'), later];
  };
  const [first, second] = sampleGrant().stages as [GrantState['stages'][0], GrantState['stages'][0]];
  const passed = { ...first, votes: [sampleVote('lee')] };
  const denied = { ...first, votes: [sampleVote('lee', { decision: 'deny' })] };

  assert.deepEqual(stages(sampleGrant()), [['open'], ['one of team FinOps']]);
  assert.deepEqual(stages(sampleGrant({ stages: [passed, second] })), [['approved', 'open'], []]);
  assert.deepEqual(
    stages(
      sampleGrant({ stages: [denied, second], phase: 'ended', end: 'denied', endedAt: second.deadline }),
    ),
    [['denied'], []],
  );
  assert.deepEqual(stages(sampleGrant({ stages: [] })), [[], []]);
});

test('one approval of two is no decision', () => {
  const stage = sampleStage({ needed: 2, approvers: ['lee', 'noor'], votes: [sampleVote('lee')] });

  const { summary, actions } = grantApprovalView(sampleGrant({ stages: [stage] }), { stage: 0 }, directory);

  assert.equal(summary.decision, undefined);
  assert.equal(summary.votes.length, 1);
  assert.equal(actions.length, 2);
});

test('approvers of the stage that is asked have buttons, which name what they saw', () => {
  const state = sampleGrant();

  const [now, later] = [0, 1].map((stage) => grantApprovalView(state, { stage }, directory));

  assert.deepEqual(
    now?.actions.map(({ payload }) => payload),
    Array(2).fill({ beneficiary: 'kim', id: '3f9a0c1288', digest: SAMPLE_DIGEST, stage: '0' }),
  );
  assert.deepEqual(
    now?.audience?.people.map(({ id }) => id),
    ['lee'],
  );
  assert.deepEqual(later?.actions, []);
  assert.deepEqual(later?.audience?.people, []);
});

for (const [end, outcome] of [
  ['timed-out', 'timed-out'],
  ['withdrawn', 'withdrawn'],
  ['refused', 'closed'],
] as const) {
  test(`what ended as ${end} waits for nobody any more`, () => {
    const endedAt = '2026-04-01T12:00:00.000Z';
    const state = sampleGrant({ phase: 'ended', end, endedAt, endedBy: 'kim' });

    const { summary, actions } = grantApprovalView(state, { stage: 0 }, directory);

    assert.equal(summary.decision?.outcome, outcome);
    assert.equal(summary.decision?.at, endedAt);
    assert.deepEqual(actions, []);
  });
}

test('an extension says what came before it, has buttons of its own, and is closed by the end', () => {
  const before = sampleExtension({ id: 'extension-0', outcome: 'approved' });
  const state = activeGrant({ extensions: [before, sampleExtension()] });
  const about = { stage: 0, extension: 'extension-1' };

  const open = grantApprovalView(state, about, directory);
  const late = grantApprovalView({ ...state, phase: 'revoking' }, about, directory);

  assert.equal(open.title, '1 hour more of Edit in the cluster for Kim Sample');
  assert.equal(open.reason, 'The restore takes longer than we thought.');
  assert.equal(open.facts.find(({ label }) => label === 'So far')?.value, '2 hours, extended by 1 hour');
  assert.equal(open.actions[0]?.payload.extension, 'extension-1');
  assert.deepEqual(late.actions, []);
  assert.equal(late.summary.decision?.at, state.endsAt);
  assert.equal(grantView({ ...state, phase: 'revoking' }, directory).extensions.at(-1)?.outcome, 'too-late');
});

test('nobody is offered to extend what waits to be extended', () => {
  const endsAt = '2026-04-01T11:21:00.000Z';
  const state = { ...activeGrant({ extensions: [sampleExtension()] }), endsAt };

  const warning = grantWarningView(state, directory);

  assert.equal(warning.asked, '1 hour');
  for (const { actions } of [warning, grantView(state, directory)]) {
    assert.deepEqual(
      actions.map(({ actionId }) => actionId),
      ['access.end'],
    );
  }
  assert.equal(grantWarningView({ ...activeGrant(), endsAt }, directory).asked, undefined);
});

test('what stays possible is said once it has ended, and only of what was given', () => {
  const [holding] = activeGrant().holdings;
  assert.ok(holding);
  const given = { ...holding, outlasts: ['tokens'] };
  const holdings = [
    { ...given, state: 'revoked' as const },
    { ...given, system: 'sso', state: 'elsewhere' as const },
  ];

  assert.deepEqual(grantView(activeGrant({ phase: 'ended', end: 'expired', holdings }), directory).outlasts, [
    'cluster: tokens',
  ]);
  assert.deepEqual(grantView(activeGrant({ holdings }), directory).outlasts, []);
});
