import type { KubeConfig } from '@kubernetes/client-node';
import { FAILURE } from '../domain/errors.ts';
import { environmentWorkflowId } from '../domain/ids.ts';
import type { Plan, PlanStep } from '../domain/plans.ts';
import { type Cluster, ClusterError } from '../domain/ports.ts';
import { proveAccess } from './access-proof.ts';
import { type ApplyContext, applyObjects, dryRunSteps, inventoryOf } from './apply.ts';
import { createKubeClient, type KubeClient } from './client.ts';
import { teardown } from './delete.ts';
import { KubeError, toClusterError } from './errors.ts';
import { noteExpiry } from './note-expiry.ts';
import { field, text } from './objects.ts';
import { waitUntilReady } from './wait-ready.ts';

/** The cluster of the kubeconfig's current context. */
export function createCluster(kubeConfig: KubeConfig): Cluster {
  const client = createKubeClient(kubeConfig);
  return {
    async applyStep({ plan, stepId, requestId, progress, signal }) {
      const environment = environmentWorkflowId(plan.environment.cluster, plan.environment.name);
      const step = plan.steps.find(({ id }) => id === stepId);
      if (step === undefined) throw new Error(`the plan has no step ${stepId}`);
      const context: ApplyContext = { client: client.onBehalfOf(environment), requestId, progress, signal };
      try {
        const applied = await applyObjects(step.objects, context);
        if (step.id === 'access') await checkAhead(plan, context);
        await waitUntilReady(applied, context);
        return applied.map(inventoryOf);
      } catch (error) {
        if (error instanceof ClusterError) throw inStep(error, step);
        throw error;
      }
    },
    teardown: ({ environment, ...options }) =>
      teardown({ client: client.onBehalfOf(environment), ...options }),
    noteExpiry: ({ environment, ...options }) => noteExpiry(client.onBehalfOf(environment), options),
    readSecrets: (options) => readSecrets(client.onBehalfOf(options.environment), options),
    ready: () => client.ready(),
  };
}

/** Before the first workload: would the cluster take everything, and does access hold. Needs the namespace. */
async function checkAhead(plan: Plan, context: ApplyContext): Promise<void> {
  const later = plan.steps.filter(({ id }) => id !== 'space' && id !== 'access');
  await Promise.all([dryRunSteps(later, context), proveAccess(plan, context)]);
}

/** By the time a person reads it, what may help itself has been tried again for an hour. */
function inStep({ trouble, cause }: ClusterError, step: PlanStep): ClusterError {
  const next =
    trouble.type === 'Unknown'
      ? 'Retry goes on from this step; Roll back undoes what was made. If Retry does not help, ask the platform team.'
      : trouble.next;
  return new ClusterError({ ...trouble, step: step.id, next }, { cause });
}

async function readSecrets(
  client: KubeClient,
  options: Parameters<Cluster['readSecrets']>[0],
): Promise<{ key: string; value: string }[]> {
  // Nobody is read for as a part of the cluster itself, whatever a directory calls its people and groups.
  const reserved = [options.person, options.group].some((name) => name.startsWith('system:'));
  if (reserved) throw notYours(options.outputs[0]?.secret.name ?? '');
  const as = { user: options.person, groups: [options.group, 'system:authenticated'] };
  const names = [...new Set(options.outputs.map(({ secret }) => secret.name))];
  const found = new Map(
    await Promise.all(
      names.map(async (name) => {
        const ref = { apiVersion: 'v1', kind: 'Secret', namespace: options.namespace, name };
        try {
          return [name, (await client.get(ref, { as }))?.data] as const;
        } catch (error) {
          throw error instanceof KubeError && error.code === 403
            ? notYours(name)
            : toClusterError(error, ref);
        }
      }),
    ),
  );
  return options.outputs.map(({ key, secret }) => {
    const encoded = text(field(found.get(secret.name), secret.key));
    if (encoded === '') throw missing(secret);
    return { key, value: Buffer.from(encoded, 'base64').toString('utf8') };
  });
}

function notYours(name: string): ClusterError {
  return new ClusterError({
    type: FAILURE.forbidden,
    object: `Secret ${name}`,
    reason: 'the cluster does not let you read it',
    events: [],
    next: 'Ask a member of the team that owns the environment.',
  });
}

function missing(secret: { name: string; key: string }): ClusterError {
  return new ClusterError({
    type: 'Unknown',
    object: `Secret ${secret.name}`,
    reason: `it has no ${secret.key}`,
    events: [],
    next: 'Ask the platform team what removed it. A new environment gets new credentials.',
  });
}
