import { environmentWorkflowId } from '../../domain/ids.ts';
import { teamsOf } from '../../domain/people.ts';
import type { Plan } from '../../domain/plans.ts';
import { ClusterError } from '../../domain/ports.ts';
import { refusal } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { findEnvironment, noSuchEnvironment, olderRequest } from '../lookups.ts';
import { notice } from '../wording.ts';

/** Reads credentials as the person, at the click, after asking the rules anew. They go into the form, nowhere else. */
export const credentials: Handler<'environment.reveal'> = {
  permission: 'env.reveal',
  async handle(call, { name, requestId }) {
    const { context, person } = call;
    const state = await findEnvironment(context, name);
    if (state === undefined) return noSuchEnvironment(call, name);
    const refused = await refusal(call, 'env.reveal', { owner: state.requester, team: state.team, name });
    if (refused !== undefined) return refused;
    if (state.requestId !== requestId) return olderRequest(name);
    if (state.phase !== 'ready') {
      return notice('info', `“${name}” is not ready, so it has no credentials to show.`, {
        details: ['Its card says how far it is.'],
      });
    }
    const plan = await context.plans.load(state.digest);
    if (plan === undefined) throw new Error('The plan of a running environment is missing');
    await audited(call, name, 'intended', { requestId });
    try {
      const entries = await context.revealSecrets({
        environment: environmentWorkflowId(context.cluster, name),
        namespace: state.namespace,
        outputs: secretOutputs(plan),
        person: person.id,
        group: groupOf(call, plan),
      });
      return {
        kind: 'open-form',
        form: {
          kind: 'credentials',
          title: `Credentials: ${name}`,
          entries,
          note: 'Only you see this, and that you looked is in the audit. Close it when you are done.',
        },
      };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      await audited(call, name, 'failed', { requestId, type: error.trouble.type });
      return notice('error', `The cluster did not show you the credentials of “${name}”.`, {
        details: [`Why: ${error.trouble.reason}`, error.trouble.next],
      });
    }
  },
};

/** The environment's group only for those who are in its team: the cluster's own rules refuse everybody else. */
function groupOf({ directory, person }: Call, plan: Plan): string {
  const teams = teamsOf(directory, person.id);
  const own = teams.find((team) => team.id === plan.environment.team) ?? teams[0];
  return own?.group ?? plan.accessProof.outsiderGroup;
}

function secretOutputs({ outputs }: Plan): { key: string; secret: { name: string; key: string } }[] {
  return outputs.filter((output) => 'secret' in output);
}

async function audited(
  { context, request, person }: Call,
  name: string,
  outcome: 'intended' | 'failed',
  detail: Record<string, string>,
): Promise<void> {
  await context.audit.append({
    key: `${request.dedupeKey}:reveal:${outcome}`,
    action: 'environment.reveal',
    actor: person.id,
    subject: environmentWorkflowId(context.cluster, name),
    outcome,
    detail,
  });
}
