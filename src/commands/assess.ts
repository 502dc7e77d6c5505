import type { ApprovalRequirement } from '../domain/approvals.ts';
import { eligibleApprovers } from '../domain/approvers.ts';
import type { JsonObject } from '../domain/json.ts';
import { findTeam, teamsOf } from '../domain/people.ts';
import type { Plan } from '../domain/plans.ts';
import { askPolicy } from '../domain/policy.ts';
import type { PlacesTaken } from '../domain/ports.ts';
import { auditRefusal } from './authorize.ts';
import type { Call } from './context.ts';
import { nearest } from './nearest.ts';
import { echo, listed, sentence } from './wording.ts';

/** What a request would come to. `plan` is there whenever the template could be rendered, errors or not. */
export interface Assessment {
  plan?: Plan;
  digest?: string;
  /** By field; `template` for what no other field could mend. */
  errors: Record<string, string>;
  places?: PlacesTaken;
}

/** Everything that can be said of a request before it is made. Refusals by policy are audited when it `binds`. */
export async function assess(
  call: Call,
  template: string,
  values: JsonObject,
  binds: boolean,
): Promise<Assessment> {
  const { context, directory, person } = call;
  const result = context.catalog.plan({
    template,
    values,
    requester: {
      id: person.id,
      roles: person.roles,
      teams: teamsOf(directory, person.id).map(({ id, group }) => ({ id, group })),
    },
  });
  if (!result.ok) {
    const known = context.catalog.get(template) !== undefined;
    return { errors: known ? result.errors : { template: unknownTemplate(call, template) } };
  }
  const { plan, digest } = result;
  const team = plan.environment.team;
  const places = await context.places.count({ template, owner: person.id, team });
  return { plan, digest, places, errors: await objections(call, plan, places, binds) };
}

export function unknownTemplate({ context: { catalog } }: Call, template: string): string {
  const broken = catalog.problems().find((problem) => problem.template === template);
  if (broken !== undefined) {
    return `The template “${echo(template)}” cannot be used until the platform team mends it: ${broken.problem}`;
  }
  const names = catalog.list().map(({ name }) => name);
  const meant = nearest(template, names);
  const there = names.length === 0 ? 'There is none that works now.' : `There is ${listed(names)}.`;
  const next = meant === undefined ? there : `Did you mean “${meant}”?`;
  return `There is no template “${echo(template)}”. ${next}`;
}

/** Who would be asked to approve, the requester never among them. */
export function approversOf({ directory, person }: Call, approval: ApprovalRequirement & { auto: false }) {
  return eligibleApprovers(directory, approval.by, person.id);
}

async function objections(
  call: Call,
  plan: Plan,
  places: PlacesTaken,
  binds: boolean,
): Promise<Record<string, string>> {
  const { directory, person, policy } = call;
  const resource = { owner: person.id, team: plan.environment.team };
  const answer = askPolicy(policy, directory, { person, permission: 'env.create', resource });
  if (!answer.allowed) {
    if (binds) await auditRefusal(call, 'env.create', answer.rule);
    return {
      team: `You may not create environments for this team: ${answer.because} (rule ${answer.rule}).`,
    };
  }
  return { ...withoutPlace(call, plan, places), ...deadEnd(call, plan) };
}

function withoutPlace(
  { directory, policy }: Call,
  { quota, template, environment }: Plan,
  places: PlacesTaken,
): Record<string, string> {
  const { environmentsPerPerson } = policy.limits;
  if (places.inAll >= environmentsPerPerson) {
    return {
      template: `You have asked for ${places.inAll} environments that are not gone, and nobody may have more than ${environmentsPerPerson} at a time. Delete one first: /env list mine shows yours.`,
    };
  }
  if (places.owner >= quota.perOwner) {
    return {
      template: `You have ${places.owner} of ${quota.perOwner} environments of “${template.name}”. Delete one first: /env list mine shows yours.`,
    };
  }
  if (places.team >= quota.perTeam) {
    const title = findTeam(directory, environment.team)?.title ?? environment.team;
    return {
      team: `${title} has ${places.team} of ${quota.perTeam} environments of “${template.name}”. One has to go first: /env list team=${environment.team} shows them.`,
    };
  }
  return {};
}

/** A request that nobody could approve is refused now, not after its time is up. */
function deadEnd(call: Call, { approval }: Plan): Record<string, string> {
  if (approval.auto) return {};
  const eligible = approversOf(call, approval);
  if (eligible.length >= approval.count) return {};
  const who = eligible.length === 0 ? 'nobody' : `only ${listed(eligible.map(({ name }) => name))}`;
  const approvals = approval.count === 1 ? 'one approval' : `${approval.count} approvals`;
  return {
    template: `This could never be approved. ${sentence(approval.because)}, that takes ${approvals}, and besides you ${who} could give one. Choose something smaller, or ask the platform team to name approvers.`,
  };
}
