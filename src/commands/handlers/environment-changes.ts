import type { EnvironmentState } from '../../domain/environments.ts';
import type { Permission } from '../../domain/policy.ts';
import type { NoticeView } from '../../domain/views.ts';
import type { LaunchOutcome } from '../../temporal/launchers.ts';
import { refusal } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { findEnvironment, noSuchEnvironment, olderRequest, refusedLaunch } from '../lookups.ts';
import { notice } from '../wording.ts';

/** Asks, with what will be lost; the button of the answer does it. */
export const environmentDeletion: Handler<'environment.delete'> = {
  permission: 'env.delete',
  async handle(call, { name }) {
    const found = await changeable(call, 'env.delete', name);
    if (!found.ok) return found.reply;
    const { state } = found;
    const waiting = state.phase === 'awaiting-approval';
    return notice('warning', waiting ? `Withdraw the request for “${name}”?` : `Delete “${name}”?`, {
      details: [
        waiting
          ? 'Nothing has been created yet. Whoever was asked to approve is told.'
          : 'Everything in it goes: what runs, its data and its credentials. This cannot be undone.',
      ],
      actions: [
        {
          actionId: 'environment.delete-confirmed',
          label: waiting ? 'Withdraw request' : 'Delete it',
          style: 'danger',
          payload: { name, requestId: state.requestId },
        },
      ],
    });
  },
};

export const confirmedDeletion: Handler<'environment.delete-confirmed'> = {
  permission: 'env.delete',
  handle: (call, intent) =>
    change(call, intent, {
      permission: 'env.delete',
      launch: (name, requestId) => call.context.launchers.deleteEnvironment(name, requestId, call.person.id),
      done: 'is being taken down. Its card shows how far it is.',
      refused: 'cannot be deleted now.',
    }),
};

export const environmentRetry: Handler<'environment.retry'> = {
  permission: 'env.retry',
  handle: (call, intent) =>
    change(call, intent, {
      permission: 'env.retry',
      launch: (name, requestId) => call.context.launchers.retryEnvironment(name, requestId, call.person.id),
      done: 'goes on from the step that failed. Its card shows how far it is.',
      refused: 'cannot be retried now.',
    }),
};

export const environmentRollBack: Handler<'environment.roll-back'> = {
  permission: 'env.roll-back',
  handle: (call, intent) =>
    change(call, intent, {
      permission: 'env.roll-back',
      launch: (name, requestId) =>
        call.context.launchers.rollBackEnvironment(name, requestId, call.person.id),
      done: 'is being rolled back. Its card says what could not be undone, if anything.',
      refused: 'cannot be rolled back now.',
    }),
};

async function change(
  call: Call,
  { name, requestId }: { name: string; requestId: string },
  options: {
    permission: Permission;
    launch(name: string, requestId: string): Promise<LaunchOutcome>;
    done: string;
    refused: string;
  },
): Promise<NoticeView> {
  const found = await changeable(call, options.permission, name);
  if (!found.ok) return found.reply;
  if (found.state.requestId !== requestId) return olderRequest(name);
  const refused = refusedLaunch(await options.launch(name, requestId), `“${name}” ${options.refused}`);
  return refused ?? notice('success', `“${name}” ${options.done}`);
}

/** The environment, when it is there and the person may do that to it. */
async function changeable(
  call: Call,
  permission: Permission,
  name: string,
): Promise<{ ok: true; state: EnvironmentState } | { ok: false; reply: NoticeView }> {
  const state = await findEnvironment(call.context, name);
  if (state === undefined) return { ok: false, reply: await noSuchEnvironment(call, name) };
  const refused = await refusal(call, permission, { owner: state.requester, team: state.team, name });
  if (refused !== undefined) return { ok: false, reply: refused };
  if (state.phase === 'gone') {
    return { ok: false, reply: notice('info', `“${name}” is gone already, so there is nothing to do.`) };
  }
  return { ok: true, state };
}
