import { type Answer, type Methods, type Params, refused } from './fake-slack-methods.ts';
import type { FakeChannel, FakeWorkspace } from './fake-slack-workspace.ts';

const MAX_INVITED = 100;
const PAGE = 100;

/** Channels, and what is set, pinned and listed in them. */
export function createChannelMethods(workspace: FakeWorkspace): Methods {
  const { users, channels, messages, botUserId } = workspace;

  const isMember = (channel: FakeChannel) => channel.members.includes(botUserId);

  /** A private channel is nowhere to those who are not in it. */
  function seen(id: unknown): FakeChannel | undefined {
    const channel = channels.get(`${id}`);
    return channel === undefined || (channel.isPrivate && !isMember(channel)) ? undefined : channel;
  }

  /** One that the app may change. */
  function own(params: Params, id: unknown = params.channel): FakeChannel | Answer {
    const channel = seen(id);
    if (channel === undefined) return refused('channel_not_found');
    if (channel.isArchived) return refused('is_archived');
    return isMember(channel) ? channel : refused('not_in_channel');
  }

  function nameProblem(name: string): string | undefined {
    if (name === '') return 'invalid_name_required';
    if (name.length > 80) return 'invalid_name_maxlength';
    if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+$/u.test(name)) return 'invalid_name_specials';
    return /[\p{L}\p{N}]/u.test(name) ? undefined : 'invalid_name_punctuation';
  }

  function set(params: Params, what: 'topic' | 'purpose'): Answer {
    const channel = own(params);
    if ('ok' in channel) return channel;
    const text = `${params[what]}`;
    if (text.length > 250) return refused('too_long');
    channel[what] = text;
    if (what === 'topic') {
      const said = `set the channel topic: ${text}`;
      const message = { channel: channel.id, ts: workspace.nextTs(), text: said, blocks: [], edits: 0 };
      messages.push({ ...message, subtype: 'channel_topic' });
    }
    return { ok: true };
  }

  function listed(params: Params, wanted: (channel: FakeChannel) => boolean): Answer {
    const types = `${params.types ?? 'public_channel'}`.split(',');
    const from = Number(params.cursor ?? 0);
    const limit = Math.min(Number(params.limit ?? PAGE), PAGE);
    const found = [...channels.values()]
      .filter((channel) => !channel.isDirect && seen(channel.id) !== undefined && wanted(channel))
      .filter(({ isPrivate }) => types.includes(isPrivate ? 'private_channel' : 'public_channel'))
      .filter(({ isArchived }) => !isArchived || `${params.exclude_archived}` !== 'true');
    const more = from + limit < found.length;
    return {
      ok: true,
      channels: found.slice(from, from + limit).map(channelJson),
      response_metadata: { next_cursor: more ? `${from + limit}` : '' },
    };
  }

  /** Why somebody cannot be brought in. */
  function invitationProblem(channel: FakeChannel, id: string): string | undefined {
    const user = users.get(id);
    if (id === botUserId) return 'cant_invite_self';
    if (user === undefined || user.deleted) return 'user_not_found';
    if (channel.members.includes(id)) return 'already_in_channel';
    if (user.isUltraRestricted) return 'ura_max_channels';
    if (user.isRestricted) return 'user_is_restricted';
    return user.isStranger ? 'user_team_not_in_channel' : undefined;
  }

  function invite(params: Params): Answer {
    const channel = own(params);
    if ('ok' in channel) return channel;
    const invited = `${params.users ?? ''}`.split(',').filter((id) => id !== '');
    if (invited.length === 0) return refused('no_user');
    if (invited.length > MAX_INVITED) return refused('too_many_users');
    const errors = invited.flatMap((user) => {
      const error = invitationProblem(channel, user);
      return error === undefined ? [] : [{ user, ok: false, error }];
    });
    const [first] = errors;
    const force = `${params.force}` === 'true';
    if (first !== undefined && !force) return { ...refused(first.error), errors } as Answer;
    const good = invited.filter((id) => !errors.some(({ user }) => user === id));
    if (first !== undefined && workspace.invitesTell === 'nobody') return refused(first.error);
    channel.members.push(...good);
    if (first === undefined) return { ok: true, channel: channelJson(channel) };
    if (good.length > 0 && workspace.invitesTell === 'success') return { ok: true, errors };
    return { ...refused(first.error), errors } as Answer;
  }

  return {
    'conversations.create': (params) => {
      const name = `${params.name ?? ''}`;
      const problem = nameProblem(name);
      if (problem !== undefined) return refused(problem);
      if (!workspace.mayCreateChannels) return refused('restricted_action');
      if ([...channels.values()].some((channel) => channel.name === name)) return refused('name_taken');
      const isPrivate = `${params.is_private}` === 'true';
      const channel = {
        id: workspace.nextId('C'),
        name,
        members: [botUserId],
        isPrivate,
        creator: botUserId,
      };
      channels.set(channel.id, channel);
      return { ok: true, channel: channelJson(channel) };
    },

    'conversations.info': (params) => {
      const channel = seen(params.channel);
      return channel === undefined
        ? refused('channel_not_found')
        : { ok: true, channel: { ...channelJson(channel), is_member: isMember(channel) } };
    },

    'conversations.join': (params) => {
      const channel = channels.get(`${params.channel}`);
      if (channel === undefined || channel.isPrivate) return refused('channel_not_found');
      if (channel.isArchived) return refused('is_archived');
      if (!isMember(channel)) channel.members.push(botUserId);
      return { ok: true, channel: { id: channel.id } };
    },

    'users.conversations': (params) => listed(params, isMember),
    'conversations.list': (params) => listed(params, () => true),
    'conversations.setPurpose': (params) => set(params, 'purpose'),
    'conversations.setTopic': (params) => set(params, 'topic'),
    'conversations.invite': invite,

    'conversations.archive': (params) => {
      const channel = seen(params.channel);
      if (channel === undefined) return refused('channel_not_found');
      if (channel.name === 'general') return refused('cant_archive_general');
      if (channel.isArchived) return refused('already_archived');
      if (!isMember(channel)) return refused('not_in_channel');
      channel.isArchived = true;
      return { ok: true };
    },

    'conversations.rename': (params) => {
      const channel = own(params);
      if ('ok' in channel) return channel;
      const name = `${params.name ?? ''}`;
      const problem = nameProblem(name);
      if (problem !== undefined) return refused(problem);
      if (channel.creator !== botUserId) return refused('not_authorized');
      if ([...channels.values()].some((other) => other.name === name)) return refused('name_taken');
      channel.name = name;
      return { ok: true, channel: channelJson(channel) };
    },

    'bookmarks.remove': (params) => {
      const channel = own(params, params.channel_id);
      if ('ok' in channel) return channel;
      const left = (channel.bookmarks ?? []).filter(({ id }) => id !== params.bookmark_id);
      if (left.length === channel.bookmarks?.length) return refused('not_found');
      channel.bookmarks = left;
      return { ok: true };
    },

    'pins.add': (params) => {
      const channel = own(params);
      if ('ok' in channel) return channel;
      const ts = `${params.timestamp}`;
      if (!messages.some((message) => message.channel === channel.id && message.ts === ts))
        return refused('message_not_found');
      channel.pins ??= [];
      if (channel.pins.includes(ts)) return refused('already_pinned');
      channel.pins.push(ts);
      return { ok: true };
    },

    'pins.remove': (params) => {
      const channel = own(params);
      if ('ok' in channel) return channel;
      const ts = `${params.timestamp}`;
      if (!channel.pins?.includes(ts)) return refused('no_pin');
      channel.pins = channel.pins.filter((pinned) => pinned !== ts);
      return { ok: true };
    },

    'bookmarks.list': (params) => {
      const channel = own(params, params.channel_id);
      return 'ok' in channel ? channel : { ok: true, bookmarks: channel.bookmarks ?? [] };
    },

    'bookmarks.add': (params) => {
      const channel = own(params, params.channel_id);
      if ('ok' in channel) return channel;
      const link = URL.parse(`${params.link}`);
      if (link === null || params.type !== 'link') return refused('invalid_link');
      // In its own spelling, like the real one.
      const bookmark = { id: workspace.nextId('Bk'), title: `${params.title}`, link: link.href };
      channel.bookmarks = [...(channel.bookmarks ?? []), bookmark];
      return { ok: true, bookmark };
    },

    'chat.getPermalink': (params) => {
      const ts = `${params.message_ts}`;
      const message = messages.find((known) => known.channel === params.channel && known.ts === ts);
      if (seen(params.channel) === undefined) return refused('channel_not_found');
      if (message === undefined) return refused('message_not_found');
      const place = `https://sample.slack.com/archives/${message.channel}/p${ts.replace('.', '')}`;
      return { ok: true, channel: message.channel, permalink: place };
    },
  };
}

function channelJson(channel: FakeChannel): Params {
  const { id, name, isPrivate, isArchived, isShared, creator, topic, purpose } = channel;
  const said = (value = '') => ({ value, creator: value === '' ? '' : creator, last_set: 0 });
  return {
    id,
    name,
    is_channel: isPrivate !== true,
    is_private: isPrivate === true,
    is_archived: isArchived === true,
    is_ext_shared: isShared === true,
    creator,
    topic: said(topic),
    purpose: said(purpose),
  };
}
