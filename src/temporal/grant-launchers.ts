import type {
  EndGrantInput,
  ExtendGrantInput,
  GrantInput,
  GrantListItem,
  GrantState,
  GrantVoteInput,
} from '../domain/access.ts';
import type { LaunchOutcome } from './calls.ts';

export interface GrantRef {
  beneficiary: string;
  id: string;
}

/** Starts and messages the workflows of time-bound access. Every call answers within 2.5 s; repeating it is harmless. */
export interface GrantLaunchers {
  startGrant(input: GrantInput): Promise<LaunchOutcome>;
  vote(grant: GrantRef, vote: GrantVoteInput): Promise<LaunchOutcome>;
  end(grant: GrantRef, input: EndGrantInput): Promise<LaunchOutcome>;
  extend(grant: GrantRef, input: ExtendGrantInput): Promise<LaunchOutcome>;
  /** `undefined` when there never was one, or it is past retention. Rejects when Temporal does not answer. */
  getGrant(grant: GrantRef): Promise<GrantState | undefined>;
  /** Open requests and running grants, newest first. Visibility lags by a moment. */
  listGrants(filter: {
    beneficiary?: string;
    limit: number;
  }): Promise<{ items: GrantListItem[]; total: number }>;
}
