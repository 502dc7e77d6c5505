import type { CredentialsView, FormView } from '../domain/forms.ts';
import type { RoomBefore } from '../domain/ports.ts';
import type { AccountRef, ConversationRef, MessageRef, Platform } from '../domain/refs.ts';
import type { ChatRequest } from '../domain/requests.ts';
import type { HomeView, MessageView } from '../domain/views.ts';

/**
 * What came of a request, as a value: Slack executes it, Teams returns it from the invoke. A message view is a
 * private answer to the actor; public cards are posted by workflows.
 */
export type ChatReply =
  | MessageView
  | HomeView
  | { kind: 'open-form'; form: FormView | CredentialsView }
  | { kind: 'update-form'; form: FormView }
  /** By field; under the empty name what is about none of them. */
  | { kind: 'form-errors'; errors: Record<string, string> }
  | undefined;

/** Never rejects: what goes wrong behind it is an answer too. */
export type Dispatch = (request: ChatRequest) => Promise<ChatReply>;

/** One chat platform. Sending is paced per conversation; edits of one message are sent in order. */
export interface ChatAdapter {
  readonly platform: Platform;
  start(dispatch: Dispatch): Promise<void>;
  /** Takes nothing new, answers what it has taken, then resolves. */
  stop(): Promise<void>;
  /** Posts once. `key` travels with the message, so that `findPosted` knows it again. */
  post(to: ConversationRef, view: MessageView, key: string): Promise<MessageRef>;
  /** The message posted with `key` at or after `since`, where the answer to `post` was lost. */
  findPosted(to: ConversationRef, key: string, since: Date): Promise<MessageRef | undefined>;
  /** Idempotent. Rejects with `not-found` when the message is gone or can no longer be edited: post anew. */
  update(message: MessageRef, view: MessageView): Promise<void>;
  /** The direct conversation with an account. */
  openDirect(account: AccountRef): Promise<ConversationRef>;
  /** Rooms for incidents. */
  rooms: Rooms;
  /** Puts a file where everybody in the conversation can open it. Missing where a bot cannot. */
  upload?(to: ConversationRef, file: ChatFile): Promise<void>;
  /** Takes back what was put there by that name since then. Missing where a bot puts none. Idempotent. */
  removeFiles?(from: ConversationRef, name: string, since: Date): Promise<void>;
}

export interface ChatFile {
  name: string;
  title: string;
  content: string | Uint8Array;
}

/** What a room is made from. `marker` finds it again, among those of its audience, when the answer was lost. */
export interface RoomSpec {
  /** Lower case letters, digits and dashes, at most 80 characters; a platform shortens it further where it must. */
  name: string;
  topic: string;
  purpose: string;
  private: boolean;
  marker: string;
  /** Where a thread is started when the platform has no channel to give: under this message. */
  under?: MessageRef;
  /** For a platform whose channels belong to teams: the Entra group of the one they are opened in. */
  group?: string;
  /** For a platform whose private channels belong to somebody: to whom this one does. */
  owner?: AccountRef;
}

/**
 * A room is a channel of its own or, where the app may not open one, a thread. Opening is idempotent by `marker`; a
 * name that is taken gets a suffix, and a stranger's channel is never opened as one: only `adopt` takes what is there
 * already. All but these two are idempotent, and reject with `invalid` where the platform has nothing like it.
 */
export interface Rooms {
  open(spec: RoomSpec): Promise<OpenRoom>;
  /** Joins where that is needed, changes nothing, and tells what it is like; or why it can be no room. */
  adopt(place: ConversationRef): Promise<Adoption>;
  /** As it was before: its topic, and without those of `links` that came since. */
  giveBack(room: ConversationRef, before: RoomBefore, links: string[]): Promise<void>;
  /** Brings people in. Those who cannot be brought in are returned; they do not keep the others out. */
  invite(room: ConversationRef, accounts: AccountRef[]): Promise<{ left: AccountRef[] }>;
  setTopic(room: ConversationRef, topic: string): Promise<void>;
  pin(message: MessageRef): Promise<void>;
  unpin(message: MessageRef): Promise<void>;
  bookmark(room: ConversationRef, links: { title: string; url: string }[]): Promise<void>;
  archive(room: ConversationRef): Promise<void>;
  /** Takes from a room of its own what its name, topic and links tell; `name` as in `RoomSpec`. */
  cover(room: ConversationRef, cover: RoomCover): Promise<void>;
}

export interface OpenRoom {
  kind: 'channel' | 'thread';
  conversation: ConversationRef;
  name: string;
}

/**
 * `direct`: a conversation of a few people, without a topic or threads of its own. `absent`: the app is not in it, and
 * cannot join by itself. `shared`: people of another organisation read it.
 */
export type Adoption = (OpenRoom & { before: RoomBefore }) | { refused: 'direct' | 'absent' | 'shared' };

/** What a room shows that is left behind. */
export interface RoomCover {
  name: string;
  topic: string;
  /** To be removed. */
  links: string[];
}

export type ChatErrorReason =
  /** Wait `retryAfterMs`; only this conversation and method are meant. */
  | 'rate-limited'
  /** The app may not speak there, or the person blocked it. Final. */
  | 'forbidden'
  /** No such conversation or message. Final for this ref. */
  | 'not-found'
  /** The platform did not answer, or answered 5xx: whether it acted is unknown. */
  | 'unavailable'
  /** The platform refused the content. A bug of ours. */
  | 'invalid';

/** The only error an adapter lets out. The message names the method and the platform's own error code. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly reason: ChatErrorReason;
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: ChatErrorReason,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}
