import type { GrantActivities } from '../../activities/access/contract.ts';
import type { SystemActivities } from '../../activities/systems.ts';
import type { GrantState, StageState } from '../../src/domain/access.ts';
import type { StageRule } from '../../src/domain/entitlements.ts';
import { type Recorder as AnyRecorder, createStage, type Stage } from './stage.ts';

export type Activities = GrantActivities & Omit<SystemActivities, 'listSystems' | 'readHoldings'>;

/** The state is missing for what is done in systems. */
export type GrantRecorder = AnyRecorder<Activities, GrantState | undefined>;

/** Activities whose world works: everybody named may approve, what is given is there, and chat delivers. */
export function workingActivities(): Activities {
  const held = new Set<string>();
  const wordOf = ({ system, holding }: { system: string; holding: object }) =>
    `${system} ${JSON.stringify(holding)}`;
  return {
    admitGrant: async ({ entitlement }) => ({ stages: entitlement.approval.map(blankStage), rivals: [] }),
    askStage: async ({ state, ref }) => {
      const stage = stagesOf(state, ref.extension)[ref.stage];
      if (stage === undefined) throw new TypeError('no such stage');
      const { rule, escalated } = stage;
      return { ...stage, approvers: [...peopleOf(rule.by), ...(escalated ? peopleOf(rule.otherwise) : [])] };
    },
    authorizeGrantVote: async () => undefined,
    recheckGrant: async ({ state }) => ({
      kind: 'go',
      identity: { person: state.beneficiary, name: state.beneficiary, email: 'kim@example.test' },
      rivals: [],
    }),
    admitExtension: async ({ entitlement }) => ({ stages: entitlement.approval.map(blankStage) }),
    authorizeGrantEnd: async () => undefined,
    armGrant: async ({ plans }) => plans.map(({ elsewhere }) => (elsewhere ? 'elsewhere' : 'waiting')),
    holdGrant: async () => undefined,
    releaseHolding: async () => ({
      isShared: false,
      isKept: false,
      remembers: true,
      sessions: true,
      outlasts: [],
    }),
    noteRevoked: async () => undefined,
    settleGrant: async () => undefined,
    planHolding: async (input) => ({ held: held.has(wordOf(input)), elsewhere: false }),
    readHolding: async (input) => held.has(wordOf(input)),
    giveHolding: async (input) => void held.add(wordOf(input)),
    takeHolding: async (input) => void held.delete(wordOf(input)),
    endSessions: async () => undefined,
    showGrant: async () => undefined,
    askGrantApprovers: async () => undefined,
    remindGrantApprovers: async () => undefined,
    warnOfGrantEnd: async () => undefined,
  };
}

/** Each grant is for a person of its own: that is how its activities are told from those of others. */
export function createGrantStage(): Stage<Activities, GrantState | undefined> {
  return createStage(workingActivities, (input) => {
    const { state, person } = input as { state?: GrantState; person?: string };
    return state?.beneficiary ?? person;
  });
}

export function blankStage(rule: StageRule): StageState {
  const needed = typeof rule.need === 'number' ? rule.need : rule.need === 'all' ? rule.by.length : 1;
  return { rule, because: 'somebody', needed, approvers: peopleOf(rule.by), votes: [], escalated: false };
}

function stagesOf(state: GrantState, extension: string | undefined): StageState[] {
  if (extension === undefined) return state.stages;
  return state.extensions.find(({ id }) => id === extension)?.stages ?? [];
}

function peopleOf(by: StageRule['by'] | undefined): string[] {
  return (by ?? []).flatMap((approver) => ('person' in approver ? [approver.person] : []));
}
