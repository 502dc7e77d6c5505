import { type AccountRef, accountKey } from './refs.ts';

/** A directory identity. `id` never changes and is never reused. */
export interface Person {
  id: string;
  name: string;
  email: string;
  active: boolean;
  /** Platform roles (`developer`, `admin`, …) that policies name. */
  roles: string[];
  accounts: AccountRef[];
  /** Another person's id. */
  manager?: string;
  /** Never offboarded from chat: accounts for emergencies, and of Purser itself. */
  protected?: boolean;
}

export interface Team {
  id: string;
  title: string;
  /** The group the cluster knows the team by; RoleBindings name it. */
  group: string;
  leads: string[];
  members: string[];
  timeZone?: string | undefined;
  /** Groups in other systems that whoever is put into it from chat gets as well. */
  also?: { system: string; group: string; scope?: string | undefined }[] | undefined;
}

/** Everybody and every team at one moment. At most 60 s old when a connector hands it out. */
export interface DirectorySnapshot {
  people: Person[];
  teams: Team[];
  /** Accounts that an administrator linked to a person, and until when that holds. */
  linked?: { account: AccountRef; person: string; until: Date }[];
  /** Accounts whose link to a person has run out, and is to be confirmed. They are nobody's until then. */
  lapsed?: { account: AccountRef; person: string }[];
}

export function findPerson(directory: DirectorySnapshot, id: string): Person | undefined {
  return directory.people.find((person) => person.id === id);
}

/** Whether they are known, and still here. */
export function isActive(directory: DirectorySnapshot, id: string): boolean {
  return findPerson(directory, id)?.active === true;
}

/** Who a chat account belongs to, whether they are still here or not; `undefined` when it is linked to nobody. */
export function ownerOfAccount(directory: DirectorySnapshot, account: AccountRef): Person | undefined {
  const key = accountKey(account);
  return directory.people.find((person) => person.accounts.some((linked) => accountKey(linked) === key));
}

/** When the account is its person's no more, if nobody decides otherwise; `undefined` where that has no end. */
export function linkedUntil(directory: DirectorySnapshot, account: AccountRef): Date | undefined {
  const key = accountKey(account);
  return directory.linked?.find((link) => accountKey(link.account) === key)?.until;
}

/** Who a chat account belonged to until its link ran out. */
export function lapsedOwner(directory: DirectorySnapshot, account: AccountRef): Person | undefined {
  const key = accountKey(account);
  const link = directory.lapsed?.find((lapsed) => accountKey(lapsed.account) === key);
  return link === undefined ? undefined : findPerson(directory, link.person);
}

export function findTeam(directory: DirectorySnapshot, id: string): Team | undefined {
  return directory.teams.find((team) => team.id === id);
}

/** The teams a person belongs to, as a member or as a lead, in the directory's order. */
export function teamsOf(directory: DirectorySnapshot, personId: string): Team[] {
  return directory.teams.filter((team) => team.members.includes(personId) || team.leads.includes(personId));
}
