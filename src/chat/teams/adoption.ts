import { ChatError, type Rooms } from '../adapter.ts';

/** A channel of others has no room for a bot's card on top: the thread it was declared in is what can be one. */
export const ADOPTION: Pick<Rooms, 'adopt' | 'giveBack'> = {
  async adopt(place) {
    if (place.platform !== 'teams') throw new ChatError('invalid', `teams cannot reach ${place.platform}`);
    const [conversation = '', thread] = place.conversationId.split(';messageid=');
    if (!conversation.startsWith('19:') || thread === undefined) return { refused: 'direct' };
    const before = { topic: '', links: [] };
    return { kind: 'thread', conversation: place, name: 'the thread it was declared in', before };
  },

  // It has neither topic nor bookmarks.
  async giveBack() {},
};
