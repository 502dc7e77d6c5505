import type { Finding } from '../domain/findings.ts';
import type { AccountRef, ConversationRef } from '../domain/refs.ts';

/** What is to be found out about a chat platform before somebody needs it. Nothing is said there to anybody. */
export interface Questions {
  /** Channels that the organisation's files name, and what for. Those of other platforms are left out by who is asked. */
  places: { conversation: ConversationRef; purpose: string }[];
  /** Of people who may be paged. */
  accounts: AccountRef[];
  /** The Entra group in whose team incidents are to have channels. */
  teamsGroup?: string;
}

export interface Inspection {
  findings: Finding[];
  /** Why no direct message gets to an account of this platform that was asked about; `undefined` when one does. */
  unreachable(account: AccountRef): string | undefined;
}

/** Where the app cannot sign in, nothing else is worth asking. */
export function closedInspection(finding: Finding, why: string): Inspection {
  return { findings: [finding], unreachable: () => why };
}
