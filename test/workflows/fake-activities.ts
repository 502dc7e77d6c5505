import type { ChatActivities, KubernetesActivities, LookupActivities } from '../../activities/index.ts';
import type { EnvironmentInput, EnvironmentState } from '../../src/domain/environments.ts';

export type Activities = LookupActivities & KubernetesActivities & ChatActivities;

export interface Call {
  activity: keyof Activities;
  /** As it was when the activity was called; missing for links. */
  state?: EnvironmentState;
  input: unknown;
}

/** What the activities were asked, in order. */
export interface Recorder {
  calls: Call[];
  of(activity: keyof Activities): Call[];
  /** Resolves with the first call that fits, past or to come. */
  called(activity: keyof Activities, fits?: (state: EnvironmentState) => boolean): Promise<Call>;
}

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
    announce: async () => ({ undelivered: [] }),
    remindApprovers: async () => undefined,
    warnOfExpiry: async () => undefined,
    announceLink: async () => undefined,
  };
}

/** One set of activities for all workers; each workflow's own overrides are found by its request id. */
export function createStage(): {
  activities: Activities;
  enter(requestId: string, overrides: Partial<Activities>): Recorder;
} {
  const cast = new Map<string, { activities: Activities; record(call: Call): void }>();
  const names = Object.keys(workingActivities()) as (keyof Activities)[];
  const route = (activity: keyof Activities) => async (input: never) => {
    const { state, link } = input as { state?: EnvironmentState; link?: { requestId: string } };
    const player = cast.get(state?.requestId ?? link?.requestId ?? '');
    if (player === undefined) throw new Error(`nobody plays ${activity}`);
    player.record({ activity, state, input });
    return await player.activities[activity](input);
  };
  return {
    activities: Object.fromEntries(names.map((name) => [name, route(name)])) as unknown as Activities,
    enter(requestId, overrides) {
      const { recorder, record } = createRecorder();
      cast.set(requestId, { activities: { ...workingActivities(), ...overrides }, record });
      return recorder;
    },
  };
}

function createRecorder(): { recorder: Recorder; record(call: Call): void } {
  const calls: Call[] = [];
  const waiting = new Set<(call: Call) => void>();
  return {
    record(call) {
      calls.push(call);
      for (const wake of waiting) wake(call);
    },
    recorder: {
      calls,
      of: (activity) => calls.filter((call) => call.activity === activity),
      called(activity, fits = () => true) {
        const matches = (call: Call) =>
          call.activity === activity && (call.state === undefined || fits(call.state));
        const past = calls.find(matches);
        if (past !== undefined) return Promise.resolve(past);
        return new Promise((resolve) => {
          const wake = (call: Call) => {
            if (!matches(call)) return;
            waiting.delete(wake);
            resolve(call);
          };
          waiting.add(wake);
        });
      },
    },
  };
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
