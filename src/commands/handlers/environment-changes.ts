import type { EnvironmentState } from '../../domain/environments.ts';
import type { Permission } from '../../domain/policy.ts';
import type { NoticeView } from '../../domain/views.ts';
import type { Launchers } from '../../temporal/launchers.ts';
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

interface Change {
  permission: Permission;
  launch: keyof Pick<Launchers, 'deleteEnvironment' | 'retryEnvironment' | 'rollBackEnvironment'>;
  done: string;
  refused: string;
}

export const confirmedDeletion = changing({
  permission: 'env.delete',
  launch: 'deleteEnvironment',
  done: 'is being taken down. Its card shows how far it is.',
  refused: 'cannot be deleted now.',
});

export const environmentRetry = changing({
  permission: 'env.retry',
  launch: 'retryEnvironment',
  done: 'goes on from the step that failed. Its card shows how far it is.',
  refused: 'cannot be retried now.',
});

export const environmentRollBack = changing({
  permission: 'env.roll-back',
  launch: 'rollBackEnvironment',
  done: 'is being rolled back. Its card says what could not be undone, if anything.',
  refused: 'cannot be rolled back now.',
});

function changing({ permission, launch, done, refused }: Change) {
  return {
    permission,
    async handle(call: Call, { name, requestId }: { name: string; requestId: string }): Promise<NoticeView> {
      const found = await changeable(call, permission, name);
      if (!found.ok) return found.reply;
      if (found.state.requestId !== requestId) return olderRequest(name);
      const outcome = await call.context.launchers[launch](name, requestId, call.person.id);
      return refusedLaunch(outcome, `“${name}” ${refused}`) ?? notice('success', `“${name}” ${done}`);
    },
  };
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
