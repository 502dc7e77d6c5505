/**
 * `node test/replay/record.ts` records one history for each shape of life and writes it to `<workflow>/<case>.json`.
 * It needs the test servers (`node test/support/serve.ts`). Recorded histories stay when workflows change: a change
 * that cannot replay them would break what is running. Files that exist are kept; new cases are added.
 */
import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { EnvironmentInput, EnvironmentState } from '../../src/domain/environments.ts';
import { quotaWorkflowId } from '../../src/domain/ids.ts';
import type { QuotaRequest } from '../../src/domain/quota-requests.ts';
import { announceSignal } from '../../workflows/environments/messages.ts';
import { sampleQuotaRequest } from '../support/quota-context.ts';
import { openRealServer, type RealServer } from '../temporal/real-server.ts';
import {
  type Activities,
  needsApproval,
  type Recorder,
  sampleInput,
  vote,
  workingActivities,
} from '../workflows/fake-activities.ts';
import { save } from './save.ts';

interface Shape {
  input?: Partial<EnvironmentInput>;
  activities?: Partial<Activities>;
  live(server: RealServer, name: string, play: Recorder): Promise<unknown>;
}

const inPhase = (phase: EnvironmentState['phase']) => (state: EnvironmentState) => state.phase === phase;
const soon = { ...needsApproval(), timeoutMs: 1_500, remindMs: [300, 700] };

const ENVIRONMENTS: Record<string, Shape> = {
  approved: {
    input: { approval: needsApproval(2) },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('awaiting-approval'));
      await Promise.all(
        ['noor', 'ravi', 'lee'].map((person) => launchers.decide({ name, ...vote(name, person) })),
      );
      await play.called('announce', inPhase('ready'));
      await launchers.deleteEnvironment(name, name, 'kim');
    },
  },
  denied: {
    input: { approval: needsApproval() },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('awaiting-approval'));
      await launchers.decide({ name, ...vote(name, 'noor', 'deny', 'no budget') });
    },
  },
  'timed-out': { input: { approval: soon }, live: async () => undefined },
  crowd: {
    input: { approval: needsApproval() },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('awaiting-approval'));
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          launchers.decide({ name, ...vote(name, `person-${index}`, index % 2 === 0 ? 'approve' : 'deny') }),
        ),
      );
      await launchers.deleteEnvironment(name, name, 'kim');
    },
  },
  'failed-and-rolled-back': {
    activities: { applyStep: failing },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('failed'));
      await launchers.rollBackEnvironment(name, name, 'kim');
    },
  },
  retried: {
    activities: {
      applyStep: async (input) =>
        input.state.revision > 6 ? await workingActivities().applyStep(input) : await failing(input),
    },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('failed'));
      await launchers.retryEnvironment(name, name, 'kim');
      await play.called('announce', inPhase('ready'));
      await launchers.deleteEnvironment(name, name, 'kim');
    },
  },
  'approved-and-retried': {
    input: { approval: needsApproval() },
    activities: {
      applyStep: async (input) =>
        input.state.steps.some(({ state }) => state === 'done') && input.state.revision > 9
          ? await workingActivities().applyStep(input)
          : await failing(input),
    },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('awaiting-approval'));
      await launchers.decide({ name, ...vote(name, 'noor') });
      await play.called('announce', inPhase('failed'));
      await launchers.retryEnvironment(name, name, 'kim');
      await play.called('announce', inPhase('ready'));
      await launchers.deleteEnvironment(name, name, 'kim');
    },
  },
  expired: {
    input: { lifecycle: { ttlMs: 2_000, warnMs: [1_500, 1_000] } },
    live: async () => undefined,
  },
  postponed: {
    input: { lifecycle: { ttlMs: 3_000, warnMs: [1_500] } },
    activities: {
      warnOfExpiry: async () => {
        await setTimeout(600);
      },
    },
    live: async () => undefined,
  },
  withdrawn: {
    input: { approval: needsApproval() },
    async live({ launchers }, name, play) {
      await play.called('announce', inPhase('awaiting-approval'));
      await launchers.deleteEnvironment(name, name, 'kim');
    },
  },
};

async function failing(input: Parameters<Activities['applyStep']>[0]) {
  if (input.stepId !== 'app') return await workingActivities().applyStep(input);
  throw ApplicationFailure.nonRetryable('ImagePullBackOff: no such image', 'WorkloadFailed');
}

async function recordLink(
  server: RealServer,
  name: string,
  person: string | undefined,
  beforehand: (play: Recorder, workflowId: string) => Promise<unknown> = async () => undefined,
): Promise<void> {
  const workflowId = `link/slack/T0SAMPLE/${name}`;
  const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: name };
  const origin = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: 'D0SAM' };
  const play = server.stage.enter(name, {});
  await server.launchers.startLink({ account, requestId: name, displayName: 'Sam', origin });
  await beforehand(play, workflowId);
  await server.launchers.decideLink({ account, by: 'ravi', byAccount: account, person });
  await saveEnded(server, workflowId, `linkAccount/${name}`);
}

async function recordQuota(
  server: RealServer,
  name: string,
  { votes, withinMs }: { votes: ['approve' | 'deny', string][]; withinMs?: number },
): Promise<void> {
  const request = sampleQuotaRequest({ requestId: name, template: name, ...(withinMs && { withinMs }) });
  const play = server.stage.enter(name, {
    grantQuota: async ({ by, until }) =>
      by.includes('left') ? { outcome: 'void' } : { outcome: 'granted', until },
  });
  await server.quota.start(request);
  for (const [decision, person] of votes) {
    await play.called('announceQuota');
    await decideQuota(server, request, person, decision);
  }
  await saveEnded(server, quotaWorkflowId(request), `moreQuota/${name}`);
}

/** An approval that turns out to be void is decided upon for a moment: then it has to be said once more. */
async function decideQuota(
  server: RealServer,
  request: QuotaRequest,
  person: string,
  decision: 'approve' | 'deny',
): Promise<void> {
  const { requestId } = request;
  const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0ANY' };
  for (;;) {
    const outcome = await server.quota.decide(request, {
      requestId,
      person,
      account,
      decision,
      reason: 'so',
    });
    if (outcome.ok) return;
    await setTimeout(100);
  }
}

async function recordEnvironment(server: RealServer, name: string, shape: Shape): Promise<void> {
  const play = server.stage.enter(name, shape.activities ?? {});
  await server.launchers.startEnvironment(sampleInput({ requestId: name, ...shape.input }));
  await shape.live(server, name, play);
  await saveEnded(server, `environment/local/${name}`, `environment/${name}`);
}

async function saveEnded({ client }: RealServer, workflowId: string, file: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.result();
  await save(handle, file);
}

const server = await openRealServer();
for (const [name, shape] of Object.entries(ENVIRONMENTS)) await recordEnvironment(server, name, shape);
await recordLink(server, 'linked', 'sam');
await recordLink(server, 'denied', undefined);
await recordLink(server, 'shown-anew', 'sam', async (play, workflowId) => {
  await play.called('announceLink');
  await server.client.workflow.getHandle(workflowId).signal(announceSignal);
});
await recordQuota(server, 'granted', {
  votes: [
    ['approve', 'left'],
    ['approve', 'ravi'],
  ],
});
await recordQuota(server, 'denied', { votes: [['deny', 'ravi']] });
await recordQuota(server, 'timed-out', { votes: [], withinMs: 1_500 });
await server.close();
