import { z } from 'zod';
import type { AccountRef, ConversationRef, MessageRef } from '../../domain/refs.ts';
import { teamsChannelName } from '../../domain/room-names.ts';
import { ChatError, type RoomSpec, type Rooms } from '../adapter.ts';
import { ADOPTION } from './adoption.ts';
import type { Graph } from './graph.ts';
import { LIMITS } from './limits.ts';

/** `name`, `name-2`, … */
const MAX_SUFFIX = 20;
const MAX_PAGES = 20;
/** What Graph says of a name that a channel has, one that is hidden, or one that was deleted within 30 days. */
const TAKEN = / HTTP 409\b| NameAlreadyExists$/;
const GONE_FOR_US = new Set(['forbidden', 'not-found']);

const channelSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  description: z.string().nullish(),
  membershipType: z.string().optional(),
  isArchived: z.boolean().nullish(),
});
type Channel = z.infer<typeof channelSchema>;
const memberSchema = z.object({ userId: z.string().nullish() });

interface Page<Item> {
  value: Item[];
  '@odata.nextLink'?: string | undefined;
}

function pageOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z.object({ value: z.array(item), '@odata.nextLink': z.string().optional() });
}

type TeamsRef = Extract<ConversationRef, { platform: 'teams' }>;

/** Channels of a team, which Graph makes where the organisation has allowed it, or else threads under the announcement. */
export function createRooms(options: { graph: Graph; tenantId: string; serviceUrl: string }): Rooms {
  const { graph, tenantId, serviceUrl } = options;

  /** `undefined` when somebody else has the name. */
  async function create(spec: RoomSpec, channels: string, name: string): Promise<Channel | undefined> {
    try {
      const description = marked(spec.purpose, spec.marker);
      const body = { displayName: name, description, ...membership(spec, graph) };
      return await graph.call('POST', channels, channelSchema, body);
    } catch (error) {
      if (!isTaken(error)) throw error;
      return (await all(channels, channelSchema)).find((channel) => isOurs(channel, spec));
    }
  }

  async function openChannel(spec: RoomSpec, group: string): Promise<Channel> {
    const channels = `teams/${encodeURIComponent(group)}/channels`;
    for (let suffix = 1; suffix <= MAX_SUFFIX; suffix += 1) {
      const channel = await create(spec, channels, channelName(spec.name, suffix));
      if (channel !== undefined) return channel;
    }
    throw new ChatError('invalid', `every name like ${spec.name} is taken`);
  }

  async function rename(path: string, known: string, name: string): Promise<void> {
    for (let suffix = 1; suffix <= MAX_SUFFIX; suffix += 1) {
      const displayName = channelName(name, suffix);
      if (known === displayName) return;
      try {
        await graph.call('PATCH', path, z.unknown(), { displayName });
        return;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    throw new ChatError('invalid', `every name like ${name} is taken`);
  }

  async function all<Item>(path: string, item: z.ZodType<Item>): Promise<Item[]> {
    const found: Item[] = [];
    let next: string | undefined = path;
    for (let turned = 0; next !== undefined && turned < MAX_PAGES; turned += 1) {
      const page: Page<Item> = await graph.call('GET', next, pageOf(item));
      found.push(...page.value);
      next = page['@odata.nextLink'];
    }
    return found;
  }

  async function addMember(path: string, aadObjectId: string): Promise<boolean> {
    try {
      await graph.call('POST', path, z.unknown(), memberBody(aadObjectId, [], graph));
      return true;
    } catch (error) {
      const passing = error instanceof ChatError && ['unavailable', 'rate-limited'].includes(error.reason);
      if (passing || !(error instanceof ChatError)) throw error;
      return false;
    }
  }

  return {
    async open(spec) {
      try {
        if (spec.group === undefined) throw new ChatError('forbidden', 'no team is set for channels');
        const { id, displayName } = await openChannel(spec, spec.group);
        const conversation = { tenantId, conversationId: id, serviceUrl, groupId: spec.group };
        return { kind: 'channel', conversation: { platform: 'teams', ...conversation }, name: displayName };
      } catch (error) {
        const thread = threadUnder(spec.under);
        const refused = error instanceof ChatError && GONE_FOR_US.has(error.reason);
        // Whoever reads the channel reads its threads.
        if (!refused || thread === undefined || spec.private) throw error;
        return { kind: 'thread', conversation: thread, name: 'a thread under the announcement' };
      }
    },

    ...ADOPTION,

    async invite(room, accounts) {
      const path = channelPath(room);
      if (path === undefined || accounts.length === 0) return { left: [] };
      const { membershipType } = await graph.call('GET', path, channelSchema);
      // A standard channel is open to all of its team, and to nobody else.
      if (membershipType !== 'private') return { left: [] };
      const members = await all(`${path}/members`, memberSchema);
      const there = new Set(members.map(({ userId }) => userId?.toLowerCase()));
      const left: AccountRef[] = [];
      for (const account of accounts) {
        if (account.platform !== 'teams' || there.has(account.aadObjectId)) continue;
        if (!(await addMember(`${path}/members`, account.aadObjectId))) left.push(account);
      }
      return { left };
    },

    async setTopic(room, topic) {
      const path = channelPath(room);
      if (path === undefined) throw new ChatError('invalid', 'a thread has no description');
      const { description } = await graph.call('GET', path, channelSchema);
      const wanted = marked(topic, markIn(description));
      if (description === wanted) return;
      await graph.call('PATCH', path, z.unknown(), { description: wanted });
    },

    async pin() {
      throw new ChatError('invalid', 'a bot pins nothing in teams');
    },

    async unpin() {
      throw new ChatError('invalid', 'a bot pins nothing in teams');
    },

    async bookmark() {
      throw new ChatError('invalid', 'a channel of teams has no bookmarks');
    },

    async cover(room, { name, topic }) {
      const path = channelPath(room);
      if (path === undefined) return;
      const { displayName, description } = await graph.call('GET', path, channelSchema);
      await rename(path, displayName, name);
      const wanted = marked(topic, markIn(description));
      if (description !== wanted) await graph.call('PATCH', path, z.unknown(), { description: wanted });
    },

    async archive(room) {
      const path = channelPath(room);
      if (path === undefined) return;
      const { isArchived } = await graph.call('GET', path, channelSchema);
      if (isArchived !== true) await graph.call('POST', `${path}/archive`, z.unknown(), {});
    },
  };
}

/** A private channel belongs to somebody from the start: the app itself cannot be its owner. */
function membership({ private: isPrivate, owner }: RoomSpec, graph: Graph): object {
  if (!isPrivate) return { membershipType: 'standard' };
  if (owner?.platform !== 'teams')
    throw new ChatError('forbidden', 'a private channel needs an owner who has a Teams account');
  return { membershipType: 'private', members: [memberBody(owner.aadObjectId, ['owner'], graph)] };
}

function memberBody(aadObjectId: string, roles: string[], { baseUrl }: Graph): object {
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    roles,
    'user@odata.bind': `${baseUrl}users('${aadObjectId}')`,
  };
}

/** Within what Teams takes, with a suffix for another try. */
function channelName(name: string, suffix: number): string {
  const fitting = teamsChannelName(name);
  if (suffix === 1) return fitting;
  const tail = `-${suffix}`;
  return `${fitting.slice(0, LIMITS.channel.name - tail.length).replace(/-+$/, '')}${tail}`;
}

/** Our mark stands at the end of a description, whatever it says. */
function marked(text: string, marker: string | undefined): string {
  if (marker === undefined) return text.slice(0, LIMITS.channel.description);
  return `${text.slice(0, LIMITS.channel.description - marker.length - 3)} (${marker})`;
}

function markIn(description: string | null | undefined): string | undefined {
  return /\(([^()]*)\)$/.exec(description ?? '')?.[1];
}

/** What is open to all of the team never becomes the room of a private incident. */
function isOurs({ description, membershipType, isArchived }: Channel, spec: RoomSpec): boolean {
  if (markIn(description) !== spec.marker || isArchived === true) return false;
  return (membershipType === 'private') === spec.private;
}

function isTaken(error: unknown): boolean {
  return error instanceof ChatError && TAKEN.test(error.message);
}

/** `undefined` for a room that we have not opened as a channel. */
function channelPath(room: ConversationRef): string | undefined {
  const { groupId, conversationId } = teamsRoom(room);
  if (groupId === undefined) return undefined;
  return `teams/${encodeURIComponent(groupId)}/channels/${encodeURIComponent(conversationId)}`;
}

function threadUnder(message: MessageRef | undefined): ConversationRef | undefined {
  if (message?.platform !== 'teams') return undefined;
  const { tenantId, serviceUrl, conversationId, activityId } = message;
  const [channel = ''] = conversationId.split(';');
  return { platform: 'teams', tenantId, serviceUrl, conversationId: `${channel};messageid=${activityId}` };
}

function teamsRoom(room: ConversationRef): TeamsRef {
  if (room.platform !== 'teams') throw new ChatError('invalid', `teams cannot reach ${room.platform}`);
  return room;
}
