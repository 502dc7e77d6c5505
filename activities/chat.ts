import { activityInfo, log } from '@temporalio/activity';
import {
  approvalView,
  environmentView,
  expiryWarningView,
  personRef,
} from '../src/domain/environment-views.ts';
import type { EnvironmentState } from '../src/domain/environments.ts';
import { linkAnswerView, linkApprovalView, linkedElsewhereView } from '../src/domain/link-views.ts';
import { type DirectorySnapshot, findPerson, findTeam, isActive } from '../src/domain/people.ts';
import { whoMay } from '../src/domain/policy.ts';
import { quotaAnswer, quotaApprovalView, quotaReminder } from '../src/domain/quota-views.ts';
import { accountKey } from '../src/domain/refs.ts';
import { type Delivery, deliverAll, deliverToFirst, toAccounts } from './deliveries.ts';
import type { ActivityDeps } from './deps.ts';
import type { ChatActivities, EnvironmentContext } from './index.ts';
import { elsewhereNote, noteOf, reminderNote, stuckNoteForChannels } from './notes.ts';
import { createReach, ONCE } from './reach.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'approvalChannels' | 'copies' | 'chat'>;
type LinkAnnouncement = Parameters<ChatActivities['announceLink']>[0];

const HINT_PATIENCE_MS = 2_000;

export function createChatActivities(deps: Deps): ChatActivities & {
  hint(context: EnvironmentContext): Promise<void>;
} {
  const { chat } = deps;
  const { copies, whereAsked, approvals, inApprovalChannels, directly } = createReach(deps);
  const reach = { chat, copies };

  /** The request card. */
  async function driveCard(
    { state, origin }: EnvironmentContext,
    directory: DirectorySnapshot,
    patienceMs?: number,
  ) {
    const { requestId, requester: asker, revision } = state;
    const card = {
      key: `${requestId}:card`,
      view: environmentView(state, directory),
      revision,
      mayPost: true,
    };
    const { key, view } = elsewhereNote(state);
    const note = { key: `${requestId}:note:${key}`, view };
    await whereAsked(card, { asker, origin, note }, directory, patienceMs);
  }

  async function environmentApprovals(
    state: EnvironmentState,
    directory: DirectorySnapshot,
  ): Promise<Delivery[]> {
    const { approvers } = state.approval;
    if (approvers.length === 0) return [];
    return await approvals(`${state.requestId}:approval`, approvers, directory, {
      view: approvalView(state, directory),
      revision: state.revision,
      mayPost: state.phase === 'awaiting-approval' && state.approval.decision === undefined,
    });
  }

  function requesterNote(state: EnvironmentState, directory: DirectorySnapshot): Delivery[] {
    const note = noteOf(state, directory);
    if (note === undefined) return [];
    const { key, view } = note;
    return directly(`${state.requestId}:note:${key}`, [state.requester], directory, { ...ONCE, view });
  }

  async function channelNotes(state: EnvironmentState, directory: DirectorySnapshot): Promise<Delivery[]> {
    if (state.removal?.told !== 'approval-channels') return [];
    const { key, view } = stuckNoteForChannels(state, directory);
    return await inApprovalChannels(`${state.requestId}:note:${key}`, { ...ONCE, view });
  }

  /** Whose account somebody else has been given hears of it, wherever they were reached before. */
  function toOtherAccounts({ link, decision }: LinkAnnouncement, directory: DirectorySnapshot): Delivery[] {
    if (decision?.person === link.keeps?.person) return [];
    const person = decision?.person === undefined ? undefined : findPerson(directory, decision.person);
    const asked = accountKey(link.account);
    const others = person?.accounts.filter((account) => accountKey(account) !== asked) ?? [];
    if (chat.reachable(others).length === 0) return [];
    const view = linkedElsewhereView(link, personRef(directory, decision?.by ?? '').name);
    const key = `${link.requestId}:link-elsewhere`;
    return [{ to: link.requestId, send: () => toAccounts(reach, others, key, { ...ONCE, view }) }];
  }

  return {
    async hint(context) {
      try {
        await driveCard(context, await deps.directory.snapshot(), HINT_PATIENCE_MS);
      } catch {
        // The next milestone shows it.
      }
    },

    async announce(context) {
      const { state } = context;
      const directory = await deps.directory.snapshot();
      const undelivered = await deliverAll([
        { to: state.requester, send: () => driveCard(context, directory) },
        ...(await environmentApprovals(state, directory)),
        ...requesterNote(state, directory),
        ...(await channelNotes(state, directory)),
      ]);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
      return { undelivered };
    },

    async remindApprovers({ state, round }) {
      const directory = await deps.directory.snapshot();
      const { key, view } = reminderNote(state, directory, round);
      const voted = new Set(state.approval.votes.map(({ person }) => person));
      const silent = state.approval.approvers.filter((person) => !voted.has(person));
      await deliverAll(directly(`${state.requestId}:note:${key}`, silent, directory, { ...ONCE, view }));
    },

    async warnOfExpiry({ state, origin, leftMs }) {
      const { expiresAt } = state;
      if (expiresAt === undefined) return;
      const directory = await deps.directory.snapshot();
      const key = `${state.requestId}:expiry:${leftMs}`;
      const wanted = { ...ONCE, view: expiryWarningView({ ...state, expiresAt }, directory) };
      const direct = (people: string[]) => directly(key, people, directory, wanted);
      const there: Delivery = {
        to: state.requester,
        send: () => copies.drive({ ...wanted, key: `${key}:origin`, conversation: origin }),
      };
      const leads = direct(leadsBeside(directory, state));
      // Where somebody asked who is no longer here may be where nobody reads.
      const first = isActive(directory, state.requester)
        ? [direct([state.requester]), [there], leads]
        : [leads, [there]];
      await deliverToFirst([...first, await inApprovalChannels(key, wanted)]);
    },

    async announceLink(input) {
      const { link, decision } = input;
      const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
      const approvers = whoMay(policy, directory, { permission: 'link.decide' }).map(({ id }) => id);
      const timedOutAt = input.timedOut
        ? new Date(activityInfo().scheduledTimestampMs).toISOString()
        : undefined;
      const open = decision === undefined && timedOutAt === undefined;
      const cards = await approvals(`${link.requestId}:link`, approvers, directory, {
        view: linkApprovalView(link, { approvers, decision, timedOutAt }, directory),
        revision: open ? 1 : 2,
        mayPost: open,
      });
      const answer: Delivery = {
        to: link.requestId,
        send: () =>
          toAccounts(reach, [link.account], `${link.requestId}:link-answer`, {
            ...ONCE,
            view: linkAnswerView(link, decision),
          }),
      };
      const others = decision === undefined ? [] : toOtherAccounts(input, directory);
      const undelivered = await deliverAll(open ? cards : [...cards, answer, ...others]);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
    },

    async announceQuota({ state }) {
      const directory = await deps.directory.snapshot();
      const { request, approvers, decision, revision } = state;
      const key = `${request.requestId}:quota`;
      const cards = await approvals(key, approvers, directory, {
        view: quotaApprovalView(state, directory),
        revision,
        mayPost: decision === undefined,
      });
      const answer = directly(`${key}-answer`, [request.person], directory, {
        ...ONCE,
        view: quotaAnswer(state, directory),
      });
      const undelivered = await deliverAll(decision === undefined ? cards : [...cards, ...answer]);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
    },

    async remindOfQuota({ state }) {
      const directory = await deps.directory.snapshot();
      const wanted = { ...ONCE, view: quotaReminder(state, directory) };
      const key = `${state.request.requestId}:quota-reminder`;
      await deliverAll(directly(key, state.approvers, directory, wanted));
    },
  };
}

function leadsBeside(directory: DirectorySnapshot, { team, requester }: EnvironmentState): string[] {
  const leads = findTeam(directory, team)?.leads ?? [];
  return leads.filter((lead) => lead !== requester && isActive(directory, lead));
}
