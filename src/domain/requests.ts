import type { FormId } from './forms.ts';
import type { JsonValue } from './json.ts';
import type { AccountRef, ConversationRef, MessageRef } from './refs.ts';

/**
 * Whether the platform itself vouches for the account. Only `member` may do anything; `unverified` is the platform
 * not answering, which is a refusal with "try again".
 */
export type Standing = 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated' | 'unverified';

/** A chat account that did something. Name and e-mail come from a profile: they suggest, they never authorise. */
export interface Actor {
  account: AccountRef;
  standing: Standing;
  displayName: string;
  profileEmail?: string;
}

interface RequestBase {
  actor: Actor;
  /** The same for every delivery of the same thing a person did. */
  dedupeKey: string;
  /** For logs, from edge to effect. */
  requestId: string;
}

export type ChatRequest = RequestBase &
  /** `text` is what follows `/env`. */
  (
    | { kind: 'command'; text: string; source: ConversationRef }
    /** Where a button has no message, as on the home tab or in a global shortcut, `source` is the direct conversation. */
    | {
        kind: 'action';
        actionId: string;
        payload: Record<string, string>;
        source: MessageRef | ConversationRef;
      }
    /** `change` redraws the form, `submit` sends it. */
    | {
        kind: 'form';
        phase: 'change' | 'submit';
        formId: FormId;
        values: Record<string, JsonValue>;
        context: Record<string, string>;
      }
    | { kind: 'home' }
  );
