import { z } from 'zod';
import { approverRuleSchema } from './approvals.ts';
import { duration } from './durations.ts';
import { type DirectorySnapshot, findTeam, type Person, teamsOf } from './people.ts';

/**
 * `incident.look`: lists, cards, timelines. `incident.work`: updates, pages, tasks, roles, notes. `incident.command`:
 * severity, resolve, close, merge, silence. `incident.make-private`: from public to private, while it runs.
 * `incident.private`: private incidents one is not a member of. `user.look`: who somebody is; `user.look-into`: their
 * roles and accounts, and what they have in every system; `user.unlink`: ends the link of an account of theirs;
 * `user.offboard`: asks that they lose everything; `user.onboard`: that somebody comes. Whoever may for anybody approves it.
 * `team.ask`: for a change of a team, which whoever has `team.change` or `team.create` may do at once and others approve.
 * `access.look`: what somebody has or waits for; `access.request`: for them; `access.extend` and `access.end`: what they have.
 */
export const PERMISSIONS = [
  'env.help',
  'env.templates',
  'env.create',
  'env.list',
  'env.show',
  'env.explain',
  'env.reveal',
  'env.retry',
  'env.roll-back',
  'env.delete',
  'link.decide',
  'incident.look',
  'incident.declare',
  'incident.work',
  'incident.command',
  'incident.make-private',
  'incident.private',
  'user.look',
  'user.look-into',
  'user.unlink',
  'user.explain',
  'user.offboard',
  'user.onboard',
  'team.look',
  'team.ask',
  'team.change',
  'team.create',
  'access.look',
  'access.request',
  'access.extend',
  'access.end',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** `atOnce` after a rest, then so many a minute. */
const pace = z.strictObject({ atOnce: z.int().min(1), perMinute: z.int().min(1).max(60_000) });
export type RequestPace = z.infer<typeof pace>;

/** How much of everything. What a file does not say is as it is here. */
export const limitsSchema = z.strictObject({
  /** Commands, buttons and forms that are taken, of one account and in one channel. */
  perPerson: pace.default({ atOnce: 60, perMinute: 60 }),
  perChannel: pace.default({ atOnce: 200, perMinute: 600 }),
  /** That one person has asked for and that are not gone, whatever their templates. */
  environmentsPerPerson: z.int().min(1).default(10),
  /** Who decides, and for how long they may think about it, when somebody asks for more environments than they may have. */
  moreQuota: z
    .strictObject({
      by: approverRuleSchema.default({ role: 'admin' }),
      within: duration.default(3 * 86_400_000),
    })
    .prefault({}),
  /** How long a chat account stays linked by an administrator's decision, until it is confirmed again. */
  linksLast: duration.default(365 * 86_400_000),
});
export type Limits = z.infer<typeof limitsSchema>;

/**
 * `manifests/policies/*.yaml`: role → commands → resources. The first rule that matches answers; no rule, no
 * permission. `own` is what the person asked for themselves, `team` what belongs to a team of theirs, `led` what
 * belongs to a team they lead; of incidents, `own` is what they declared and `led` what they lead; people
 * are their own, and of each team of theirs, and so is their access.
 */
export const policySchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('Policy'),
  rules: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]+$/),
      role: z.string().min(1),
      may: z.union([z.literal('*'), z.array(z.enum(PERMISSIONS)).min(1)]),
      on: z.enum(['any', 'own', 'team', 'led']).default('any'),
      because: z.string().min(1),
    }),
  ),
  limits: limitsSchema.prefault({}),
});
export type Policy = z.infer<typeof policySchema>;

/** `lead` is who leads it, where it is an incident. */
export interface PolicyResource {
  owner: string;
  team: string;
  lead?: string | undefined;
}

export interface PolicyAnswer {
  allowed: boolean;
  /** The rule that matched; `default-deny` when none did. */
  rule: string;
  because: string;
}

/** Whether `person` may do it to the resource. A resource that is not given is nobody's: only `any` rules match it. */
export function askPolicy(
  policy: Policy,
  directory: DirectorySnapshot,
  question: { person: Person; permission: Permission; resource?: PolicyResource },
): PolicyAnswer {
  const { person, permission, resource } = question;
  const rule = policy.rules.find(
    (candidate) =>
      person.active &&
      person.roles.includes(candidate.role) &&
      (candidate.may === '*' || candidate.may.includes(permission)) &&
      covers(candidate.on, directory, person, resource),
  );
  if (rule === undefined) {
    return {
      allowed: false,
      rule: 'default-deny',
      because: `no rule lets ${person.roles.length === 0 ? 'somebody without a role' : person.roles.join(', ')} do this here`,
    };
  }
  return { allowed: true, rule: rule.id, because: rule.because };
}

/** Whether `person` may do it to the person `of`. One team of theirs that allows it is enough. */
export function askAboutPerson(
  policy: Policy,
  directory: DirectorySnapshot,
  { person, permission, of }: { person: Person; permission: Permission; of: string },
): PolicyAnswer {
  const ask = (team: string) =>
    askPolicy(policy, directory, { person, permission, resource: { owner: of, team } });
  const byTeam = teamsOf(directory, of).map(({ id }) => ask(id));
  return byTeam.find(({ allowed }) => allowed) ?? ask('');
}

/** Whether there is anything the person may do it to: what nobody could be allowed need not be looked up. */
export function mayAnywhere(policy: Policy, person: Person, permission: Permission): boolean {
  return policy.rules.some(
    (rule) =>
      person.active &&
      person.roles.includes(rule.role) &&
      (rule.may === '*' || rule.may.includes(permission)),
  );
}

/** Everybody who may do it to the resource, in the directory's order. */
export function whoMay(
  policy: Policy,
  directory: DirectorySnapshot,
  question: { permission: Permission; resource?: PolicyResource },
): Person[] {
  return directory.people.filter((person) => askPolicy(policy, directory, { ...question, person }).allowed);
}

function covers(
  on: Policy['rules'][number]['on'],
  directory: DirectorySnapshot,
  person: Person,
  resource: PolicyResource | undefined,
): boolean {
  if (on === 'any') return true;
  if (resource === undefined) return false;
  if (on === 'own') return resource.owner === person.id;
  if (on === 'led' && resource.lead === person.id) return true;
  const team = findTeam(directory, resource.team);
  if (on === 'led') return team?.leads.includes(person.id) ?? false;
  return team !== undefined && (team.members.includes(person.id) || team.leads.includes(person.id));
}
