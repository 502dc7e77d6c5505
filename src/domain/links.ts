import type { AccountRef, ConversationRef } from './refs.ts';
import type { SignIn } from './sign-in.ts';

/** From so long before a link ends on, its person can ask to keep it, and is told so. */
export const LINK_NOTICE_MS = 7 * 86_400_000;

/** A chat account asking to be linked to a person, or to stay so. Names and e-mail come from its profile: they only suggest. */
export interface LinkInput {
  account: AccountRef;
  requestId: string;
  displayName: string;
  profileEmail?: string;
  /** Whose it was until its link ran out, or whose e-mail the profile has. A suggestion to the administrator, nothing more. */
  suggestion?: string;
  /** Whose it is now, and until when that lasts if nobody decides otherwise. */
  keeps?: { person: string; until: string };
  /** Whether whoever asks decides it by signing in: then no administrator is asked. */
  bySignIn?: true;
  /** Where the asker reads the answer. */
  origin: ConversationRef;
}

/** How a request to link an account stands, as its workflow says. */
export interface LinkState {
  link: LinkInput;
  decision?: DecideLinkInput & { at: string };
  timedOutAt?: string;
}

export interface DecideLinkInput {
  by: string;
  byAccount: AccountRef;
  person?: string;
  reason?: string;
  /** Where they have just proven to be that person: then it takes no administrator. */
  signedIn?: SignIn;
}

/** Accounts linked by an administrator's decision, on top of what the directory says. */
export interface LinkStore {
  /** Those that nobody has ended. */
  list(): Promise<DecidedLink[]>;
  /** Once a request: a repeat changes nothing, whatever became of the link since. Answers with whom the request linked. */
  link(granted: {
    requestId: string;
    account: AccountRef;
    person: string;
    decidedBy: string;
  }): Promise<string>;
  /** Nothing where it is not linked to that person, or not any more. */
  unlink(account: AccountRef, person: string, by: string): Promise<void>;
  /** Those that somebody ended after that, who was not their person. */
  takenSince(since: Date): Promise<TakenLink[]>;
}

export interface DecidedLink {
  account: AccountRef;
  person: string;
  decidedAt: Date;
}

export interface TakenLink extends Omit<DecidedLink, 'decidedAt'> {
  /** Of the request that had made it. */
  requestId: string;
  takenBy: string;
}
