import type { GrantListItem, GrantState } from '../domain/access.ts';
import { type AccessQuestion, answersFor, isFor } from '../domain/access-rules.ts';
import { everyApprover, isOwnRequest } from '../domain/access-stages.ts';
import type { Entitlement, PublishedEntitlement } from '../domain/entitlements.ts';
import { personOnCall } from '../domain/on-call.ts';
import { findPerson, type Person } from '../domain/people.ts';
import { askAboutPerson, type Permission } from '../domain/policy.ts';
import type { NoticeView } from '../domain/views.ts';
import type { GrantRef } from '../temporal/grant-launchers.ts';
import type { Call } from './context.ts';
import { asked } from './incident-lookups.ts';
import { nearest } from './nearest.ts';
import { echo, listed, notice } from './wording.ts';

/** Far more than one organisation has at a time. */
const SEARCHED = 500;
const NO_ANSWER = 'Temporal did not answer';

export async function listGrants({ context }: Call, beneficiary?: string): Promise<GrantListItem[]> {
  const filter = { ...(beneficiary === undefined ? {} : { beneficiary }), limit: SEARCHED };
  const { items } = await asked(() => context.access.launchers.listGrants(filter), NO_ANSWER);
  return items;
}

export async function findGrant({ context }: Call, grant: GrantRef): Promise<GrantState | undefined> {
  return await asked(() => context.access.launchers.getGrant(grant), NO_ANSWER);
}

/** Whatever of it was named: one's own by its id alone, and everybody's that are not over. */
export async function grantNamed(
  call: Call,
  { beneficiary, id }: Partial<GrantRef> & { id: string },
): Promise<GrantState | NoticeView> {
  const direct = await findGrant(call, { beneficiary: beneficiary ?? call.person.id, id });
  if (direct !== undefined) return direct;
  const found = beneficiary === undefined ? await searched(call, id) : undefined;
  return (
    found ??
    notice('warning', `There is no access with the id ${echo(id)}.`, {
      details: [
        'Type /access list to see what there is. What is over has the name of whoever had it before its id, as in kim/3f9a0c1288.',
      ],
    })
  );
}

async function searched(call: Call, id: string): Promise<GrantState | undefined> {
  const item = (await listGrants(call)).find((candidate) => candidate.id === id);
  return item === undefined ? undefined : await findGrant(call, item);
}

export type Named = { ok: true; entitlement: PublishedEntitlement } | { ok: false; problem: string };

/** What is known of them while the file can be read: to look at access, and to end it, needs no more. */
export async function knownEntitlements({ context }: Call): Promise<PublishedEntitlement[]> {
  try {
    return await context.access.entitlements();
  } catch (err) {
    context.logger.warn({ err }, 'entitlements not read');
    return [];
  }
}

/** By its id or its title, as people type it. */
export function entitlementNamed(published: PublishedEntitlement[], typed: string): Named {
  const word = typed.trim().toLowerCase();
  const entitlement = published.find(({ id, title }) => id === word || title.toLowerCase() === word);
  if (entitlement !== undefined) return { ok: true, entitlement };
  const meant = nearest(
    word,
    published.map(({ id }) => id),
  );
  const next = meant === undefined ? '/access catalogue shows what there is.' : `Did you mean “${meant}”?`;
  return { ok: false, problem: `There is no access called “${echo(typed)}”. ${next}` };
}

/** Everybody whose access the person may ask for, themselves first. */
export function peopleToAskFor({ policy, directory, person }: Call): Person[] {
  const may = ({ id }: Person) =>
    askAboutPerson(policy, directory, { person, permission: 'access.request', of: id }).allowed;
  const others = directory.people.filter(({ id, active }) => active && id !== person.id);
  return [person, ...others].filter(may);
}

/** What one of them could have. */
export function offeredTo(
  call: Call,
  published: PublishedEntitlement[],
  people: Person[],
): PublishedEntitlement[] {
  return published.filter((entitlement) => people.some(({ id }) => isFor(entitlement, call.directory, id)));
}

/** Whom it is for, in words: "team Shop and those with the role developer". */
export function forInWords({ directory }: Call, { for: groups }: Pick<Entitlement, 'for'>): string {
  const words = groups.map((group) => {
    if ('person' in group) return findPerson(directory, group.person)?.name ?? group.person;
    if ('role' in group) return `those with the role ${group.role}`;
    return `team ${directory.teams.find(({ id }) => id === group.team)?.title ?? group.team}`;
  });
  return listed(words);
}

/** Who is meant by the rules, as things are now. */
export async function questionAbout(
  call: Call,
  { owner, beneficiary }: { owner: Entitlement['owner']; beneficiary: string },
): Promise<AccessQuestion> {
  const { context, directory, person } = call;
  const config = await context.incidents.config();
  return {
    directory,
    requester: person.id,
    beneficiary,
    owner,
    onCall(id) {
      const schedule = config?.schedules.find((candidate) => candidate.id === id);
      return schedule === undefined ? undefined : personOnCall(schedule, context.now());
    },
  };
}

/** Whether the person has to do with it, whatever the policy says. */
export async function takesPart(call: Call, state: GrantState): Promise<boolean> {
  const { id } = call.person;
  if (isOwnRequest(state, id) || everyApprover(state).includes(id)) return true;
  const published = await knownEntitlements(call);
  const rules = published.find((entitlement) => entitlement.id === state.entitlement.id);
  return rules !== undefined && answersFor(rules, call.directory, id);
}

export function mayAbout({ policy, directory, person }: Call, permission: Permission, of: string): boolean {
  return askAboutPerson(policy, directory, { person, permission, of }).allowed;
}
