import type { ChatReply } from '../../chat/adapter.ts';
import type { FormView } from '../../domain/forms.ts';
import { PERMISSION_OF } from '../../domain/incident-permissions.ts';
import type { IncidentState } from '../../domain/incidents.ts';
import { mayAnywhere } from '../../domain/policy.ts';
import { refusal } from '../authorize.ts';
import type { Call } from '../context.ts';
import { notice } from '../wording.ts';
import { formRequest } from './environment-create.ts';

/** The form of an environment as ever, under the person's own rights, that knows which incident it is for. */
export async function openEnvironmentForm(
  call: Call,
  state: IncidentState,
  template: string | undefined,
): Promise<ChatReply> {
  const refused = await refusal(call, PERMISSION_OF.environment);
  if (refused !== undefined) return refused;
  if (!('source' in call.request)) {
    return notice(
      'warning',
      'An environment is asked for in Slack or Teams: its card needs a place to stand.',
    );
  }
  if (!mayAnywhere(call.policy, call.person, 'env.create')) return refusal(call, 'env.create');
  const reply = await formRequest.handle(call, { intent: 'environment.request', template });
  if (reply?.kind !== 'open-form' || reply.form.kind !== 'form') return reply;
  const form: FormView = {
    ...reply.form,
    context: { ...reply.form.context, incident: `${state.number}` },
  };
  return { kind: 'open-form', form };
}
