import type { Delivered } from './fake-slack-deliveries.ts';
import { messageJson, type Params } from './fake-slack-methods.ts';
import type { FakeMessage, FakeWorkspace } from './fake-slack-workspace.ts';

/** What people do to messages; the app hears of it where it is a member. */
export interface Talk {
  /** Somebody writes something, in a thread when `threadTs` is given. */
  say(
    user: string,
    channel: string,
    text: string,
    rest?: Params & { threadTs?: string },
  ): Promise<FakeMessage>;
  editMessage(message: FakeMessage, text: string): Promise<Delivered>;
  /** With replies under it, what is left is a tombstone. */
  removeMessage(message: FakeMessage): Promise<Delivered>;
  react(user: string, message: FakeMessage, emoji: string): Promise<Delivered>;
  unreact(user: string, message: FakeMessage, emoji: string): Promise<Delivered>;
}

/** An event as Slack wraps it. */
export function eventBody(workspace: FakeWorkspace, event: Params): Params {
  return {
    type: 'event_callback',
    team_id: workspace.teamId,
    api_app_id: 'A0PURSER',
    event_id: workspace.nextId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: workspace.teamId, user_id: workspace.botUserId, is_bot: true },
    ],
    event: { ...event, event_ts: workspace.nextTs() },
  };
}

export function createTalk(
  workspace: FakeWorkspace,
  deliver: (kind: 'json', payload: Params) => Promise<Delivered>,
): Talk {
  const { messages } = workspace;
  const tell = (event: Params) => deliver('json', eventBody(workspace, event));
  const author = ({ user }: FakeMessage) =>
    user === undefined ? { user: workspace.botUserId, bot_id: workspace.botId } : { user };
  const shown = (message: FakeMessage) => ({ ...messageJson(message, false), ...author(message) });

  function reaction(type: string, user: string, message: FakeMessage, emoji: string) {
    const item = { type: 'message', channel: message.channel, ts: message.ts };
    return tell({ type, user, reaction: emoji, item, item_user: author(message).user });
  }

  return {
    async say(user, channel, text, { threadTs, ...rest } = {}) {
      const thread = threadTs === undefined ? {} : { threadTs };
      const ts = workspace.nextTs();
      const message: FakeMessage = { channel, ts, user, text, blocks: [], edits: 0, ...thread, ...rest };
      messages.push(message);
      await tell({ ...shown(message), type: 'message', channel, channel_type: 'channel' });
      return message;
    },

    editMessage(message, text) {
      const before = shown(message);
      message.text = text;
      message.edits += 1;
      const changed = { ...shown(message), edited: { user: author(message).user, ts: workspace.nextTs() } };
      return tell({
        type: 'message',
        subtype: 'message_changed',
        hidden: true,
        channel: message.channel,
        message: changed,
        previous_message: before,
      });
    },

    removeMessage(message) {
      const { channel, ts } = message;
      const previous = shown(message);
      messages.splice(messages.indexOf(message), 1);
      const common = { type: 'message', hidden: true, channel, previous_message: previous };
      if (!messages.some(({ threadTs }) => threadTs === ts)) {
        return tell({ ...common, subtype: 'message_deleted', deleted_ts: ts });
      }
      const left = {
        type: 'message',
        subtype: 'tombstone',
        user: 'USLACKBOT',
        text: 'This message was deleted.',
      };
      return tell({ ...common, subtype: 'message_changed', message: { ...left, ts, thread_ts: ts } });
    },

    react: (user, message, emoji) => reaction('reaction_added', user, message, emoji),
    unreact: (user, message, emoji) => reaction('reaction_removed', user, message, emoji),
  };
}
