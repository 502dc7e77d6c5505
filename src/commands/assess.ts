import type { ApprovalRequirement } from '../domain/approvals.ts';
import { eligibleApprovers } from '../domain/approvers.ts';
import type { JsonObject } from '../domain/json.ts';
import { teamsOf } from '../domain/people.ts';
import type { Plan } from '../domain/plans.ts';
import { askPolicy } from '../domain/policy.ts';
import { type FullLimit, fullLimit, type PlaceCount, type QuotaLimits } from '../domain/quota.ts';
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
  places?: PlaceCount;
  /** What leaves no place, where the rest is well. */
  full?: FullLimit;
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
  const full = fullLimit(limitsOf(call, plan), places);
  return { plan, digest, places, full, errors: await objections(call, plan, binds) };
}

/** Without what is granted on top. */
export function limitsOf({ policy }: Call, { quota }: Pick<Plan, 'quota'>): QuotaLimits {
  return { ...quota, inAll: policy.limits.environmentsPerPerson };
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

async function objections(call: Call, plan: Plan, binds: boolean): Promise<Record<string, string>> {
  const { directory, person, policy } = call;
  const resource = { owner: person.id, team: plan.environment.team };
  const answer = askPolicy(policy, directory, { person, permission: 'env.create', resource });
  if (!answer.allowed) {
    if (binds) await auditRefusal(call, 'env.create', answer.rule);
    return {
      team: `You may not create environments for this team: ${answer.because} (rule ${answer.rule}).`,
    };
  }
  return deadEnd(call, plan);
}

/** A request that nobody could approve is refused now, not after its time is up. */
function deadEnd(call: Call, { approval }: Plan): Record<string, string> {
  if (approval.auto) return {};
  if (approval.signIn === true && call.context.askToSignIn === undefined) {
    return {
      template: `This could never be approved. ${sentence(approval.because)}, and Purser knows no identity provider to sign in at. Ask the platform team to set OIDC_ISSUER.`,
    };
  }
  const eligible = approversOf(call, approval);
  if (eligible.length >= approval.count) return {};
  const who = eligible.length === 0 ? 'nobody' : `only ${listed(eligible.map(({ name }) => name))}`;
  const approvals = approval.count === 1 ? 'one approval' : `${approval.count} approvals`;
  return {
    template: `This could never be approved. ${sentence(approval.because)}, that takes ${approvals}, and besides you ${who} could give one. Choose something smaller, or ask the platform team to name approvers.`,
  };
}
