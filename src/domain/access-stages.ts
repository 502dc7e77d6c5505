import type { GrantState, StageState } from './access.ts';
import {
  type AccessQuestion,
  approversOf,
  deadEnd,
  neededOf,
  outlookOf,
  stageInWords,
} from './access-rules.ts';
import type { Vote } from './approvals.ts';
import type { Entitlement, StageRule } from './entitlements.ts';
import type { Person } from './people.ts';

/** As `AccessQuestion`, and who may have been on call when they were asked. */
export interface StageQuestion extends AccessQuestion {
  isOnSchedule(schedule: string, person: string): boolean;
}

/** Of one request as it is: what was approved, and by whom. */
type Asked = Pick<GrantState, 'requester' | 'beneficiary'>;

/** Before anybody is asked. */
export function blankStages(entitlement: Entitlement, question: AccessQuestion): StageState[] {
  return outlookOf(entitlement, question).map(({ rule, because, needed, approvers }) => ({
    rule,
    because,
    needed,
    approvers: approvers.map(({ id }) => id),
    votes: [],
    escalated: false,
  }));
}

export function isApproved({ votes, needed }: StageState): boolean {
  return votes.filter(({ decision }) => decision === 'approve').length >= needed;
}

/**
 * The stage as it is asked now: of whoever can approve it now, and of those of `otherwise` as well where there are too few.
 * Whoever was on call when they were asked stays asked. `earlier` have counted before.
 */
export function askedNow(stage: StageState, question: StageQuestion, earlier: string[]): StageState {
  const { rule } = stage;
  const able = (by: StageRule['by']) =>
    approversOf(by, question)
      .map(({ id }) => id)
      .filter((id) => !earlier.includes(id));
  const first = able(rule.by);
  const needed = neededOf(rule, first);
  const still = stage.approvers.filter(
    (person) => !earlier.includes(person) && mayVote(stage, person, question),
  );
  const tooFew = new Set([...first, ...still]).size < needed;
  const escalated = stage.escalated || (tooFew && rule.otherwise !== undefined);
  const fallback = escalated ? able(rule.otherwise ?? []) : [];
  return {
    ...stage,
    because: stageInWords(rule, question),
    needed,
    approvers: [...new Set([...first, ...still, ...fallback])],
    escalated,
  };
}

/** Whether the rule means that person as things are now. */
export function mayVote(
  { rule, escalated, approvers }: Pick<StageState, 'rule' | 'escalated' | 'approvers'>,
  person: string,
  question: StageQuestion,
): boolean {
  const by = escalated ? [...rule.by, ...(rule.otherwise ?? [])] : rule.by;
  const onCall = (schedule: string) =>
    approvers.includes(person) && question.isOnSchedule(schedule, person)
      ? person
      : question.onCall(schedule);
  return approversOf(by, { ...question, onCall }).some(({ id }) => id === person);
}

/** Whether a press in chat was enough for it, or they have signed in. */
export function isProven(
  { rule }: Pick<StageState, 'rule'>,
  { person, signedIn }: Pick<Vote, 'person' | 'signedIn'>,
) {
  return rule.signIn !== true || signedIn?.person === person;
}

/** Everybody whose approval of an earlier stage keeps them from approving this one. */
export function countedBefore(stages: StageState[], at: number, { distinct }: Pick<Entitlement, 'distinct'>) {
  return distinct ? stages.slice(0, at).flatMap(({ votes }) => votes.map(({ person }) => person)) : [];
}

/** Whether a later step could not be approved any more if they approved this one, which somebody else could. */
export function isNeededLater(
  { stage: at, person }: { stage: number; person: string },
  stages: StageState[],
  { distinct, question }: { distinct: boolean; question: AccessQuestion },
): boolean {
  const counted = stages.slice(0, at + 1).flatMap(({ votes }) => votes.map((vote) => vote.person));
  const others = stages[at]?.approvers.filter((id) => id !== person && !counted.includes(id)) ?? [];
  const later = outlookOf({ approval: stages.slice(at + 1).map(({ rule }) => rule) }, question);
  const isStuckWithout = (gone: string[]) => {
    const left = (people: Person[]) => people.filter(({ id }) => !gone.includes(id));
    const asked = later.map((one) => ({
      ...one,
      approvers: left(one.approvers),
      fallback: left(one.fallback),
    }));
    return deadEnd(asked, distinct) !== undefined;
  };
  return distinct && others.length > 0 && !isStuckWithout(counted) && isStuckWithout([...counted, person]);
}

/** The stages without the votes of those who may not cast them any more. */
export function withoutVoid(stages: StageState[], question: StageQuestion): StageState[] {
  return stages.map((stage) => {
    const votes = stage.votes.filter(({ person }) => mayVote(stage, person, question));
    if (votes.length === stage.votes.length) return stage;
    const approvers = stage.approvers.filter((person) => mayVote(stage, person, question));
    return { ...stage, votes, approvers, needed: Math.min(stage.needed, allOf(stage, approvers)) };
  });
}

/** Of "all" so many fewer are needed when somebody leaves. */
function allOf({ rule, needed }: StageState, approvers: string[]): number {
  return rule.need === 'all' ? Math.max(1, approvers.length) : needed;
}

/** What other rules would ask for, with the votes there are counted wherever they may be. */
export function underOtherRules(
  entitlement: Entitlement,
  stages: StageState[],
  question: StageQuestion,
): StageState[] {
  const cast = stages.flatMap(({ votes }) => votes).filter(({ decision }) => decision === 'approve');
  const counted = new Set<string>();
  return blankStages(entitlement, question).map((stage) => {
    const all = { ...stage, escalated: true };
    const votes = cast.filter(
      ({ person, signedIn }) =>
        !(entitlement.distinct && counted.has(person)) &&
        mayVote(all, person, question) &&
        isProven(stage, { person, signedIn }),
    );
    for (const { person } of votes) counted.add(person);
    return { ...stage, votes };
  });
}

/** Whether it still gives everything that was asked for. */
export function givesAll(now: Pick<Entitlement, 'gives'>, asked: Pick<Entitlement, 'gives'>): boolean {
  const words = now.gives.map(placeWord);
  return asked.gives.every((gift) => words.includes(placeWord(gift)));
}

function placeWord({ system, group, scope }: Entitlement['gives'][number]): string {
  return JSON.stringify([system, group, scope]);
}

/** Everybody who ever could approve a part of it. */
export function everyApprover({ stages, extensions }: Pick<GrantState, 'stages' | 'extensions'>): string[] {
  const all = [...stages, ...extensions.flatMap((extension) => extension.stages)];
  return [...new Set(all.flatMap(({ approvers }) => approvers))];
}

export function isOwnRequest({ requester, beneficiary }: Asked, person: string): boolean {
  return person === requester || person === beneficiary;
}
