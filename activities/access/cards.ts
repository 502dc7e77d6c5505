import { log } from '@temporalio/activity';
import type { GrantState } from '../../src/domain/access.ts';
import { grantApprovalView, grantView, grantWarningView } from '../../src/domain/access-views.ts';
import { grantWorkflowId } from '../../src/domain/ids.ts';
import { type DirectorySnapshot, findTeam } from '../../src/domain/people.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { type Delivery, deliverAll, deliverToFirst } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { createReach, ONCE } from '../reach.ts';
import type { GrantChatActivities, GrantContext, StageRef } from './contract.ts';
import { stagesOf } from './lookups.ts';
import { elsewhereNote, type GrantNote, grantNotes, stageReminder, stuckNote } from './notes.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'approvalChannels' | 'copies' | 'chat'>;

export function createGrantChatActivities(deps: Deps): GrantChatActivities {
  const { whereAsked, approvals, directly } = createReach(deps);

  async function driveCard(
    { state }: GrantContext,
    origin: ConversationRef,
    directory: DirectorySnapshot,
  ): Promise<void> {
    const { requester: asker, revision } = state;
    const card = {
      key: `${subjectOf(state)}:card`,
      view: grantView(state, directory),
      revision,
      mayPost: true,
    };
    const { key, view } = elsewhereNote(state);
    const note = { key: `${subjectOf(state)}:note:${key}`, view };
    await whereAsked(card, { asker, origin, note }, directory);
  }

  function noteTo(
    people: string[],
    { key, view }: GrantNote,
    state: GrantState,
    directory: DirectorySnapshot,
  ) {
    return directly(`${subjectOf(state)}:note:${key}`, people, directory, { ...ONCE, view });
  }

  /** Everybody who was asked about one step, and the approval channels. */
  async function stageCards(
    state: GrantState,
    ref: StageRef,
    directory: DirectorySnapshot,
  ): Promise<Delivery[]> {
    const stage = stagesOf(state, ref.extension)[ref.stage];
    if (stage === undefined || (stage.deadline === undefined && stage.votes.length === 0)) return [];
    const view = grantApprovalView(state, ref, directory);
    const mayPost = view.actions.length > 0 && stage.deadline !== undefined;
    const key = `${subjectOf(state)}:approval:${ref.extension ?? 'request'}:${ref.stage}`;
    return await approvals(key, stage.approvers, directory, { view, revision: state.revision, mayPost });
  }

  return {
    async showGrant(context) {
      const { state, entitlement, origin } = context;
      const directory = await deps.directory.snapshot();
      const people = [...new Set([state.beneficiary, state.requester])];
      const stuck = stuckNote(state, directory);
      const owners = ownersOf(entitlement.owner, directory);
      const undelivered = await deliverAll([
        { to: state.requester, send: () => driveCard(context, origin, directory) },
        ...grantNotes(state, directory).flatMap((note) => noteTo(people, note, state, directory)),
        ...(stuck === undefined ? [] : noteTo(owners, stuck, state, directory)),
      ]);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
    },

    async askGrantApprovers({ state }) {
      const directory = await deps.directory.snapshot();
      const cards = await Promise.all(everyStage(state).map((ref) => stageCards(state, ref, directory)));
      const undelivered = await deliverAll(cards.flat());
      if (undelivered.length > 0) log.warn('some approvers could not be reached', { undelivered });
    },

    async remindGrantApprovers({ state, ref, round }) {
      const directory = await deps.directory.snapshot();
      const stage = stagesOf(state, ref.extension)[ref.stage];
      if (stage === undefined) return;
      const voted = new Set(stage.votes.map(({ person }) => person));
      const silent = stage.approvers.filter((person) => !voted.has(person));
      const note = stageReminder(state, { ...ref, round, escalated: stage.escalated }, directory);
      await deliverAll(noteTo(silent, note, state, directory));
    },

    async warnOfGrantEnd({ state }) {
      const { endsAt } = state;
      if (endsAt === undefined) return;
      const directory = await deps.directory.snapshot();
      const wanted = { ...ONCE, view: grantWarningView({ ...state, endsAt }, directory) };
      const key = `${subjectOf(state)}:warning:${endsAt}`;
      const to = (person: string) => directly(key, [person], directory, wanted);
      await deliverToFirst([to(state.beneficiary), to(state.requester)]);
    },
  };
}

/** Its number is short and a person's own: the workflow's id is nobody else's. */
function subjectOf({ beneficiary, id }: GrantState): string {
  return grantWorkflowId(beneficiary, id);
}

function everyStage({ stages, extensions }: GrantState): StageRef[] {
  return [
    ...stages.map((_, stage) => ({ stage })),
    ...extensions.flatMap(({ id, stages: steps }) => steps.map((_, stage) => ({ stage, extension: id }))),
  ];
}

export function ownersOf(
  owner: GrantContext['entitlement']['owner'],
  directory: DirectorySnapshot,
): string[] {
  if ('person' in owner) return [owner.person];
  const team = findTeam(directory, owner.team);
  const leads = team?.leads ?? [];
  return leads.length > 0 ? leads : (team?.members ?? []);
}
