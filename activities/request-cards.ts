import { log } from '@temporalio/activity';
import { managerNote } from '../src/domain/arrival-views.ts';
import type { DirectorySnapshot } from '../src/domain/people.ts';
import type { PeopleRequestState } from '../src/domain/people-requests.ts';
import { requestApprovalView, requestNotes, requestView } from '../src/domain/request-views.ts';
import { findRole } from '../src/domain/role-templates.ts';
import type { NoticeView } from '../src/domain/views.ts';
import { type Delivery, deliverAll } from './deliveries.ts';
import type { ActivityDeps } from './deps.ts';
import { createReach, ONCE } from './reach.ts';

/** On `QUEUES.chat`. Every copy is posted once and then edited; an older revision never overwrites a newer one. */
export interface RequestCards {
  /** Drives the card where it was asked for, and the approvers' copies, to `state`; tells those concerned once it is over. */
  announceRequest(input: { state: PeopleRequestState }): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'directory' | 'approvalChannels' | 'copies' | 'chat' | 'roleTemplates'>;

export function createRequestCards(deps: Deps): RequestCards {
  const { whereAsked, approvals, directly } = createReach(deps);

  /** How whoever has come gets in: once, and whatever was left to do by then. */
  async function toManager(state: PeopleRequestState, directory: DirectorySnapshot): Promise<Delivery[]> {
    if (state.kind !== 'arrival' || state.phase !== 'done') return [];
    const template = findRole(await deps.roleTemplates(), state.role.name);
    const view = managerNote(state, template?.firstCredential ?? 'Ask an administrator of your sign-in.');
    return directly(`${state.requestId}:note:manager`, [state.manager], directory, { ...ONCE, view });
  }

  return {
    async announceRequest({ state }) {
      const { requestId, asker, origin, revision, approval } = state;
      const directory = await deps.directory.snapshot();
      const card = { key: `${requestId}:card`, view: requestView(state, directory), revision, mayPost: true };
      const note = { key: `${requestId}:note:elsewhere`, view: WHY_HERE };
      const open = state.phase === 'awaiting-approval' && approval?.decision === undefined;
      const deliveries: Delivery[] = [
        { to: asker, send: () => whereAsked(card, { asker, origin, note }, directory) },
        ...(approval === undefined
          ? []
          : await approvals(`${requestId}:approval`, approval.approvers, directory, {
              view: requestApprovalView(state, directory),
              revision,
              mayPost: open,
            })),
        ...(await toManager(state, directory)),
        ...requestNotes(state, directory).flatMap(({ person, view }) =>
          directly(`${requestId}:note:end`, [person], directory, { ...ONCE, view }),
        ),
      ];
      const undelivered = await deliverAll(deliveries);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
    },
  };
}

const WHY_HERE: NoticeView = {
  kind: 'notice',
  tone: 'info',
  text: 'I may not write where you asked for this, so its card is here.',
  details: ['To get cards in that channel, invite me there first.'],
};
