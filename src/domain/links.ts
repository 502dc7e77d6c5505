import type { AccountRef, ConversationRef } from './refs.ts';

/** A chat account nobody is linked to, asking to be. Names and e-mail come from its profile: they only suggest. */
export interface LinkInput {
  account: AccountRef;
  requestId: string;
  displayName: string;
  profileEmail?: string;
  /** The person whose directory e-mail is the profile's. A suggestion to the administrator, nothing more. */
  suggestion?: string;
  /** Where the asker reads the answer. */
  origin: ConversationRef;
}

export interface DecideLinkInput {
  by: string;
  byAccount: AccountRef;
  person?: string;
  reason?: string;
}
