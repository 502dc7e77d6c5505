import type { DeliveredActivity } from './fake-teams-act.ts';
import type { Card, FakeWorld, TeamsMessage } from './fake-teams-world.ts';

/** A message of a person's, as its ⋯ menu hands it over. */
export interface PersonsMessage {
  /** Milliseconds since the epoch. */
  id: string;
  /** `aadObjectId` */
  author: string;
  html: string;
  /** The message its thread hangs under. */
  replyTo?: string;
}

/** What people do with messages, other than ours. Each resolves when the bot has answered. */
export interface MessagesInTeams {
  /** Chooses an action of the app for a message. */
  messageAction(
    user: string,
    place: string,
    commandId: string,
    message: PersonsMessage,
  ): Promise<DeliveredActivity>;
  /** Teams tells a bot of reactions to its own messages alone. */
  react(user: string, message: TeamsMessage, type: string): Promise<DeliveredActivity>;
  unreact(user: string, message: TeamsMessage, type: string): Promise<DeliveredActivity>;
  /** Edits or deletes what they had said to the bot. */
  edit(user: string, place: string, id: string, text: string): Promise<DeliveredActivity>;
  remove(user: string, place: string, id: string): Promise<DeliveredActivity>;
}

export function createMessagesInTeams(options: {
  world: FakeWorld;
  deliver(activity: Card): Promise<DeliveredActivity>;
  activityOf(user: string, place: string, changes: object): Card;
  openExtension(user: string, place: string, commandId: string, value: object): Promise<DeliveredActivity>;
}): MessagesInTeams {
  const { world, deliver, activityOf, openExtension } = options;

  function payloadOf(place: string, { id, author, html, replyTo }: PersonsMessage): Card {
    const displayName = world.users.get(author)?.name;
    const [channel = ''] = place.split(';');
    return {
      id,
      replyToId: replyTo ?? null,
      createdDateTime: new Date(Number(id)).toISOString(),
      lastModifiedDateTime: null,
      deleted: false,
      importance: 'normal',
      subject: null,
      linkToMessage: `https://teams.microsoft.com/l/message/${encodeURIComponent(channel)}/${id}`,
      from: {
        device: null,
        conversation: null,
        application: null,
        user: { userIdentityType: 'aadUser', id: author, displayName },
      },
      body: { contentType: 'html', content: html },
      attachments: [],
      mentions: [],
      reactions: [],
    };
  }

  function reaction(user: string, { conversation, id }: TeamsMessage, reactions: object) {
    return deliver(activityOf(user, conversation, { type: 'messageReaction', replyToId: id, ...reactions }));
  }

  return {
    messageAction: (user, place, commandId, message) =>
      openExtension(user, place, commandId, {
        commandContext: 'message',
        messagePayload: payloadOf(place, message),
      }),

    react: (user, message, type) => reaction(user, message, { reactionsAdded: [{ type }] }),
    unreact: (user, message, type) => reaction(user, message, { reactionsRemoved: [{ type }] }),

    edit: (user, place, id, text) =>
      deliver(
        activityOf(user, place, {
          type: 'messageUpdate',
          id,
          text,
          channelData: { tenant: { id: world.tenantId }, eventType: 'editMessage' },
        }),
      ),

    remove: (user, place, id) =>
      deliver(
        activityOf(user, place, {
          type: 'messageDelete',
          id,
          channelData: { tenant: { id: world.tenantId }, eventType: 'softDeleteMessage' },
        }),
      ),
  };
}
