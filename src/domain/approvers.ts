import type { ApproverSelector } from './approvals.ts';
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
