import { Context } from '@temporalio/activity';
import { FAILURE } from '../src/domain/errors.ts';
import { environmentWorkflowId } from '../src/domain/ids.ts';
import type { Plan } from '../src/domain/plans.ts';
import { auditEnvironment, endDetail } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { clusterFailure, refused } from './failures.ts';
import { beating } from './heartbeat.ts';
import type { EnvironmentContext, KubernetesActivities } from './index.ts';
import { withWayOut } from './way-out.ts';

type Deps = Pick<ActivityDeps, 'audit' | 'plans' | 'digestOf' | 'cluster' | 'catalog' | 'directory'> & {
  /** Shows the state on the card, if that can be done at once. Never rejects. */
  hint(context: EnvironmentContext): Promise<void>;
};

/** Then the blockers are named, and the workflow goes on waiting. */
const NAMESPACE_PATIENCE_MS = 120_000;

export function createKubernetesActivities(deps: Deps): KubernetesActivities {
  async function approvedPlan({ state }: EnvironmentContext): Promise<Plan> {
    const plan = await deps.plans.load(state.digest);
    const stale = plan === undefined || deps.digestOf(plan) !== state.digest || !isAbout(plan, state);
    if (!stale) return plan;
    throw refused(
      FAILURE.stalePlan,
      'What was approved is no longer to be found as it was approved, so nothing was done.',
      'Roll back, then ask for the environment again.',
    );
  }

  async function noteExpiry(
    { state }: EnvironmentContext,
    expiresAt: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace, requestId } = state;
    if (expiresAt === undefined) return;
    await deps.cluster.noteExpiry({ environment: keyOf(state), namespace, requestId, expiresAt, signal });
  }

  return {
    async applyStep(input) {
      const { state, stepId } = input;
      const plan = await approvedPlan(input);
      await auditEnvironment(deps.audit, input, {
        action: 'environment.apply',
        actor: 'purser',
        outcome: 'intended',
        detail: { step: stepId },
      });
      // Beside the step, not before it: chat never delays an environment.
      void deps.hint(input);
      return await onCluster(stepId, async (progress, signal) => {
        const { requestId } = state;
        const created = await withWayOut(deps, state, () =>
          deps.cluster.applyStep({ plan, stepId, requestId, progress, signal }),
        );
        await noteExpiry(input, input.expiresAt, signal);
        return created;
      });
    },

    async noteExpiry(input) {
      await onCluster(undefined, (_progress, signal) => noteExpiry(input, input.state.expiresAt, signal));
    },

    async teardown(input) {
      const { state, inventory } = input;
      await auditEnvironment(deps.audit, input, {
        action: 'environment.teardown',
        actor: state.deletedBy ?? 'purser',
        outcome: 'intended',
        detail: { ...endDetail(state), objects: `${inventory.length}` },
      });
      void deps.hint(input);
      return await onCluster(undefined, (progress, signal) =>
        deps.cluster.teardown({
          environment: keyOf(state),
          namespace: state.namespace,
          requestId: state.requestId,
          inventory,
          waitMs: NAMESPACE_PATIENCE_MS,
          progress,
          signal,
        }),
      );
    },
  };
}

function keyOf({ cluster, name }: EnvironmentContext['state']): string {
  return environmentWorkflowId(cluster, name);
}

/** A digest names what was approved; it must also be this environment that it was approved for. */
function isAbout({ environment }: Plan, state: EnvironmentContext['state']): boolean {
  return (
    environment.cluster === state.cluster &&
    environment.name === state.name &&
    environment.namespace === state.namespace &&
    environment.team === state.team
  );
}

/** A cancellation reaches the work as the signal, and ends the activity as cancelled. */
async function onCluster<Result>(
  step: string | undefined,
  work: (progress: (note: string) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { cancellationSignal, cancelled } = Context.current();
  try {
    return await beating((progress) => work(progress, cancellationSignal));
  } catch (error) {
    if (cancellationSignal.aborted) await cancelled;
    throw clusterFailure(error, step);
  }
}
