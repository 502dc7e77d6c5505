import type { AccountRef, ConversationRef } from './refs.ts';

/** A chat account nobody is linked to, asking to be. Names and e-mail come from its profile: they only suggest. */
export interface LinkInput {
  account: AccountRef;
  requestId: string;
  displayName: string;
  profileEmail?: string;
  /** Whose it was until its link ran out, or whose e-mail the profile has. A suggestion to the administrator, nothing more. */
  suggestion?: string;
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
}
