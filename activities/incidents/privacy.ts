import { FAILURE } from '../../src/domain/errors.ts';
import { incidentLinks } from '../../src/domain/incident-facts.ts';
import { insidersOf } from '../../src/domain/incident-people.ts';
import { movedView } from '../../src/domain/incident-room-views.ts';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import { REDACTED } from '../../src/domain/ports.ts';
import { accountKey, type ConversationRef, conversationKey } from '../../src/domain/refs.ts';
import { roomName } from '../../src/domain/room-names.ts';
import { createCopies } from '../copies.ts';
import { type Delivery, deliverAll } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import { restoreRoom } from './adoption.ts';
import type { IncidentChatActivities } from './contract.ts';
import { isDirect, isReviewFile, movedKey, reviewFileName } from './copy-keys.ts';
import { DEFAULT_NAME } from './rooms.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'incidentConfig' | 'incidents' | 'copies' | 'chat'>;

const BY_HAND = 'Delete by hand what still tells of it, then retry.';

/** From public to private: what was said before is taken back. */
export function createPrivacyActivities(deps: Deps): Pick<IncidentChatActivities, 'redactIncident'> {
  const { chat } = deps;
  const copies = createCopies(deps);

  async function coverRoom(state: IncidentState, room: IncidentRoom): Promise<void> {
    if (room.adopted) return await restoreRoom(deps, state, room);
    if (room.kind === 'thread') return;
    const config = await deps.incidentConfig();
    const untitled = { number: state.number, title: '', private: false, drill: state.drill };
    await chat.rooms(room.platform).cover(room.conversation, {
      name: roomName(config?.rooms.name ?? DEFAULT_NAME, untitled),
      topic: `#${state.number} goes on in private.`,
      links: incidentLinks(state).map(({ url }) => url),
    });
  }

  /** Highest of all revisions: whatever is still on its way never shows again what was taken back. */
  function overwrite(
    state: IncidentState,
    directory: DirectorySnapshot,
    message: { key: string; conversation: ConversationRef; mayPost: boolean },
  ): Delivery {
    const wanted = { ...message, view: movedView(state, directory), revision: REDACTED };
    return { to: 'a message', send: () => copies.drive(wanted) };
  }

  /** Its row is done with once it is gone. */
  function withdrawFile(
    state: IncidentState,
    directory: DirectorySnapshot,
    file: { key: string; conversation: ConversationRef },
  ): Delivery {
    const { send } = overwrite(state, directory, { ...file, mayPost: false });
    const since = new Date(state.times.declaredAt);
    return {
      to: 'a file',
      async send() {
        await chat.removeFiles(file.conversation, reviewFileName(state), since);
        await send();
      },
    };
  }

  return {
    async redactIncident({ state, platform }) {
      const [directory, said] = await Promise.all([
        deps.directory.snapshot(),
        deps.copies.unredacted(state.requestId),
      ]);
      const isInside = insideOf(state, directory);
      const outside = said.filter((copy) => copy.conversation.platform === platform && !isInside(copy));
      const former = (state.madePrivate?.formerRooms ?? []).filter((room) => room.platform === platform);
      const left = await deliverAll([
        ...former.map((room) => ({ to: 'its former room', send: () => coverRoom(state, room) })),
        ...outside.map((copy) =>
          isReviewFile(state, copy.key)
            ? withdrawFile(state, directory, copy)
            : overwrite(state, directory, { ...copy, mayPost: false }),
        ),
        ...former.map(({ conversation }) =>
          overwrite(state, directory, { key: movedKey(state, conversation), conversation, mayPost: true }),
        ),
      ]);
      if (left.length > 0) throw refused(FAILURE.undeliverable, `${leftOver(left)}. ${BY_HAND}`, BY_HAND);
    },
  };
}

/** Messages in its private rooms, and those that its people got directly, stay as they are. */
function insideOf(state: IncidentState, directory: DirectorySnapshot) {
  const rooms = new Set(state.rooms.map(({ conversation }) => conversationKey(conversation)));
  const accounts = insidersOf(state).flatMap((id) => findPerson(directory, id)?.accounts ?? []);
  const ends = accounts.map((account) => `:${accountKey(account)}`);
  return ({ key, conversation }: { key: string; conversation: ConversationRef }) =>
    isDirect(state, key) ? ends.some((end) => key.endsWith(end)) : rooms.has(conversationKey(conversation));
}

/** `its former room, 2 messages could not be changed (not_authorized)` */
function leftOver(left: { person: string; reason: string }[]): string {
  const rooms = left.filter(({ person }) => person === 'its former room').length;
  const files = left.filter(({ person }) => person === 'a file').length;
  const messages = left.length - rooms - files;
  const what = [
    ...(rooms === 0 ? [] : ['Name and topic of its former room']),
    ...(files === 0 ? [] : ['the draft of its review']),
    ...(messages === 0 ? [] : [messages === 1 ? 'one message' : `${messages} messages`]),
  ];
  return `${what.join(' and ')} could not be changed (${left[0]?.reason})`;
}
