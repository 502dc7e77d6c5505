import type { AccessContext } from '../../src/commands/context.ts';
import type { Extension, GrantInput, GrantState } from '../../src/domain/access.ts';
import { approversOf } from '../../src/domain/access-rules.ts';
import { currentStage, isAsked, isOpenExtension, votedOn } from '../../src/domain/access-views.ts';
import type { PublishedEntitlement } from '../../src/domain/entitlements.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { GrantRef } from '../../src/temporal/grant-launchers.ts';
import type { LaunchOutcome } from '../../src/temporal/launchers.ts';
import { sampleEntitlement, sampleGrant } from './access-samples.ts';

/** What there is to ask for: with two stages, at once, beside neither, and by nobody. */
export function sampleEntitlements(): PublishedEntitlement[] {
  const entitlements = [
    sampleEntitlement(),
    sampleEntitlement({
      id: 'cluster-view',
      title: 'Look around in the cluster',
      for: [{ team: 'shop' }, { team: 'finops' }],
      reason: { atLeast: 0 },
      approval: [],
    }),
    sampleEntitlement({
      id: 'admin',
      title: 'Administer Purser',
      for: [{ team: 'shop' }],
      reason: { atLeast: 20, ticket: 'OPS-[0-9]+' },
      approval: [{ by: [{ role: 'admin' }], within: '4h' }],
      notWith: ['cluster-edit'],
    }),
    sampleEntitlement({
      id: 'nobody',
      title: 'What nobody approves',
      approval: [{ by: [{ person: 'old' }], within: '4h' }],
    }),
    sampleEntitlement({ id: 'money', title: 'See the bills', for: [{ team: 'finops' }] }),
  ];
  return entitlements.map((one, at) => (at === 0 ? one : { ...one, digest: `${at}${one.digest.slice(1)}` }));
}

/** Grants that are asked for and never move on by themselves. Votes are refused as their workflow refuses them. */
export function createTestAccess(directory: DirectorySnapshot, done: { call: string; input: unknown }[]) {
  const grants = new Map<string, GrantState>();
  const note = (call: string, input: unknown): LaunchOutcome => {
    done.push({ call, input });
    return { ok: true };
  };
  const find = ({ beneficiary, id }: GrantRef) => grants.get(`${beneficiary}/${id}`);
  const context: AccessContext = {
    entitlements: async () => sampleEntitlements(),
    launchers: {
      async startGrant(input) {
        grants.set(`${input.beneficiary}/${input.id}`, requestedGrant(input));
        return note('startGrant', input);
      },
      async vote(grant, vote) {
        const state = find(grant);
        const refused = state === undefined ? undefined : refusalOfVote(directory, state, vote);
        return refused ?? note('vote', { ...grant, ...vote });
      },
      end: async (grant, input) => note('end', { ...grant, ...input }),
      extend: async (grant, input) => note('extend', { ...grant, ...input }),
      getGrant: async (grant) => find(grant),
      async listGrants({ beneficiary, limit }) {
        const items = [...grants.values()]
          .filter(({ phase }) => phase !== 'ended')
          .filter((state) => beneficiary === undefined || state.beneficiary === beneficiary)
          .map(({ id, entitlement, beneficiary, phase, endsAt }) => ({
            id,
            entitlement: entitlement.id,
            beneficiary,
            phase,
            endsAt,
          }));
        return { items: items.slice(0, limit), total: items.length };
      },
    },
  };

  /** One that is there. */
  function add(state: GrantState): GrantState {
    grants.set(`${state.beneficiary}/${state.id}`, state);
    return state;
  }

  return { context, grants: { add, all: grants } };
}

type Vote = Parameters<AccessContext['launchers']['vote']>[1];

function refusalOfVote(
  directory: DirectorySnapshot,
  state: GrantState,
  vote: Vote,
): LaunchOutcome | undefined {
  const extension = state.extensions.find(({ id }) => id === vote.extension);
  const stages = extension?.stages ?? state.stages;
  const stage = stages[vote.stage];
  const refuse = (
    type: 'AlreadyDecided' | 'WrongState' | 'StaleRequest' | 'SelfDecision' | 'Forbidden',
    message: string,
  ) => ({ ok: false, type, message }) as const;
  if (stage === undefined || votedOn(stage) !== undefined) return refuse('AlreadyDecided', 'decided');
  if (!isOpen(state, extension)) return refuse('WrongState', 'over');
  if (state.digest !== vote.digest || currentStage(stages) !== vote.stage)
    return refuse('StaleRequest', 'older');
  const requester = extension?.by ?? state.requester;
  const { beneficiary } = state;
  if ([requester, beneficiary].includes(vote.person)) {
    return refuse('SelfDecision', 'This is about yourself, so somebody else has to decide it.');
  }
  const question = {
    directory,
    requester,
    beneficiary,
    owner: { team: 'platform' },
    onCall: () => undefined,
  };
  const able = approversOf(stage.rule.by, question).map(({ id }) => id);
  return able.includes(vote.person)
    ? undefined
    : refuse('Forbidden', `You are not among those who may decide this: it takes ${stage.because}.`);
}

function isOpen(state: GrantState, extension: Extension | undefined): boolean {
  return extension === undefined ? isAsked(state) : isOpenExtension(extension, state);
}

function requestedGrant({ entitlement, origin: _origin, ...input }: GrantInput): GrantState {
  const { id, title, meaning } = entitlement;
  return sampleGrant({ ...input, entitlement: { id, title, meaning }, phase: 'requested', stages: [] });
}
