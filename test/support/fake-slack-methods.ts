import { messageProblems, viewProblems } from './fake-slack-block-kit.ts';
import { createChannelMethods } from './fake-slack-channels.ts';
import { createFileMethods } from './fake-slack-files.ts';
import type {
  FakeBlock,
  FakeChannel,
  FakeMessage,
  FakeUser,
  FakeView,
  FakeWorkspace,
} from './fake-slack-workspace.ts';

export type Params = Record<string, unknown>;
export type Answer =
  | { ok: true; [field: string]: unknown }
  | { ok: false; error: string; [field: string]: unknown };
export type Methods = Record<string, (params: Params) => Answer>;

export const refused = (error: string, messages?: string[]): Answer => ({
  ok: false,
  error,
  ...(messages === undefined ? {} : { response_metadata: { messages } }),
});

/** The Web API, as strict as the real one where it matters to us. */
export function createMethods(workspace: FakeWorkspace, base: () => string): Methods {
  const { users, channels, messages, privates, botUserId, botId, teamId } = workspace;

  /** A user id stands for the direct conversation with that person. */
  function speakIn(params: Params): FakeChannel | Answer {
    const id = `${params.channel}`;
    const channel = channels.get(id) ?? (users.has(id) ? directChannel(id) : undefined);
    if (channel === undefined) return refused('channel_not_found');
    if (channel.isArchived) return refused('is_archived');
    if (channel.isPrivate && !channel.members.includes(botUserId)) return refused('channel_not_found');
    return channel;
  }

  function directChannel(user: string): FakeChannel {
    const id = `D0${user}`;
    const known = channels.get(id);
    if (known !== undefined) return known;
    const channel: FakeChannel = { id, name: `direct-${user}`, members: [user, botUserId], isDirect: true };
    channels.set(id, channel);
    return channel;
  }

  function contentProblem(method: string, params: Params): Answer | undefined {
    const problems = messageProblems(params);
    const [first] = problems;
    if (first === undefined) return undefined;
    workspace.problems.push(...problems.map((problem) => `${method}: ${problem}`));
    const code = ['no_text', 'msg_too_long', 'msg_blocks_too_long'].find((known) => first.startsWith(known));
    return refused(code ?? 'invalid_blocks', problems);
  }

  function viewProblem(method: string, view: unknown): Answer | undefined {
    const problems = viewProblems(view);
    if (problems.length === 0) return undefined;
    workspace.problems.push(...problems.map((problem) => `${method}: ${problem}`));
    return refused('invalid_arguments', problems);
  }

  return {
    'auth.test': () => ({
      ok: true,
      team_id: teamId,
      user_id: botUserId,
      bot_id: botId,
      team: 'Sample',
      user: 'purser',
    }),

    'users.info': (params) => {
      const user = users.get(`${params.user}`);
      return user === undefined ? refused('user_not_found') : { ok: true, user: userJson(user, teamId) };
    },

    'conversations.open': (params) => {
      const user = users.get(`${params.users}`);
      if (user === undefined) return refused('user_not_found');
      if (user.deleted) return refused('user_disabled');
      if (user.isBot) return refused('cannot_dm_bot');
      return { ok: true, channel: { id: directChannel(user.id).id } };
    },

    ...createChannelMethods(workspace),
    ...createFileMethods(workspace, base),

    'conversations.history': (params) =>
      history(params, (found) => found.filter((message) => message.threadTs === undefined).reverse()),
    'conversations.replies': (params) => {
      const asked = messages.find(
        (message) => message.channel === params.channel && message.ts === params.ts,
      );
      const thread = asked?.threadTs ?? asked?.ts;
      if (channels.has(`${params.channel}`) && thread === undefined) return refused('thread_not_found');
      // Whatever the range is, the message that the thread began with comes first.
      const parent = messages.filter(({ channel, ts }) => channel === params.channel && ts === thread);
      return history(params, (found) => [...parent, ...found.filter(({ threadTs }) => threadTs === thread)]);
    },

    'chat.postMessage': (params) => {
      const channel = speakIn(params);
      if ('ok' in channel) return channel;
      const problem = contentProblem('chat.postMessage', params);
      if (problem !== undefined) return problem;
      const message: FakeMessage = {
        channel: channel.id,
        ts: workspace.nextTs(),
        text: `${params.text ?? ''}`,
        blocks: withIds((params.blocks ?? []) as FakeBlock[]),
        edits: 0,
        ...(params.thread_ts === undefined ? {} : { threadTs: `${params.thread_ts}` }),
        ...(params.metadata === undefined ? {} : { metadata: params.metadata as FakeMessage['metadata'] }),
      };
      messages.push(message);
      return { ok: true, channel: channel.id, ts: message.ts, message: messageJson(message, true) };
    },

    'chat.update': (params) => {
      const channel = speakIn(params);
      if ('ok' in channel) return channel;
      const message = messages.find(({ channel: id, ts }) => id === channel.id && ts === params.ts);
      if (message === undefined) return refused('message_not_found');
      const problem = contentProblem('chat.update', params);
      if (problem !== undefined) return problem;
      message.text = `${params.text ?? ''}`;
      message.blocks = withIds((params.blocks ?? []) as FakeBlock[]);
      message.edits += 1;
      return { ok: true, channel: channel.id, ts: message.ts, text: message.text };
    },

    'chat.postEphemeral': (params) => {
      const channel = speakIn(params);
      if ('ok' in channel) return channel;
      if (!channel.members.includes(botUserId)) return refused('not_in_channel');
      if (!channel.members.includes(`${params.user}`)) return refused('user_not_in_channel');
      const problem = contentProblem('chat.postEphemeral', params);
      if (problem !== undefined) return problem;
      const ts = workspace.nextTs();
      privates.push({
        user: `${params.user}`,
        channel: channel.id,
        ts,
        text: `${params.text ?? ''}`,
        blocks: withIds((params.blocks ?? []) as FakeBlock[]),
      });
      return { ok: true, message_ts: ts };
    },

    'views.open': (params) => {
      const trigger = workspace.triggers.get(`${params.trigger_id}`);
      if (trigger === undefined) return refused('invalid_trigger_id');
      if (trigger.used) return refused('exchanged_trigger_id');
      if (trigger.expiresAt <= Date.now()) return refused('expired_trigger_id');
      const problem = viewProblem('views.open', params.view);
      if (problem !== undefined) return problem;
      trigger.used = true;
      const opened = openModal(workspace, trigger.user, params.view as FakeView['view']);
      return { ok: true, view: { id: opened.id, hash: opened.hash } };
    },

    'views.update': (params) => {
      const open = [...workspace.modals.values()].find(({ id }) => id === params.view_id);
      if (open === undefined) return refused('not_found');
      if (params.hash !== undefined && params.hash !== open.hash) return refused('hash_conflict');
      const problem = viewProblem('views.update', params.view);
      if (problem !== undefined) return problem;
      replaceModal(workspace, open, params.view as FakeView['view']);
      return { ok: true, view: { id: open.id, hash: open.hash } };
    },

    'views.publish': (params) => {
      if (!users.has(`${params.user_id}`)) return refused('user_not_found');
      const problem = viewProblem('views.publish', params.view);
      if (problem !== undefined) return problem;
      workspace.homes.set(`${params.user_id}`, params.view as FakeView['view']);
      return { ok: true };
    },
  };

  /** What is in the range, of which `pick` chooses and orders. */
  /** A file is shown by a message of its own. */
  function sharedIn(channel: string): (FakeMessage & { files: object[] })[] {
    return workspace.files.flatMap(({ id, name, ts, threadTs, channel: where }) =>
      ts === undefined || where !== channel
        ? []
        : [{ channel, ts, threadTs, text: '', blocks: [], edits: 0, files: [{ id, name }] }],
    );
  }

  function history(params: Params, pick: (found: FakeMessage[]) => FakeMessage[]): Answer {
    const channel = channels.get(`${params.channel}`);
    if (channel === undefined) return refused('channel_not_found');
    if (!channel.members.includes(botUserId)) return refused('not_in_channel');
    const limit = Math.min(Number(params.limit ?? 100), 999);
    const from = Number(params.cursor ?? 0);
    const [oldest, latest] = [Number(params.oldest ?? 0), Number(params.latest ?? Number.POSITIVE_INFINITY)];
    const ends = `${params.inclusive}` === 'true' ? [oldest, latest] : [];
    const inRange = (at: number) => (at > oldest && at < latest) || ends.includes(at);
    const there = messages.filter((message) => message.channel === channel.id);
    const found = pick([...there, ...sharedIn(channel.id)].filter(({ ts }) => inRange(Number(ts))));
    const page = found.slice(from, from + limit);
    const more = from + limit < found.length;
    const withMetadata = `${params.include_all_metadata}` === 'true';
    return {
      ok: true,
      messages: page.map((message) => ({
        ...messageJson(message, withMetadata),
        ...(message.user === undefined ? { bot_id: botId, user: botUserId } : {}),
      })),
      has_more: more,
      response_metadata: { next_cursor: more ? `${from + limit}` : '' },
    };
  }
}

export function openModal(workspace: FakeWorkspace, user: string, view: FakeView['view']): FakeView {
  const opened: FakeView = { id: workspace.nextId('V'), hash: workspace.nextId('h'), user, view, errors: {} };
  workspace.modals.set(user, opened);
  return opened;
}

export function replaceModal(workspace: FakeWorkspace, open: FakeView, view: FakeView['view']): void {
  open.view = view;
  open.hash = workspace.nextId('h');
  open.errors = {};
}

/** Slack gives an id to every block that has none. */
export function withIds(blocks: FakeBlock[]): FakeBlock[] {
  return blocks.map((block, index) => ({ ...block, block_id: block.block_id ?? `block-${index}` }));
}

export function messageJson(message: FakeMessage, withMetadata: boolean): Params {
  const { channel: _channel, threadTs, metadata, edits: _edits, ...rest } = message;
  return {
    type: 'message',
    ...rest,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(metadata === undefined || !withMetadata ? {} : { metadata }),
  };
}

function userJson(user: FakeUser, teamId: string): Params {
  return {
    id: user.id,
    team_id: user.teamId ?? teamId,
    name: user.name,
    real_name: user.realName ?? user.name,
    deleted: user.deleted === true,
    is_bot: user.isBot === true,
    is_restricted: user.isRestricted === true,
    is_ultra_restricted: user.isUltraRestricted === true,
    ...(user.isStranger === undefined ? {} : { is_stranger: user.isStranger }),
    is_email_confirmed: user.isEmailConfirmed ?? true,
    profile: {
      real_name: user.realName ?? user.name,
      display_name: user.name,
      ...(user.email === undefined ? {} : { email: user.email }),
    },
  };
}
