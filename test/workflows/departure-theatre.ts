import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DepartureActivities } from '../../activities/departures/contract.ts';
import type { SystemActivities } from '../../activities/systems.ts';
import type {
  DepartureAct,
  DepartureInput,
  DepartureState,
  LedgerLine,
} from '../../src/domain/departures.ts';
import { type Holding, type Identity, SystemError } from '../../src/domain/systems.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import type { departure } from '../../workflows/users/departure.ts';
import {
  actOnDepartureUpdate,
  decideDepartureUpdate,
  getDepartureQuery,
} from '../../workflows/users/departure-messages.ts';
import { createMemorySystem, type MemorySystem } from '../support/memory-system.ts';
import { createStage, type Recorder } from './stage.ts';
import { openTimeSkipping } from './time-skipping.ts';

export type Activities = DepartureActivities & Omit<SystemActivities, 'listSystems'>;
export const SYSTEMS = ['purser', 'sso', 'cluster'] as const;
type SystemName = (typeof SYSTEMS)[number];

export const SHOP: Holding = { kind: 'group', group: 'team/shop' };
export const ADMINS: Holding = { kind: 'group', group: 'admins' };
export const EDIT: Holding = { kind: 'group', group: 'edit', scope: 'default' };
export const ACCOUNT: Holding = { kind: 'account' };

/** Somebody leaving, with systems of their own. */
export interface DeparturePlay extends Recorder<Activities, DepartureState> {
  handle: WorkflowHandle<typeof departure>;
  systems: Record<SystemName, MemorySystem>;
  state(): Promise<DepartureState>;
  line(id: string): Promise<LedgerLine | undefined>;
  vote(person: string, decision?: 'approve' | 'deny', round?: number): Promise<void>;
  act(person: string, act: DepartureAct, line?: string): Promise<void>;
  /** Whether they have anything anywhere. */
  hasAnything(): boolean;
}

export interface DeparturePlayOptions {
  input?: Partial<DepartureInput>;
  activities?: Partial<Activities>;
  /** Before it begins. */
  prepare?(systems: DeparturePlay['systems']): void;
}

export interface DepartureTheatre {
  env: TestWorkflowEnvironment;
  leave(person: string, options?: DeparturePlayOptions): Promise<DeparturePlay>;
  /** Lets the time pass; what is due in it happens. */
  pass(duration: string): Promise<void>;
  close(): Promise<void>;
}

const capabilities = { accounts: true, sessions: true, groups: true, remembers: false, outlasts: [] };
const CAPABILITIES = {
  purser: { ...capabilities, remembers: true },
  sso: { ...capabilities, outlasts: ['an offline token stays good for an hour'] },
  cluster: { ...capabilities, accounts: false, sessions: false, outlasts: ['an open shell goes on'] },
};

/** Real departures on a server whose clock jumps, with systems in memory. One a file. */
export async function openDepartureTheatre(): Promise<DepartureTheatre> {
  const worlds = new Map<string, DeparturePlay['systems']>();
  const stage = createStage<Activities, DepartureState>(
    () => ({ ...workingActivities(), ...systemActivities(worlds) }),
    (input) => {
      const { state, person } = input as { state?: DepartureState; person?: string };
      return state?.person ?? person;
    },
  );
  const listSystems: SystemActivities['listSystems'] = async () =>
    SYSTEMS.map((system) => ({ system, capabilities: CAPABILITIES[system] }));
  const { env, close } = await openTimeSkipping({ ...stage.activities, listSystems });

  return {
    env,
    async leave(person, { input = {}, activities = {}, prepare } = {}) {
      const systems = openSystems(person);
      prepare?.(systems);
      worlds.set(person, systems);
      const recorder = stage.enter(person, activities);
      const handle = await env.client.workflow.start<typeof departure>('departure', {
        workflowId: person,
        taskQueue: QUEUES.main,
        args: [sampleDeparture({ person, ...input })],
      });
      return playOf(handle, systems, recorder, person);
    },
    pass: (duration) => env.sleep(duration as never),
    close,
  };
}

export function sampleDeparture(changes: Partial<DepartureInput> & { person: string }): DepartureInput {
  return {
    id: 'd-1',
    name: 'Kim Sample',
    email: `${changes.person}@example.test`,
    requester: 'lee',
    reason: 'Goes to another company',
    heirs: ['lee'],
    preview: [],
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0ADMIN' },
    ...changes,
  };
}

export function workingActivities(): DepartureActivities {
  return {
    admitDeparture: async () => ({
      because: 'an administrator approves',
      needed: 1,
      approvers: ['ravi', 'noor'],
    }),
    authorizeDepartureVote: async () => undefined,
    authorizeDepartureAct: async () => undefined,
    confirmDeparture: async ({ state }) => ({
      because: state.approval.because,
      needed: state.approval.needed,
      approvers: state.approval.approvers,
      standing: state.approval.votes.map(({ person }) => person),
    }),
    settleDeparture: async () => undefined,
    endChatLinks: async () => ['slack:T0SAMPLE:U0KIM'],
    endTokens: async () => ['tok-1'],
    showDeparture: async () => undefined,
    remindOfDeparture: async () => undefined,
    handOver: async () => ['pr-42'],
    certifyDeparture: async () => undefined,
  };
}

function openSystems(person: string): DeparturePlay['systems'] {
  const open = (name: SystemName) => createMemorySystem(name, CAPABILITIES[name]);
  const systems = { purser: open('purser'), sso: open('sso'), cluster: open('cluster') };
  for (const system of [systems.purser, systems.sso]) system.give(person, ACCOUNT);
  systems.purser.give(person, SHOP);
  systems.sso.give(person, ADMINS);
  systems.cluster.give(person, EDIT);
  return systems;
}

/** What `activities/systems.ts` does, without a database. */
function systemActivities(
  worlds: Map<string, DeparturePlay['systems']>,
): Omit<SystemActivities, 'listSystems'> {
  const connectorOf = ({ system, person }: { system: string; person: string }) => {
    const found = worlds.get(person)?.[system as SystemName];
    if (found === undefined) throw new Error(`nobody plays ${system}`);
    return found.connector;
  };
  const identity = ({ person, newcomer }: { person: string; newcomer?: Identity }) =>
    newcomer ?? { person, name: person, email: '' };
  return {
    planHolding: (input) => said(connectorOf(input).plan(identity(input), input.holding)),
    readHolding: (input) => said(connectorOf(input).readBack(identity(input), input.holding)),
    readHoldings: (input) => said(connectorOf(input).holdings(identity(input))),
    giveHolding: ({ holding, request, ...input }) =>
      said(connectorOf(input).apply({ identity: identity(input), holding, key: request })),
    takeHolding: ({ holding, request, whoever, ...input }) =>
      said(connectorOf(input).revoke({ identity: identity(input), holding, key: request, whoever })),
    endSessions: (input) => said(connectorOf(input).endSessions(identity(input))),
  };
}

async function said<Value>(answer: Promise<Value>): Promise<Value> {
  return await answer.catch((error: unknown) => {
    if (!(error instanceof SystemError)) throw error;
    const { message, retryable } = error;
    const details = retryable ? [] : [{ reason: `${message}.`, next: 'Mend it there.', events: [] }];
    throw ApplicationFailure.create({
      type: retryable ? 'SystemUnavailable' : 'SystemRefused',
      message,
      nonRetryable: !retryable,
      details,
    });
  });
}

function playOf(
  handle: WorkflowHandle<typeof departure>,
  systems: DeparturePlay['systems'],
  recorder: Recorder<Activities, DepartureState>,
  person: string,
): DeparturePlay {
  const state = () => handle.query(getDepartureQuery);
  return {
    ...recorder,
    handle,
    systems,
    state,
    line: async (id) => (await state()).ledger.find((line) => line.id === id),
    vote: (voter, decision = 'approve', round = 1) =>
      handle.executeUpdate(decideDepartureUpdate, {
        args: [
          {
            round,
            person: voter,
            account: { platform: 'slack', teamId: 'T0SAMPLE', userId: `U0${voter.toUpperCase()}` },
            decision,
          },
        ],
      }),
    act: (doer, act, line) =>
      handle.executeUpdate(actOnDepartureUpdate, { args: [{ act, person: doer, line }] }),
    hasAnything: () =>
      [ACCOUNT, SHOP, ADMINS, EDIT].some((holding) =>
        Object.values(systems).some((system) => system.holds(person, holding)),
      ),
  };
}
