/**
 * `node test/replay/record-grants.ts` records one history for each shape of a grant, as `record.ts` does for
 * environments.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { GrantInput, GrantState } from '../../src/domain/access.ts';
import type { Entitlement } from '../../src/domain/entitlements.ts';
import { grantWorkflowId } from '../../src/domain/ids.ts';
import { goneSignal } from '../../workflows/access/messages.ts';
import { accountOf, sampleEntitlement, sampleGrantInput } from '../support/grant-samples.ts';
import { openRealServer, type RealServer } from '../temporal/real-server.ts';
import {
  type Activities,
  blankStage,
  type GrantRecorder,
  workingActivities,
} from '../workflows/fake-grant-activities.ts';
import { stageOf } from '../workflows/grant-theatre.ts';
import { isRecorded, save } from './save.ts';

interface Shape {
  entitlement?: Partial<Entitlement>;
  input?: Partial<GrantInput>;
  activities?: Partial<Activities>;
  live(play: GrantPlay): Promise<unknown>;
}

interface GrantPlay extends GrantRecorder {
  vote(
    person: string,
    decision?: 'approve' | 'deny',
    about?: { stage?: number; extension?: string },
  ): Promise<unknown>;
  extend(requestId: string): Promise<unknown>;
  end(person: string): Promise<unknown>;
  /** The system does not show it any more. */
  gone(): Promise<unknown>;
}

const SECOND = 1_000;
const asks = (at: number) => (state: GrantState) => state.stages[at]?.deadline !== undefined;
const isActive = ({ phase }: GrantState) => phase === 'active';
const SOON = stageOf(['lee'], { within: 2 * SECOND, otherwise: [{ person: 'noor' }] });

const SHAPES: Record<string, Shape> = {
  expired: {
    entitlement: { approval: [stageOf(['lee']), stageOf(['ravi'])] },
    input: { durationMs: 2 * SECOND },
    async live(play) {
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called('askGrantApprovers', asks(1));
      await play.vote('ravi', 'approve', { stage: 1 });
    },
  },
  denied: {
    async live(play) {
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee', 'deny');
    },
  },
  'timed-out': { entitlement: { approval: [SOON] }, live: async () => undefined },
  extended: {
    input: { durationMs: 3 * SECOND },
    async live(play) {
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called('showGrant', isActive);
      await play.extend('more');
      await play.called(
        'askGrantApprovers',
        ({ extensions }) => extensions[0]?.stages[0]?.deadline !== undefined,
      );
      await play.vote('lee', 'approve', { extension: 'more' });
      await play.called('showGrant', ({ extensions }) => extensions[0]?.outcome === 'approved');
      await play.end('ravi');
    },
  },
  crowd: {
    entitlement: { approval: [stageOf(['lee', 'noor', 'ravi'], { need: 2 })] },
    async live(play) {
      await play.called('askGrantApprovers', asks(0));
      await Promise.all(['lee', 'noor', 'ravi', 'lee', 'sam'].map((person) => play.vote(person)));
      await play.called('showGrant', isActive);
      await Promise.all([play.end('lee'), play.end('noor')]);
    },
  },
  failed: {
    entitlement: {
      approval: [],
      gives: [
        { system: 'cluster', group: 'edit' },
        { system: 'sso', group: 'on-duty' },
      ],
    },
    activities: {
      giveHolding: async ({ system }) => {
        if (system === 'sso') throw ApplicationFailure.nonRetryable('sso refuses it (400).', 'SystemRefused');
      },
      readHolding: async () => true,
      planHolding: async () => ({ held: false, elsewhere: false }),
    },
    live: async () => undefined,
  },
  'asked-again': {
    activities: {
      recheckGrant: async (input) => {
        if (input.state.stages[0]?.votes[0]?.person !== 'lee')
          return await workingActivities().recheckGrant(input);
        const stages = [blankStage(stageOf(['noor']))];
        return { kind: 'ask', entitlement: input.entitlement, digest: 'rules-1', stages };
      },
    },
    async live(play) {
      await play.called('askGrantApprovers', asks(0));
      await play.vote('lee');
      await play.called(
        'askGrantApprovers',
        (state) => asks(0)(state) && state.stages[0]?.approvers[0] === 'noor',
      );
      await play.vote('noor');
      await play.called('showGrant', isActive);
      await play.end('ravi');
    },
  },
  gone: {
    entitlement: { approval: [] },
    async live(play) {
      await play.called('showGrant', isActive);
      await play.gone();
    },
  },
  'withdrawn-while-given': {
    entitlement: { approval: [] },
    activities: {
      giveHolding: async () => {
        throw new Error('does not answer');
      },
    },
    async live(play) {
      await play.called('giveHolding');
      await play.end('lee');
    },
  },
};

async function record({ grants, grantStage, client }: RealServer, name: string, shape: Shape): Promise<void> {
  const recorder = grantStage.enter(name, shape.activities ?? {});
  const entitlement = sampleEntitlement({ approval: [stageOf(['lee'])], ...shape.entitlement });
  const input = sampleGrantInput({ requester: name, beneficiary: name, entitlement, ...shape.input });
  const ref = { beneficiary: name, id: input.id };
  await grants.startGrant(input);
  await shape.live({
    ...recorder,
    vote: (person, decision = 'approve', { stage = 0, extension } = {}) =>
      grants.vote(ref, { digest: 'rules-1', stage, extension, person, account: accountOf(person), decision }),
    extend: (requestId) =>
      grants.extend(ref, { requestId, person: name, extraMs: 3_600_000, reason: 'It takes longer.' }),
    end: (person) => grants.end(ref, { requestId: `end-${person}`, person }),
    gone: () =>
      client.workflow
        .getHandle(grantWorkflowId(name, input.id))
        .signal(goneSignal, { system: 'cluster', holding: { kind: 'group', group: 'edit' } }),
  });
  const handle = client.workflow.getHandle(grantWorkflowId(name, input.id));
  await handle.result();
  await save(handle, `grant/${name}`);
}

const missing = Object.entries(SHAPES).filter(([name]) => !isRecorded(`grant/${name}`));
if (missing.length > 0) {
  const server = await openRealServer();
  await Promise.all(missing.map(([name, shape]) => record(server, name, shape)));
  await server.close();
}
