/** A person as other systems are told of them. */
export interface Identity {
  /** The directory's id. */
  person: string;
  name: string;
  email: string;
  /** Another person's id, for whoever is new. */
  manager?: string;
}

/** Something a person can have in a system. Names are the system's own. */
export type Holding =
  /** May log in. Given where there is none, and given back where it was disabled. */
  | { kind: 'account' }
  /** Membership of a group, a team or a role; `scope` is where it counts, for systems that have such places. */
  | { kind: 'group'; group: string; scope?: string };

/** What a system can do for Purser. What it cannot is said to people, and never silently left out. */
export interface Capabilities {
  /** Whether accounts are made and disabled here. */
  accounts: boolean;
  groups: boolean;
  /** Whether sessions and tokens can be ended at once. */
  sessions: boolean;
  /**
   * Whether the system keeps what it gave for Purser apart from what was there before. Where it does not, all that is held
   * is `elsewhere` to `plan`, and whoever asks keeps in mind what was given for them.
   */
  remembers: boolean;
  /** What stays possible after everything was taken away, in words for people: "a cluster token stays valid for an hour". */
  outlasts: string[];
}

/** Whether a change is needed. What was there before Purser came is never taken away by it. */
export interface ChangePlan {
  held: boolean;
  /** Not through Purser: nobody is given, or later loses, what they have anyway. */
  elsewhere: boolean;
}

/** One change, the same at every try. */
export interface ChangeOrder {
  identity: Identity;
  holding: Holding;
  /** `idempotencyKey` of the request it is made for. Systems that can keep it with what they made do. */
  key: string;
  /** To `revoke`, for somebody who leaves: whatever it was given for, and whoever gave it, as far as Purser may. */
  whoever?: boolean;
  signal?: AbortSignal;
}

/**
 * One system in which people have accounts, groups or roles. Every method is harmless to repeat, and rejects with
 * `SystemError`: never with a guess, an address or a secret. "Already there" and "not found" are no errors: whether it is so
 * is read back.
 */
export interface SystemConnector {
  /** Of `manifests/systems.yaml`. */
  readonly name: string;
  /** Purser's own directory: whom and what it knows itself. */
  readonly own?: boolean;
  readonly capabilities: Capabilities;
  /** The same for the same request, person and holding, and for nothing else. */
  idempotencyKey(request: string, identity: Identity, holding: Holding): string;
  plan(identity: Identity, holding: Holding): Promise<ChangePlan>;
  apply(order: ChangeOrder): Promise<void>;
  /** Whether the person has it, as the system says now. */
  readBack(identity: Identity, holding: Holding): Promise<boolean>;
  /**
   * Takes it away; disables an account, never deletes it. Where `capabilities.remembers`, only what was given for the key,
   * unless `whoever` is said.
   */
  revoke(order: ChangeOrder): Promise<void>;
  /** Where `capabilities.sessions`. */
  endSessions(identity: Identity): Promise<void>;
  /** Everything the person has here. Empty for somebody the system does not know. */
  holdings(identity: Identity): Promise<Holding[]>;
  /** Everybody who has a holding of kind `group`, as `Identity.person` where that can be told, else the system's own name. */
  members(group: Extract<Holding, { kind: 'group' }>): Promise<SystemMember[]>;
}

export interface SystemMember {
  /** The directory's id; missing for somebody Purser does not know. */
  person?: string;
  /** As the system calls them. */
  login: string;
}

/** What a system would not do, in words for people. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** Whether another try may help, and how long it has to wait. A permanent one becomes a task for a person. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
