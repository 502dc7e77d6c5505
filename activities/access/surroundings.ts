import type { GrantState } from '../../src/domain/access.ts';
import type { StageQuestion } from '../../src/domain/access-stages.ts';
import type { Entitlement, PublishedEntitlement } from '../../src/domain/entitlements.ts';
import { personOnCall } from '../../src/domain/on-call.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { ActivityDeps } from '../deps.ts';

export type GrantDeps = Pick<
  ActivityDeps,
  'directory' | 'policy' | 'entitlements' | 'incidentConfig' | 'grants' | 'systems' | 'audit' | 'now'
>;

/** Everything a decision about access rests on, as it is now. */
export interface Surroundings {
  directory: DirectorySnapshot;
  policy: Policy;
  published: PublishedEntitlement[];
  /** About a request under these rules, or about one of its extensions. */
  question(state: GrantState, entitlement: Pick<Entitlement, 'owner'>, extension?: string): StageQuestion;
}

export async function lookAround(deps: GrantDeps): Promise<Surroundings> {
  const [directory, policy, published, incidents] = await Promise.all([
    deps.directory.snapshot(),
    deps.policy(),
    deps.entitlements(),
    deps.incidentConfig(),
  ]);
  const scheduleOf = (id: string) => incidents?.schedules.find((schedule) => schedule.id === id);
  return {
    directory,
    policy,
    published,
    question: (state, { owner }, extension) => ({
      directory,
      requester: askerOf(state, extension),
      beneficiary: state.beneficiary,
      owner,
      onCall(id) {
        const schedule = scheduleOf(id);
        return schedule && personOnCall(schedule, deps.now());
      },
      isOnSchedule(id, person) {
        const { rotations = [], overrides = [] } = scheduleOf(id) ?? {};
        const named = [...rotations.flatMap(({ people }) => people), ...overrides.map((one) => one.person)];
        return named.includes(person);
      },
    }),
  };
}

/** Of the request, or of the extension. */
export function askerOf({ requester, extensions }: GrantState, extension: string | undefined): string {
  return extensions.find(({ id }) => id === extension)?.by ?? requester;
}
