import type { ApproverRule, ApproverSelector } from './approvals.ts';
import { type DirectorySnapshot, findTeam, type Person } from './people.ts';

/** Everybody the selector names who may decide now: active, and never the requester, by person. */
export function eligibleApprovers(
  directory: DirectorySnapshot,
  selector: ApproverSelector,
  requester: string,
): Person[] {
  const named = new Set<string>(selector.people ?? []);
  const team = selector.team === undefined ? undefined : findTeam(directory, selector.team);
  for (const id of [...(team?.members ?? []), ...(team?.leads ?? [])]) named.add(id);
  const led = selector.leadsOf === undefined ? undefined : findTeam(directory, selector.leadsOf);
  for (const id of led?.leads ?? []) named.add(id);
  return directory.people.filter(
    (person) =>
      person.active &&
      person.id !== requester &&
      (named.has(person.id) || (selector.role !== undefined && person.roles.includes(selector.role))),
  );
}

/** A file's rule, asked about what is for one team. */
export function selectorOf({ lead, ...by }: ApproverRule, team: string): ApproverSelector {
  return { ...by, ...(lead === true ? { leadsOf: team } : {}) };
}

/** `team FinOps`, `2 people: Kim Sample or a lead of team Shop`. */
export function approversInWords(
  by: ApproverSelector,
  needed: number,
  { people, teams }: { people: { id: string; name: string }[]; teams: { id: string; title: string }[] },
): string {
  const teamTitle = (id: string) => teams.find((team) => team.id === id)?.title ?? id;
  const personName = (id: string) => people.find((person) => person.id === id)?.name ?? id;
  const named = [
    ...(by.people === undefined ? [] : [by.people.map(personName).join(', ')]),
    ...(by.team === undefined ? [] : [`team ${teamTitle(by.team)}`]),
    ...(by.role === undefined ? [] : [`anybody with the role ${by.role}`]),
    ...(by.leadsOf === undefined ? [] : [`a lead of team ${teamTitle(by.leadsOf)}`]),
  ].join(' or ');
  return needed === 1 ? named : `${needed} people: ${named}`;
}
