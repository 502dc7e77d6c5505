import { type DirectorySnapshot, findPerson, findTeam, type Person } from './people.ts';
import type { HoldingStep, TeamChangeInput } from './people-requests.ts';
import { type Permission, type Policy, whoMay } from './policy.ts';
import type { Holding } from './systems.ts';

/** A team that was asked for in chat. */
export interface CreatedTeam {
  id: string;
  title: string;
  /** Of the request. */
  key: string;
}

/** Teams beside those of `platform.yaml`. */
export interface TeamStore {
  /** In the order in which they were made. */
  list(): Promise<CreatedTeam[]>;
  /** Of two requests for one id the first gets it. Idempotent. */
  create(team: CreatedTeam): Promise<{ mine: boolean }>;
}

export type TeamChange = Pick<TeamChangeInput, 'change' | 'team' | 'title' | 'person'>;

/** What the cluster knows a team by that was asked for in chat. */
export function groupOf(team: string): string {
  return `team-${team}`;
}

/** What lets somebody make the change at once, or approve it. */
export function permissionFor({ change }: Pick<TeamChange, 'change'>): Permission {
  return change === 'create' ? 'team.create' : 'team.change';
}

/** Everybody who may make it, but for whoever asks. */
export function decidersOf(
  policy: Policy,
  directory: DirectorySnapshot,
  change: TeamChange & { asker: string },
): Person[] {
  const resource = { owner: change.person, team: change.team };
  const able = whoMay(policy, directory, { permission: permissionFor(change), resource });
  return able.filter(({ id }) => id !== change.asker);
}

/** Whether it is as asked already. */
export function isAlreadySo(directory: DirectorySnapshot, { change, team: id, person }: TeamChange): boolean {
  const team = findTeam(directory, id);
  if (team === undefined || change === 'create') return false;
  const leads = team.leads.includes(person);
  if (change === 'lead') return leads;
  const isIn = leads || team.members.includes(person);
  return change === 'add' ? isIn : !isIn;
}

/** Why it cannot be, whoever asks. */
export function obstacleTo(
  directory: DirectorySnapshot,
  change: TeamChange,
): { reason: string; next: string } | undefined {
  const team = findTeam(directory, change.team);
  if (change.change === 'create') {
    const taken = team ?? directory.teams.find(({ group }) => group === groupOf(change.team));
    if (taken === undefined) return undefined;
    return { reason: `There is a team “${taken.id}” already.`, next: 'Choose another name.' };
  }
  if (team === undefined) {
    return {
      reason: `There is no team “${change.team}” any more.`,
      next: '/team list shows what teams there are.',
    };
  }
  const person = findPerson(directory, change.person);
  if (change.change !== 'remove') {
    if (person?.active === true) return undefined;
    return { reason: `${person?.name ?? change.person} is no longer here.`, next: 'Choose somebody else.' };
  }
  const others = activeLeads(directory, team.leads).filter((id) => id !== change.person);
  if (others.length > 0 || !team.leads.includes(change.person)) return undefined;
  return {
    reason: `${person?.name ?? change.person} is the only lead of team ${team.title}.`,
    next: `Make somebody else lead it first: /team lead ${team.id} @PERSON.`,
  };
}

export function activeLeads(directory: DirectorySnapshot, leads: string[]): string[] {
  return leads.filter((id) => findPerson(directory, id)?.active === true);
}

/**
 * Everything the change gives and takes. `own` is Purser's own directory, as a system: the first step is there, and what they
 * have elsewhere follows it.
 */
export function stepsOf(directory: DirectorySnapshot, change: TeamChange, own: string): HoldingStep[] {
  const team = findTeam(directory, change.team);
  const lead = { system: own, holding: group(`leads/${change.team}`) };
  const member = { system: own, holding: group(`team/${change.team}`) };
  const also = (team?.also ?? []).map(({ system, ...rest }) => ({
    system,
    holding: { kind: 'group' as const, ...rest },
  }));
  const leads = team?.leads.includes(change.person) === true ? [lead] : [];
  const things = {
    create: [lead],
    add: [member, ...also],
    lead: [lead, ...also],
    remove: [...leads, member, ...also],
  }[change.change];
  const want = change.change === 'remove' ? 'gone' : 'held';
  return things.map((thing) => ({ ...thing, want, state: 'waiting' }));
}

function group(name: string): Holding {
  return { kind: 'group', group: name };
}
