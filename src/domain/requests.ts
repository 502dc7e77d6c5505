import type { FormId } from './forms.ts';
import type { JsonValue } from './json.ts';
import type { AccountRef, ConversationRef, MessageRef } from './refs.ts';
import type { SignIn } from './sign-in.ts';

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
  /** Where they have just signed in for this one thing. */
  signedIn?: SignIn;
  /** As their chat has it, by its IANA name; times of day that they type are on it. */
  timeZone?: string;
}

/** What a command is typed as, and which it is. */
export const COMMAND_WORDS = {
  env: 'env',
  incident: 'incident',
  inc: 'incident',
  user: 'user',
  team: 'team',
  access: 'access',
} as const;
export type CommandName = (typeof COMMAND_WORDS)[keyof typeof COMMAND_WORDS];

interface RequestBase {
  actor: Actor;
  /** The same for every delivery of the same thing a person did. */
  dedupeKey: string;
  /** The same for a press that its platform may deliver again under another `dedupeKey`; some seconds later it is a new one. */
  pressKey?: string;
  /** For logs, from edge to effect. */
  requestId: string;
}

export type ChatRequest = RequestBase &
  /** `text` is what follows its word. */
  (
    | { kind: 'command'; command: CommandName; text: string; source: ConversationRef }
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
    /** Something about a message of somebody's in a room: marked for the timeline, unmarked, edited, deleted. */
    | {
        kind: 'message';
        event: 'pinned' | 'unpinned' | 'edited' | 'deleted';
        message: MessageRef;
        source: ConversationRef;
        text: string;
        /** As the platform names them. */
        author: string;
        /** When it was said, ISO 8601. */
        at: string;
        link?: string;
      }
  );

/** Somebody who has proven by a token who they are, with no chat between. */
export interface TokenHolder {
  person: string;
  /** By its id: the token itself is nowhere. */
  token: string;
}

/** The same words, said in no place. */
export type TokenRequest = Omit<RequestBase, 'actor'> & {
  kind: 'command';
  command: 'incident';
  text: string;
  actor: TokenHolder;
};

/** Whatever is answered the same way. */
export type AnyRequest = ChatRequest | TokenRequest;
