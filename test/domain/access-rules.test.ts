import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AccessQuestion,
  approversOf,
  deadEnd,
  isFor,
  outlookOf,
  stageInWords,
} from '../../src/domain/access-rules.ts';
import { underOtherRules } from '../../src/domain/access-stages.ts';
import type { Vote } from '../../src/domain/approvals.ts';
import { type StageRule, stageSchema } from '../../src/domain/entitlements.ts';
import { sampleEntitlement, sampleStage, sampleVote } from '../support/access-samples.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const sample = sampleDirectory();
const directory = {
  ...sample,
  people: sample.people.map((person) => (person.id === 'kim' ? { ...person, manager: 'lee' } : person)),
};
const question: AccessQuestion = {
  directory,
  requester: 'kim',
  beneficiary: 'kim',
  owner: { team: 'platform' },
  onCall: (schedule) => (schedule === 'primary' ? 'noor' : undefined),
};

function stage(by: StageRule['by'], more: Partial<StageRule> = {}): StageRule {
  return { ...stageSchema.parse({ by, within: '4h' }), ...more };
}

function names(by: StageRule['by'], about: Partial<AccessQuestion> = {}): string[] {
  return approversOf(by, { ...question, ...about }).map(({ id }) => id);
}

test('approvers are those the rule names, and never who asks, who gets it, or who has left', () => {
  assert.deepEqual(names([{ person: 'old' }, { person: 'ravi' }]), ['ravi']);
  assert.deepEqual(names([{ team: 'shop' }]), ['lee', 'sam']);
  assert.deepEqual(names([{ leadsOf: 'shop' }], { requester: 'lee' }), []);
  assert.deepEqual(names([{ team: 'shop' }], { requester: 'lee', beneficiary: 'sam' }), ['kim']);
  assert.deepEqual(names([{ role: 'admin' }]), ['ravi']);
  assert.deepEqual(names([{ onCall: 'primary' }, { onCall: 'nobody-there' }]), ['noor']);
  assert.deepEqual(names([{ manager: true }, { owner: true }]), ['lee', 'ravi']);
  assert.deepEqual(names([{ manager: true }], { beneficiary: 'noor' }), []);
});

test('a rule reads as people say it', () => {
  const words = (by: StageRule['by'], need: StageRule['need'] = 'any') =>
    stageInWords(stage(by, { need }), question);

  assert.equal(words([{ person: 'ravi' }]), 'Ravi Sample');
  assert.equal(words([{ leadsOf: 'shop' }]), 'one of the leads of team Shop');
  assert.equal(
    words([{ team: 'finops' }, { role: 'admin' }], 2),
    '2 of team FinOps and those with the role admin',
  );
  assert.equal(
    words([{ manager: true }, { owner: true }]),
    "one of Kim Sample's manager or team Platform, who answer for it",
  );
  assert.equal(words([{ team: 'shop' }], 'all'), 'all of team Shop');
  assert.equal(
    stageInWords(stage([{ person: 'ravi' }], { signIn: true }), question),
    'Ravi Sample, with a sign-in',
  );
});

test('what nobody could approve is a dead end, and who is needed twice counts once', () => {
  const end = (stages: StageRule[], distinct = true) =>
    deadEnd(outlookOf({ approval: stages }, question), distinct);

  assert.equal(end([]), undefined);
  assert.equal(end([stage([{ person: 'old' }])]), 0);
  assert.equal(end([stage([{ person: 'old' }], { otherwise: [{ role: 'admin' }] })]), undefined);
  assert.equal(end([stage([{ leadsOf: 'shop' }]), stage([{ leadsOf: 'shop' }])]), 1);
  assert.equal(end([stage([{ leadsOf: 'shop' }]), stage([{ leadsOf: 'shop' }])], false), undefined);
  assert.equal(end([stage([{ team: 'shop' }]), stage([{ leadsOf: 'shop' }])]), undefined);
  assert.equal(end([stage([{ team: 'shop' }], { need: 3 })]), 0);
  assert.equal(end([stage([{ team: 'shop' }], { need: 'all' }), stage([{ leadsOf: 'shop' }])]), undefined);
});

test('only those it is for may ask', () => {
  const shops = { for: [{ team: 'shop' }, { role: 'finops' }, { person: 'ravi' }] };

  assert.deepEqual(
    ['kim', 'lee', 'noor', 'ravi', 'old', 'nobody'].map((id) => isFor(shops, directory, id)),
    [true, true, true, true, false, false],
  );
});

test('what was approved by a press alone counts for nothing under rules that ask for a sign-in', () => {
  const rule = stage([{ leadsOf: 'shop' }]);
  const signedIn = {
    person: 'lee',
    issuer: 'https://sso.test',
    subject: 's-1',
    at: '2026-04-01T09:00:00.000Z',
  };
  const voters = (vote: Partial<Vote>) => {
    const stages = [sampleStage({ rule, votes: [sampleVote('lee', vote)] })];
    const stricter = sampleEntitlement({ approval: [{ by: rule.by, within: '4h', signIn: true }] });
    return underOtherRules(stricter, stages, { ...question, isOnSchedule: () => false })[0]?.votes.length;
  };

  assert.equal(voters({}), 0);
  assert.equal(voters({ signedIn: { ...signedIn, person: 'noor' } }), 0);
  assert.equal(voters({ signedIn }), 1);
});
