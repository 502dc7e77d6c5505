import type { Newcomers } from '../../activities/arrivals.ts';
import type { PeopleRequestLookups } from '../../activities/people-requests.ts';
import type { RequestCards } from '../../activities/request-cards.ts';
import type { HoldingInput, SystemActivities } from '../../activities/systems.ts';
import type { HoldingStep, PeopleRequestState } from '../../src/domain/people-requests.ts';
import { stepsOf } from '../../src/domain/team-changes.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

export type RequestActivities = PeopleRequestLookups &
  RequestCards &
  Newcomers &
  Pick<SystemActivities, 'giveHolding' | 'takeHolding' | 'readHolding'>;

/** Somebody's holdings in systems that do as they are asked. */
export function createFakeSystems() {
  const held = new Set<string>();
  const keyOf = ({ system, person, holding }: HoldingInput) =>
    [system, person, holding.kind === 'group' ? holding.group : 'account'].join(' ');
  return {
    held,
    activities: {
      giveHolding: async (input) => void held.add(keyOf(input)),
      takeHolding: async (input) => void held.delete(keyOf(input)),
      readHolding: async (input) => held.has(keyOf(input)),
    } satisfies Partial<RequestActivities>,
  };
}

/** Everybody may do everything at once, every system does what it is asked, and chat delivers. */
export function workingRequestActivities(): RequestActivities {
  return {
    ...createFakeSystems().activities,
    admitTeamChange: async ({ state }) => ({ steps: stepsOf(sampleDirectory(), state, 'purser') }),
    admitArrival: async () => ({ steps: [] }),
    authorizeRequestDecision: async () => undefined,
    authorizeRequestChange: async () => undefined,
    createTeam: async () => undefined,
    requireLead: async () => undefined,
    settleRequest: async () => undefined,
    announceRequest: async () => undefined,
    welcomeNewcomer: async () => true,
  };
}

/** The workflow it is for: activities in systems know no request, but the workflow's id. */
export function requestOf(input: unknown): string | undefined {
  const { state, request } = input as { state?: PeopleRequestState; request?: string };
  return state?.id ?? request;
}

export function inWords({ system, holding, state, want }: HoldingStep): string {
  return `${system} ${holding.kind === 'group' ? holding.group : 'account'} ${want}: ${state}`;
}
