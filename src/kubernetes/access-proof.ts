import { setTimeout as delay } from 'node:timers/promises';
import { FAILURE } from '../domain/errors.ts';
import type { Plan } from '../domain/plans.ts';
import { ClusterError } from '../domain/ports.ts';
import type { ApplyContext } from './apply.ts';
import type { AccessQuestion } from './client.ts';
import { toClusterError } from './errors.ts';

interface Claim {
  who: 'member' | 'outsider';
  allowed: boolean;
  attributes: Omit<AccessQuestion['attributes'], 'namespace'>;
}

/** The authorizer reads roles from a cache that lags behind what was just applied. */
const LAG_MS = 10_000;
const RETRY_MS = 50;
/** Nobody's name: the answer is about the group alone. */
const NOBODY = 'purser:access-proof';

/** Has the cluster itself say that a member can, an outsider cannot, and neither can loosen the guardrails. */
export async function proveAccess(plan: Plan, context: ApplyContext): Promise<void> {
  const claims = claimsOf(plan);
  const proveAll = (allowed: boolean) =>
    Promise.all(
      claims.filter((claim) => claim.allowed === allowed).map((claim) => prove(claim, plan, context)),
    );
  // Whoever may do nothing yet proves nothing: once members get in, the cluster has read what outsiders are kept from.
  await proveAll(true);
  await proveAll(false);
}

function claimsOf(plan: Plan): Claim[] {
  const secrets = plan.outputs.flatMap((output) => ('secret' in output ? [output.secret.name] : []));
  const [secret] = secrets;
  const member = (allowed: boolean, attributes: Claim['attributes']): Claim => ({
    who: 'member',
    allowed,
    attributes,
  });
  const outsider = (attributes: Claim['attributes']): Claim => ({
    who: 'outsider',
    allowed: false,
    attributes,
  });
  const readSecret = { verb: 'get', resource: 'secrets', name: secret };
  return [
    member(true, { verb: 'get', resource: 'pods' }),
    member(true, { verb: 'patch', resource: 'deployments', group: 'apps' }),
    member(false, { verb: 'list', resource: 'secrets' }),
    member(false, { verb: 'patch', resource: 'resourcequotas' }),
    member(false, { verb: 'patch', resource: 'networkpolicies', group: 'networking.k8s.io' }),
    member(false, { verb: 'create', resource: 'rolebindings', group: 'rbac.authorization.k8s.io' }),
    outsider({ verb: 'get', resource: 'pods' }),
    outsider({ verb: 'create', resource: 'pods', subresource: 'exec' }),
    ...(secret === undefined ? [] : [member(true, readSecret), outsider(readSecret)]),
  ];
}

async function prove(claim: Claim, plan: Plan, { client, signal }: ApplyContext): Promise<void> {
  const { group, outsiderGroup } = plan.accessProof;
  const question: AccessQuestion = {
    user: NOBODY,
    groups: [claim.who === 'member' ? group : outsiderGroup, 'system:authenticated'],
    attributes: { ...claim.attributes, namespace: plan.environment.namespace },
  };
  const giveUpAt = Date.now() + LAG_MS;
  const ref = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'Access',
    name: `for ${plan.environment.group}`,
  };
  for (;;) {
    try {
      if ((await client.mayAccess(question, { signal })) === claim.allowed) return;
    } catch (error) {
      throw toClusterError(error, ref);
    }
    if (Date.now() > giveUpAt) throw disproven(claim, plan);
    await delay(RETRY_MS, undefined, { signal });
  }
}

function disproven(claim: Claim, plan: Plan): ClusterError {
  const { verb, resource } = claim.attributes;
  const who = claim.who === 'member' ? `the group ${plan.accessProof.group}` : 'somebody outside the team';
  return new ClusterError({
    type: FAILURE.accessProof,
    object: 'RoleBinding purser-team',
    reason: claim.allowed ? `${who} cannot ${verb} ${resource}` : `${who} can ${verb} ${resource}`,
    events: [],
    next: 'Have the platform team look at the cluster’s roles for that group, then retry.',
  });
}
