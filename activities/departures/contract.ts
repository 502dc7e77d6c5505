import type {
  DepartureAct,
  DepartureAsk,
  DepartureContext,
  DepartureState,
  DepartureVoteInput,
} from '../../src/domain/departures.ts';

interface About {
  state: DepartureState;
}

/** On `QUEUES.main`. Quick and idempotent; each writes its audit row before its effect. */
export interface DepartureLookups {
  /** Claims the departure and says who approves; fails with `Forbidden` or `WrongState` where it cannot be. */
  admitDeparture(input: About): Promise<DepartureAsk>;
  /** Fails with `Forbidden` unless the person may vote, as of now. Audits either way. */
  authorizeDepartureVote(input: About & { vote: DepartureVoteInput }): Promise<void>;
  /** The same for whatever else they do. */
  authorizeDepartureAct(input: About & { act: DepartureAct; person: string; line?: string }): Promise<void>;
  /**
   * Before anything is taken: whose approvals still count, and whom it takes now. Where that is enough it is noted that it
   * begins, unless with it too many would leave within a day: then `crowd` says how many. Fails with `Forbidden` when the
   * person may not be offboarded any more.
   */
  confirmDeparture(input: About): Promise<DepartureAsk & { standing: string[]; crowd?: number }>;
  /** It is over: audits how, and lets the person leave again. */
  settleDeparture(input: About): Promise<void>;
  /** Unlinks every chat account that somebody has linked to them; by `accountKey`, those that are theirs no more. */
  endChatLinks(input: About): Promise<string[]>;
  /** Revokes their API tokens; the ids of all that are revoked now. */
  endTokens(input: About): Promise<string[]>;
}

/** On `QUEUES.chat`. Every copy is posted once and then edited; an older revision never overwrites a newer one. */
export interface DepartureChat {
  /** Drives the card, the approvers' copies and the administrators' tasks to `state`. */
  showDeparture(input: DepartureContext): Promise<void>;
  remindOfDeparture(input: DepartureContext & { daysLeft: number }): Promise<void>;
  /** Tells whoever takes over which environments they leave behind; their names. */
  handOver(input: DepartureContext): Promise<string[]>;
  /** Puts the certificate where it was asked. */
  certifyDeparture(input: DepartureContext): Promise<void>;
}

export type DepartureActivities = DepartureLookups & DepartureChat;
