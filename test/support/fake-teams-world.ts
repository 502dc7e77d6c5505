/** Who and what there is in the fake Teams. */

export interface TeamsUser {
  aadObjectId: string;
  name: string;
  email?: string;
  userPrincipalName?: string;
  role?: 'user' | 'guest' | 'anonymous';
  tenantId?: string;
  /** Whether the app is installed for them; yes unless said otherwise. */
  installed?: boolean;
}

export interface TeamsChannel {
  /** `19:…` */
  id: string;
  name: string;
  /** `aadObjectId`s. */
  members: string[];
  /** Whether the app is there; yes unless said otherwise. */
  app?: boolean;
}

export interface GraphChannel {
  id: string;
  displayName: string;
  description: string;
  membershipType: 'standard' | 'private';
  isArchived: boolean;
  /** `aadObjectId`s. */
  members: string[];
}

/** A team, as Graph knows it. */
export interface TeamsTeam {
  /** Whether the organisation lets the app open channels in it. */
  consent: boolean;
  /** `aadObjectId`s. */
  members: string[];
  channels: GraphChannel[];
  /** Of channels that were deleted within 30 days, in small letters. */
  deletedNames: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a bot sends
export type Card = any;

export interface TeamsMessage {
  conversation: string;
  id: string;
  summary?: string;
  card: Card;
  /** Earlier cards of the same message, oldest first. */
  edits: Card[];
}

export interface Dialog {
  title: string;
  card: Card;
  /** The message whose button opened it. */
  replyToId?: string;
  /** `task/submit`, or its counterpart in message extensions. */
  submit: { name: string; commandId?: string };
  conversation: string;
}

export interface FakeWorld {
  tenantId: string;
  users: Map<string, TeamsUser>;
  channels: Map<string, TeamsChannel>;
  /** The application permissions of Graph that the organisation has granted. */
  permissions: string[];
  /** By Entra group. */
  teams: Map<string, TeamsTeam>;
  messages: TeamsMessage[];
  /** What somebody sees instead of the message's own card: by user and message. */
  ownCards: Map<string, Card>;
  dialogs: Map<string, Dialog>;
  /** Words beside a card or in place of a dialog, seen by one person. */
  spoken: { user: string; text: string }[];
  /** What the app answered to what it was told, and to whom. */
  answers: { user: string; text: string; at: number }[];
  /** Who blocked the app. */
  blocked: Set<string>;
  problems: string[];
  nextId(): string;
}

export function createWorld(tenantId: string): FakeWorld {
  let last = 1_700_000_000_000;
  return {
    tenantId,
    users: new Map(),
    channels: new Map(),
    permissions: ['Channel.Create', 'ChannelSettings.ReadWrite.All', 'ChannelMember.ReadWrite.All'],
    teams: new Map(),
    messages: [],
    ownCards: new Map(),
    dialogs: new Map(),
    spoken: [],
    answers: [],
    blocked: new Set(),
    problems: [],
    nextId: () => {
      last += 1;
      return `${last}`;
    },
  };
}

/** A person's id for this bot alone. */
export function mriOf(aadObjectId: string): string {
  return `29:${aadObjectId}-mri`;
}

export function personalChatOf(aadObjectId: string): string {
  return `a:${aadObjectId}-chat`;
}

export function userByAnyId(world: FakeWorld, id: string): TeamsUser | undefined {
  return [...world.users.values()].find(({ aadObjectId }) => aadObjectId === id || mriOf(aadObjectId) === id);
}

/** The card as somebody sees it. */
export function seenCard(world: FakeWorld, user: string, message: TeamsMessage): Card {
  return world.ownCards.get(`${user} ${message.id}`) ?? message.card;
}

/** All text a card shows, one line each. */
export function readable(card: Card): string {
  const lines: string[] = [];
  visit(card, (node) => {
    if (node.type === 'RichTextBlock') lines.push(node.inlines.map((run: Card) => run.text).join(''));
    else if (node.type === 'TextBlock') lines.push(node.text);
    else if (typeof node.label === 'string') lines.push(`${node.label}: ${node.value ?? ''}`);
  });
  return lines.join('\n');
}

/** Every button of a card, also those that show behind another. */
export function buttonsOf(card: Card): Card[] {
  const found: Card[] = [];
  visit(card, (node) => {
    if (typeof node.type === 'string' && node.type.startsWith('Action.') && node.type !== 'Action.ShowCard') {
      found.push(node);
    }
  });
  return found;
}

export function inputsOf(card: Card): Card[] {
  const found: Card[] = [];
  visit(card, (node) => {
    if (typeof node.type === 'string' && node.type.startsWith('Input.')) found.push(node);
  });
  return found;
}

/** Depth first, without what a client does by itself. */
function visit(node: Card, see: (node: Card) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, see);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  see(node);
  for (const key of ['body', 'items', 'columns', 'actions', 'card']) visit(node[key], see);
}
