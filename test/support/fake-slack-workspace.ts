import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What a fake workspace holds. Everything is in memory and may be read, and changed, by a test. */

export interface FakeUser {
  id: string;
  name: string;
  realName?: string;
  email?: string;
  /** Defaults to the workspace's own. */
  teamId?: string;
  deleted?: boolean;
  isBot?: boolean;
  isStranger?: boolean;
  isRestricted?: boolean;
  isUltraRestricted?: boolean;
  isEmailConfirmed?: boolean;
}

export interface FakeChannel {
  id: string;
  name: string;
  /** User ids; the app's own user is a member only when it is named. */
  members: string[];
  isPrivate?: boolean;
  isArchived?: boolean;
  /** A direct conversation with the app. */
  isDirect?: boolean;
  /** With another organisation. */
  isShared?: boolean;
  /** Who created it. */
  creator?: string;
  topic?: string;
  purpose?: string;
  /** The `ts` of messages. */
  pins?: string[];
  bookmarks?: { id: string; title: string; link: string }[];
}

export interface FakeFile {
  id: string;
  name: string;
  title: string;
  content: Buffer;
  /** Where it is shown, once it is complete. */
  channel?: string;
  threadTs?: string;
  /** Of the message that shows it. */
  ts?: string;
}

export interface FakeElement {
  type: string;
  action_id?: string;
  value?: string;
  [field: string]: unknown;
}

export interface FakeBlock {
  type: string;
  block_id?: string;
  elements?: FakeElement[];
  accessory?: FakeElement;
  element?: FakeElement;
  [field: string]: unknown;
}

export interface FakeMessage {
  channel: string;
  ts: string;
  threadTs?: string;
  /** Whose it is; the app's own when missing. */
  user?: string;
  subtype?: string;
  text: string;
  blocks: FakeBlock[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  /** How often it was edited. */
  edits: number;
}

/** Seen by one person: an ephemeral message, or the answer to a command or button. */
export interface PrivateMessage {
  user: string;
  channel: string;
  ts: string;
  text: string;
  blocks: FakeBlock[];
}

export interface FakeView {
  id: string;
  hash: string;
  user: string;
  view: {
    type: string;
    callback_id?: string;
    private_metadata?: string;
    blocks: FakeBlock[];
    [field: string]: unknown;
  };
  /** What the last submission was refused with, by field. */
  errors: Record<string, string>;
}

export interface FakeWorkspace {
  teamId: string;
  botUserId: string;
  botId: string;
  users: Map<string, FakeUser>;
  channels: Map<string, FakeChannel>;
  messages: FakeMessage[];
  /** All that was uploaded, in order. */
  files: FakeFile[];
  /** Where apps may not, `conversations.create` is a `restricted_action`. */
  mayCreateChannels: boolean;
  /** How `conversations.invite` tells of those it cannot bring in: beside a success, as a failure, or without a name. */
  invitesTell: 'success' | 'failure' | 'nobody';
  /** What the app was granted; all that its manifest asks for, when it was installed just now. */
  scopes: string[];
  /** Methods that this Slack has never heard of, like a local one. */
  unknownMethods: Set<string>;
  privates: PrivateMessage[];
  /** The modal a person has open, by user id. */
  modals: Map<string, FakeView>;
  homes: Map<string, FakeView['view']>;
  /** What the app answered to what it was told, with what that was. */
  answers: { asked: string; text: string; at: number }[];
  triggers: Map<string, { user: string; expiresAt: number; used: boolean }>;
  responseUrls: Map<string, { user: string; channel: string; left: number; original?: PrivateMessage }>;
  /** Everything the app sent that the real Slack would refuse. A test that ends well leaves it empty. */
  problems: string[];
  nextTs(): string;
  nextId(prefix: string): string;
}

function manifestScopes(): string[] {
  const manifest = parse(readFileSync(new URL('../../slack-manifest.yaml', import.meta.url), 'utf8'));
  return [...manifest.oauth_config.scopes.bot];
}

export function createWorkspace(): FakeWorkspace {
  let counter = 0;
  return {
    teamId: 'T0SAMPLE',
    botUserId: 'U0PURSER',
    botId: 'B0PURSER',
    users: new Map([['U0PURSER', { id: 'U0PURSER', name: 'purser', isBot: true }]]),
    channels: new Map(),
    messages: [],
    files: [],
    mayCreateChannels: true,
    invitesTell: 'success',
    scopes: manifestScopes(),
    unknownMethods: new Set(),
    privates: [],
    modals: new Map(),
    homes: new Map(),
    answers: [],
    triggers: new Map(),
    responseUrls: new Map(),
    problems: [],
    nextTs() {
      counter += 1;
      return `${Math.floor(Date.now() / 1000)}.${String(counter).padStart(6, '0')}`;
    },
    nextId(prefix) {
      counter += 1;
      return `${prefix}${String(counter).padStart(8, '0')}`;
    },
  };
}

/** All texts of a message or view in reading order, one per line. */
export function readable(content: { blocks: readonly object[] }): string {
  const texts: string[] = [];
  collectTexts(content.blocks, texts);
  return texts.join('\n');
}

function collectTexts(value: unknown, texts: string[]): void {
  if (Array.isArray(value)) for (const item of value) collectTexts(item, texts);
  else if (typeof value === 'object' && value !== null) {
    const { type, text } = value as { type?: unknown; text?: unknown };
    if ((type === 'mrkdwn' || type === 'plain_text') && typeof text === 'string') texts.push(text);
    else for (const item of Object.values(value)) collectTexts(item, texts);
  }
}

/** The buttons a message or view shows, by action id. */
export function buttonsOf(content: { blocks: FakeBlock[] }): FakeElement[] {
  return content.blocks
    .flatMap((block) => [
      ...(block.elements ?? []),
      ...(block.accessory === undefined ? [] : [block.accessory]),
    ])
    .filter((element) => element.type === 'button');
}
