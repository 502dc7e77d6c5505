import type { Approver, Entitlement, StageRule } from './entitlements.ts';
import { type DirectorySnapshot, findPerson, findTeam, type Person, teamsOf } from './people.ts';

/** What it takes to say who is meant by an entitlement's rules. */
export interface AccessQuestion {
  directory: DirectorySnapshot;
  requester: string;
  beneficiary: string;
  /** Of the entitlement. */
  owner: Entitlement['owner'];
  /** Whoever answers for a schedule of `incidents.yaml` now. */
  onCall(schedule: string): string | undefined;
}

/** Whether somebody is among those it is for. */
export function isFor({ for: groups }: Pick<Entitlement, 'for'>, directory: DirectorySnapshot, id: string) {
  const person = findPerson(directory, id);
  if (person?.active !== true) return false;
  const teams = teamsOf(directory, id).map((team) => team.id);
  return groups.some((group) => {
    if ('person' in group) return group.person === id;
    return 'team' in group ? teams.includes(group.team) : person.roles.includes(group.role);
  });
}

/** Whether somebody is who answers for it, or in the team that does. */
export function answersFor({ owner }: Pick<Entitlement, 'owner'>, directory: DirectorySnapshot, id: string) {
  return 'person' in owner
    ? owner.person === id
    : teamsOf(directory, id).some((team) => team.id === owner.team);
}

/** Everybody who may be asked, in the directory's order: active, and neither who asks nor who gets it. */
export function approversOf(by: Approver[], question: AccessQuestion): Person[] {
  const { directory, requester, beneficiary } = question;
  const named = new Set(by.flatMap((approver) => peopleBehind(approver, question)));
  return directory.people.filter(
    ({ id, active }) => active && named.has(id) && id !== requester && id !== beneficiary,
  );
}

function peopleBehind(approver: Approver, question: AccessQuestion): string[] {
  const { directory, beneficiary, owner, onCall } = question;
  if ('person' in approver) return [approver.person];
  if ('team' in approver) return peopleOf(directory, approver.team);
  if ('leadsOf' in approver) return findTeam(directory, approver.leadsOf)?.leads ?? [];
  if ('role' in approver) {
    return directory.people.filter(({ roles }) => roles.includes(approver.role)).map(({ id }) => id);
  }
  if ('onCall' in approver) return [onCall(approver.onCall)].filter((id) => id !== undefined);
  if ('manager' in approver) {
    return [findPerson(directory, beneficiary)?.manager].filter((id) => id !== undefined);
  }
  return 'person' in owner ? [owner.person] : peopleOf(directory, owner.team);
}

function peopleOf(directory: DirectorySnapshot, team: string): string[] {
  const found = findTeam(directory, team);
  return [...(found?.leads ?? []), ...(found?.members ?? [])];
}

/** How many of them a stage takes; of nobody still one. */
export function neededOf({ need }: Pick<StageRule, 'need'>, approvers: unknown[]): number {
  if (need === 'any') return 1;
  return need === 'all' ? Math.max(1, approvers.length) : need;
}

/** The rule in words: "one of the leads of Shop and Ravi Sample". */
export function stageInWords(rule: StageRule, question: AccessQuestion): string {
  return `${whoInWords(rule, question)}${rule.signIn === true ? ', with a sign-in' : ''}`;
}

function whoInWords({ by, need }: StageRule, question: AccessQuestion): string {
  const groups = by.map((approver) => groupInWords(approver, question));
  const [only, another] = groups;
  if (another === undefined && only?.single) return only.words;
  const who = groups.map(({ words }) => words).join(need === 'any' ? ' or ' : ' and ');
  if (need === 'all') return `all of ${who}`;
  return `${need === 'any' ? 'one' : need} of ${who}`;
}

function groupInWords(
  approver: Approver,
  { directory, beneficiary, owner }: AccessQuestion,
): { words: string; single: boolean } {
  const person = (id: string) => findPerson(directory, id)?.name ?? id;
  const team = (id: string) => `team ${findTeam(directory, id)?.title ?? id}`;
  if ('person' in approver) return { words: person(approver.person), single: true };
  if ('team' in approver) return { words: team(approver.team), single: false };
  if ('leadsOf' in approver) return { words: `the leads of ${team(approver.leadsOf)}`, single: false };
  if ('role' in approver) return { words: `those with the role ${approver.role}`, single: false };
  if ('onCall' in approver) return { words: `whoever is on call for ${approver.onCall}`, single: true };
  if ('manager' in approver) return { words: `${person(beneficiary)}'s manager`, single: true };
  return 'person' in owner
    ? { words: `${person(owner.person)}, who answers for it`, single: true }
    : { words: `${team(owner.team)}, who answer for it`, single: false };
}

/** One stage as it would be asked now. */
export interface StageOutlook {
  rule: StageRule;
  because: string;
  approvers: Person[];
  /** Those of `otherwise` who are not among them. */
  fallback: Person[];
  needed: number;
}

export function outlookOf({ approval }: Pick<Entitlement, 'approval'>, question: AccessQuestion) {
  return approval.map((rule): StageOutlook => {
    const approvers = approversOf(rule.by, question);
    const fallback = approversOf(rule.otherwise ?? [], question).filter(
      (person) => !approvers.includes(person),
    );
    const because = stageInWords(rule, question);
    return { rule, because, approvers, fallback, needed: neededOf(rule, approvers) };
  });
}

/**
 * The first stage, from 0, that could never be passed: too few people, even with those who would be asked otherwise or,
 * where everybody counts in one stage only, too few who are not needed in an earlier one. `undefined` when all could.
 */
export function deadEnd(stages: StageOutlook[], distinct: boolean): number | undefined {
  const seatOf = new Map<string, number>();
  const seats: number[] = [];

  // Kuhn's algorithm: whoever sits elsewhere gives way to those who could sit nowhere else.
  function seat(stage: number, at: number, asked: Set<string>): boolean {
    const { approvers, fallback } = stages[stage] as StageOutlook;
    return [...approvers, ...fallback].some(({ id }) => {
      if (asked.has(id)) return false;
      asked.add(id);
      const taken = seatOf.get(id);
      if (taken !== undefined && !seat(seats[taken] as number, taken, asked)) return false;
      seatOf.set(id, at);
      return true;
    });
  }

  for (const [stage, { rule, needed }] of stages.entries()) {
    if (!distinct) seatOf.clear();
    // Who counted before is none of "all" any more.
    const places = rule.need === 'all' && distinct ? 1 : needed;
    for (let place = 0; place < places; place++) {
      seats.push(stage);
      if (!seat(stage, seats.length - 1, new Set())) return stage;
    }
  }
  return undefined;
}
