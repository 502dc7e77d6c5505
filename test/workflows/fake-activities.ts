import type { ChatActivities, KubernetesActivities, LookupActivities } from '../../activities/index.ts';
import type { EnvironmentInput, EnvironmentState } from '../../src/domain/environments.ts';
import type { QuotaRequest, QuotaRequestState } from '../../src/domain/quota-requests.ts';
import { type Recorder as AnyRecorder, createStage, type Stage } from './stage.ts';

export type Activities = LookupActivities & KubernetesActivities & ChatActivities;

/** The state is missing for links, and another one for requests for more. */
export type Recorder = AnyRecorder<Activities, EnvironmentState | undefined>;

/** Activities whose world works: every step succeeds, everybody may do everything, chat delivers. */
export function workingActivities(): Activities {
  return {
    admit: async () => ({ approvers: ['lee', 'noor', 'ravi'] }),
    authorizeDecision: async () => undefined,
    eligibleApprovers: async ({ people }) => people,
    authorizeProvisioning: async () => undefined,
    authorizeChange: async () => undefined,
    settle: async () => undefined,
    recordLink: async () => undefined,
    openQuota: async () => ({ approvers: ['ravi', 'noor'], because: 'an administrator approves more' }),
    authorizeQuota: async () => undefined,
    grantQuota: async ({ until }) => ({ outcome: 'granted', until }),
    applyStep: async ({ stepId, state }) => [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: state.namespace,
        name: stepId,
        uid: `${state.name}-${stepId}`,
      },
    ],
    teardown: async () => ({ gone: true, blockers: [] }),
    noteExpiry: async () => undefined,
    announce: async () => ({ undelivered: [] }),
    remindApprovers: async () => undefined,
    warnOfExpiry: async () => undefined,
    announceLink: async () => undefined,
    announceQuota: async () => undefined,
    remindOfQuota: async () => undefined,
  };
}

export function createEnvironmentStage(): Stage<Activities, EnvironmentState | undefined> {
  return createStage(workingActivities, (input) => {
    const { state, link, request } = input as {
      state?: EnvironmentState | QuotaRequestState;
      link?: { requestId: string };
      request?: QuotaRequest;
    };
    if (state !== undefined && 'request' in state) return state.request.requestId;
    return (state ?? link ?? request)?.requestId;
  });
}

const HOUR = 3_600_000;

/** Three steps, nobody has to approve, lives a week, warnings two days and two hours before. */
export function sampleInput(changes: Partial<EnvironmentInput> & { requestId: string }): EnvironmentInput {
  const { requestId } = changes;
  return {
    cluster: 'local',
    name: requestId,
    namespace: `env-${requestId}`,
    digest: 'digest-1',
    template: { name: 'dev', version: 1, title: 'Developer environment' },
    parameters: { name: requestId, team: 'shop', size: 's' },
    requester: 'kim',
    team: 'shop',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0DEV' },
    steps: [
      { id: 'space', title: 'Space' },
      { id: 'app', title: 'Application' },
      { id: 'publish', title: 'Published' },
    ],
    approval: { auto: true, because: 'size s needs no approval' },
    lifecycle: { ttlMs: 168 * HOUR, warnMs: [48 * HOUR, 2 * HOUR] },
    quota: { perOwner: 3, perTeam: 20 },
    urls: [{ key: 'APP_URL', url: 'https://app.env.localhost' }],
    secretKeys: ['DATABASE_URL'],
    ...changes,
  };
}

/** One of FinOps has to approve within four hours. */
export function needsApproval(count = 1): EnvironmentInput['approval'] {
  return {
    auto: false,
    by: { team: 'finops' },
    count,
    timeoutMs: 4 * HOUR,
    remindMs: [HOUR, 3 * HOUR],
    because: 'size l is approved by team FinOps',
  };
}

export function vote(
  requestId: string,
  person: string,
  decision: 'approve' | 'deny' = 'approve',
  reason?: string,
) {
  return {
    requestId,
    digest: 'digest-1',
    person,
    account: { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${person.toUpperCase()}` },
    decision,
    reason,
  };
}
