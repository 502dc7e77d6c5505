import type { GameDayFault } from '../domain/game-day.ts';
import type { Platform } from '../domain/refs.ts';
import { ChatError, type Rooms } from './adapter.ts';
import type { ChatRouter } from './router.ts';

/** Short, so that a fault that is switched off is not waited for. */
const RETRY_AFTER_MS = 5_000;

/** What drills send goes through it: it fails as long as the platform is made to. */
export function createGameDayRouter(chat: ChatRouter, faults: () => Promise<GameDayFault[]>): ChatRouter {
  async function pass({ platform }: { platform: Platform }): Promise<void> {
    const fault = (await faults()).find((candidate) => candidate.target === platform);
    if (fault !== undefined) throw FAILURES[fault.kind]();
  }

  function roomsOf(platform: Platform): Rooms {
    const rooms = chat.rooms(platform);
    const here = { platform };
    return {
      open: (spec) => pass(here).then(() => rooms.open(spec)),
      adopt: (place) => pass(here).then(() => rooms.adopt(place)),
      giveBack: (room, before, links) => pass(here).then(() => rooms.giveBack(room, before, links)),
      invite: (room, accounts) => pass(here).then(() => rooms.invite(room, accounts)),
      setTopic: (room, topic) => pass(here).then(() => rooms.setTopic(room, topic)),
      pin: (message) => pass(here).then(() => rooms.pin(message)),
      unpin: (message) => pass(here).then(() => rooms.unpin(message)),
      bookmark: (room, links) => pass(here).then(() => rooms.bookmark(room, links)),
      archive: (room) => pass(here).then(() => rooms.archive(room)),
      cover: (room, cover) => pass(here).then(() => rooms.cover(room, cover)),
    };
  }

  return {
    ...chat,
    post: (to, view, key) => pass(to).then(() => chat.post(to, view, key)),
    findPosted: (to, key, since) => pass(to).then(() => chat.findPosted(to, key, since)),
    update: (message, view) => pass(message).then(() => chat.update(message, view)),
    openDirect: (account) => pass(account).then(() => chat.openDirect(account)),
    upload: (to, file) => pass(to).then(() => chat.upload(to, file)),
    removeFiles: (from, name, since) => pass(from).then(() => chat.removeFiles(from, name, since)),
    rooms: roomsOf,
  };
}

const FAILURES: Record<GameDayFault['kind'], () => ChatError> = {
  down: () => new ChatError('unavailable', 'It is made to fail for a game day.'),
  '429': () =>
    new ChatError('rate-limited', 'It is made to take no more for a game day.', {
      retryAfterMs: RETRY_AFTER_MS,
    }),
};
