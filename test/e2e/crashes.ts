import type { EnvironmentState } from '../../src/domain/environments.ts';

/** The boundary of one activity: nothing of it has happened, or all of it has and nobody has heard of it yet. */
export type When = 'before' | 'after';

interface AnyInput {
  state: EnvironmentState;
  stepId?: string;
}

/** `pr-42 applyStep space before`: of the environment, the activity, what it is about, and which side of it. */
export function crashKey(environment: string, activity: string, when: When): string {
  return `${environment} ${activity} ${when}`;
}

/** An activity and what it is about, as far as that tells two calls of it apart. */
export function activityKey(name: string, { state, stepId }: AnyInput): string {
  if (name === 'applyStep') return `${name} ${stepId}`;
  return name === 'announce' ? `${name} ${state.phase}` : name;
}
