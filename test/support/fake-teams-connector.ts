import type { IncomingMessage } from 'node:http';
import { cardProblems } from './adaptive-cards.ts';
import {
  type Card,
  type FakeWorld,
  mriOf,
  personalChatOf,
  type TeamsUser,
  userByAnyId,
} from './fake-teams-world.ts';

export type ConnectorOperation = 'create' | 'post' | 'update' | 'delete' | 'member' | 'members';

export interface ConnectorAnswer {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

export interface ConnectorRequest {
  operation: ConnectorOperation;
  conversation: string;
  /** An activity's or a member's id. */
  id: string;
  body: Card;
}

/** Microsoft's counts per conversation: so many in so many milliseconds. */
const RATES = [
  [7, 1_000],
  [8, 2_000],
  [60, 30_000],
  [1_800, 3_600_000],
] as const;

const MAX_BYTES = 100_000;
const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';

/** Which operation of the connector a request is. */
export function connectorRequest(request: IncomingMessage, body: Card): ConnectorRequest | undefined {
  const { pathname } = new URL(request.url ?? '/', 'http://fake');
  const [, conversation, kind, id = ''] =
    /^\/v3\/conversations(?:\/([^/]+)\/(activities|members|pagedmembers)(?:\/([^/]+))?)?$/.exec(pathname) ??
    [];
  const place = { conversation: decodeURIComponent(conversation ?? ''), id: decodeURIComponent(id), body };
  if (pathname === '/v3/conversations' && request.method === 'POST') return { operation: 'create', ...place };
  if (kind === 'members' && request.method === 'GET') return { operation: 'member', ...place };
  if (kind === 'pagedmembers' && request.method === 'GET') return { operation: 'members', ...place };
  const operations: Record<string, ConnectorOperation> = { POST: 'post', PUT: 'update', DELETE: 'delete' };
  const operation = kind === 'activities' ? operations[request.method ?? ''] : undefined;
  return operation === undefined ? undefined : { operation, ...place };
}

/** Does what the real connector does, and refuses what it refuses. */
export function createConnector(world: FakeWorld): (request: ConnectorRequest) => ConnectorAnswer {
  const sent = new Map<string, number[]>();

  function create({ body }: ConnectorRequest): ConnectorAnswer {
    const [member] = body.members ?? [];
    const user = userByAnyId(world, `${member?.id}`);
    if (body.isGroup !== false || body.members?.length !== 1) return refusal(400, 'BadSyntax');
    if (body.channelData?.tenant?.id !== world.tenantId) return refusal(400, 'BadArgument');
    if (user === undefined) return refusal(404, 'UserNotFound');
    if (user.installed === false) return refusal(403, 'ForbiddenOperationException');
    return { status: 201, body: { id: personalChatOf(user.aadObjectId) } };
  }

  function post({ conversation, body }: ConnectorRequest): ConnectorAnswer {
    const closed = closedTo(conversation) ?? tooMuch(conversation) ?? wrongMessage(body);
    if (closed !== undefined) return closed;
    const id = world.nextId();
    const card = body.attachments[0].content;
    world.messages.push({ conversation, id, summary: body.summary, card, edits: [] });
    return { status: 201, body: { id } };
  }

  function update({ conversation, id, body }: ConnectorRequest): ConnectorAnswer {
    const closed = closedTo(conversation) ?? tooMuch(conversation) ?? wrongMessage(body);
    if (closed !== undefined) return closed;
    const message = world.messages.find((candidate) => candidate.id === id);
    if (message === undefined || threadOf(message.conversation) !== threadOf(conversation)) {
      return refusal(404, 'ActivityNotFoundInConversation');
    }
    message.edits.push(message.card);
    message.card = body.attachments[0].content;
    message.summary = body.summary;
    for (const key of world.ownCards.keys()) if (key.endsWith(` ${id}`)) world.ownCards.delete(key);
    return { status: 200, body: { id } };
  }

  function member({ conversation, id }: ConnectorRequest): ConnectorAnswer {
    if (isWithoutApp(conversation)) return refusal(403, 'BotNotInConversationRoster');
    const user = userByAnyId(world, id);
    const there = user !== undefined && isIn(user, conversation);
    return there ? { status: 200, body: rosterEntry(user) } : refusal(404, 'MemberNotFoundInConversation');
  }

  function members({ conversation }: ConnectorRequest): ConnectorAnswer {
    const closed = closedTo(conversation);
    if (closed !== undefined) return closed;
    const there = [...world.users.values()].filter((user) => isIn(user, conversation));
    return { status: 200, body: { members: there.map(rosterEntry) } };
  }

  function rosterEntry(user: TeamsUser): object {
    const { aadObjectId, name, email, role = 'user', tenantId = world.tenantId } = user;
    return {
      id: mriOf(aadObjectId),
      name,
      objectId: aadObjectId,
      aadObjectId,
      tenantId,
      userRole: role,
      email,
      userPrincipalName: user.userPrincipalName ?? email,
    };
  }

  function isWithoutApp(conversation: string): boolean {
    return world.channels.get(threadOf(conversation))?.app === false;
  }

  function isIn({ aadObjectId }: TeamsUser, conversation: string): boolean {
    if (conversation === personalChatOf(aadObjectId)) return true;
    return world.channels.get(threadOf(conversation))?.members.includes(aadObjectId) === true;
  }

  function closedTo(conversation: string): ConnectorAnswer | undefined {
    const owner = [...world.users.values()].find(
      ({ aadObjectId }) => personalChatOf(aadObjectId) === conversation,
    );
    if (owner !== undefined) {
      if (world.blocked.has(owner.aadObjectId)) return refusal(403, 'MessageWritesBlocked');
      return owner.installed === false ? refusal(403, 'BotNotInConversationRoster') : undefined;
    }
    if (isWithoutApp(conversation)) return refusal(403, 'BotNotInConversationRoster');
    return world.channels.has(threadOf(conversation)) ? undefined : refusal(404, 'ConversationNotFound');
  }

  function tooMuch(conversation: string): ConnectorAnswer | undefined {
    const key = threadOf(conversation);
    const now = Date.now();
    const times = [...(sent.get(key) ?? []), now].filter((at) => now - at <= 3_600_000);
    const over = RATES.find(([count, ms]) => times.filter((at) => now - at < ms).length > count);
    if (over === undefined) {
      sent.set(key, times);
      return undefined;
    }
    world.problems.push(`more than ${over[0]} in ${over[1]} ms in ${key}`);
    return { ...refusal(429, 'TooManyRequests'), headers: { 'retry-after': '1' } };
  }

  function wrongMessage(body: Card): ConnectorAnswer | undefined {
    if (Buffer.byteLength(JSON.stringify(body)) > MAX_BYTES) return refusal(413, 'MessageSizeTooBig');
    const problems = messageProblems(body);
    world.problems.push(...problems);
    return problems.length === 0 ? undefined : refusal(400, 'BadSyntax');
  }

  const handlers = {
    create,
    post,
    update,
    member,
    members,
    delete: () => refusal(501, 'NotImplemented'),
  };
  return (request) => handlers[request.operation](request);
}

/** One card, and no text beside it. */
function messageProblems({ type, text, attachments, summary }: Card): string[] {
  if (type !== 'message') return [`an activity of type ${type}`];
  if (typeof text === 'string' && text !== '') return ['text beside a card'];
  if (attachments?.length !== 1) return [`${attachments?.length ?? 0} attachments`];
  if (attachments[0].contentType !== ADAPTIVE_CARD) return [`an attachment of ${attachments[0].contentType}`];
  const unsaid = typeof summary === 'string' && summary.trim() !== '' ? [] : ['no summary for notifications'];
  return [...unsaid, ...cardProblems(attachments[0].content)];
}

export function refusal(status: number, code: string): ConnectorAnswer {
  return { status, body: { error: { code, message: `The fake Teams says ${code}.` } } };
}

function threadOf(conversation: string): string {
  return conversation.split(';', 1)[0] ?? conversation;
}
