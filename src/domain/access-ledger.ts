import type { Holding } from './systems.ts';

/** One thing in one system. */
export interface HoldingPlace {
  system: string;
  holding: Extract<Holding, { kind: 'group' }>;
}

/** One thing that was given to somebody for one request. */
export interface LedgerRow extends HoldingPlace {
  /** The request's workflow. */
  grant: string;
  person: string;
  /** `armed` from before it is given until it is read back, `revoking` from before it is taken away. */
  state: 'armed' | 'held' | 'revoking' | 'revoked';
  /** By then it has to be taken away. */
  endsAt: string;
}

/** A request that is not over. */
export interface OpenGrant {
  grant: string;
  person: string;
  entitlement: string;
  /** Entitlements that nobody may have or wait for beside it. */
  notWith: string[];
}

/**
 * Who waits for what, and what was given to whom until when: exact under concurrency, and there whatever becomes of a
 * workflow. Everything is harmless to repeat.
 */
export interface GrantLedger {
  /** Notes the request, unless the person has or waits for the same, or for something that excludes it: that is returned. */
  open(request: OpenGrant): Promise<OpenGrant | undefined>;
  close(grant: string): Promise<void>;
  /** Before anything is given. `false` while one of them is just being taken away for another request. */
  arm(rows: Omit<LedgerRow, 'state'>[]): Promise<boolean>;
  /** All of them are there: from now on until then. */
  hold(grant: string, endsAt: string): Promise<void>;
  /** Before it is taken away; `shared` when it was given to the same person for another request as well, and stays for that. */
  release(grant: string, place: HoldingPlace): Promise<{ shared: boolean }>;
  revoked(grant: string, place: HoldingPlace): Promise<void>;
  /** Whether it was given to the person for another request, and is not taken away yet. */
  isGivenBeside(grant: string, person: string, place: HoldingPlace): Promise<boolean>;
  /** Everything of everybody that is not taken away yet, what ends first at the top. */
  list(): Promise<LedgerRow[]>;
  /** Everything in one system that was given once, and was taken away. */
  past(system: string): Promise<LedgerRow[]>;
}
