import type { RoomSpec, Rooms } from '../../src/chat/adapter.ts';
import { ChatError } from '../../src/chat/adapter.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type { GameDayFault } from '../../src/domain/game-day.ts';
import { incidentLinks } from '../../src/domain/incident-facts.ts';
import { participantsOf } from '../../src/domain/incident-people.ts';
import { roomTopic } from '../../src/domain/incident-room-views.ts';
import { incidentView } from '../../src/domain/incident-views.ts';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import { type DirectorySnapshot, findPerson, type Person } from '../../src/domain/people.ts';
import { type AccountRef, accountKey, type MessageRef, type Platform } from '../../src/domain/refs.ts';
import { roomName } from '../../src/domain/room-names.ts';
import { createCopies, isFinal, type Wanted } from '../copies.ts';
import { laterFailure } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import { adoptRoom, giveBackRoom } from './adoption.ts';
import { announcementCard, announcementPlaces } from './announcements.ts';
import type { IncidentChatActivities } from './contract.ts';
import { headerKey } from './copy-keys.ts';

type Deps = Pick<
  ActivityDeps,
  'directory' | 'incidentConfig' | 'incidents' | 'copies' | 'chat' | 'gameDay' | 'now'
>;
type Dressing = Parameters<IncidentChatActivities['dressRoom']>[0]['what'];

export const DEFAULT_NAME = 'inc-{number}-{title}';

/** What a header is made from. */
export interface HeaderFacts {
  state: IncidentState;
  directory: DirectorySnapshot;
  /** Of a game day; they concern drills only. */
  faults: GameDayFault[];
}

export async function headerFacts(
  { directory, gameDay, now }: Pick<ActivityDeps, 'directory' | 'gameDay' | 'now'>,
  state: IncidentState,
): Promise<HeaderFacts> {
  const faults = state.drill ? gameDay.faults(now()) : [];
  return { state, directory: await directory.snapshot(), faults: await faults };
}

/** The header of a room. What is closed is edited where it is shown, and posted no more. */
export function headerCard({ state, directory, faults }: HeaderFacts, room: IncidentRoom): Wanted {
  return {
    key: headerKey(state, room.platform),
    conversation: room.conversation,
    view: incidentView(state, directory, faults),
    revision: state.revision,
    mayPost: state.status !== 'closed',
  };
}

export function createRoomActivities(
  deps: Deps,
): Pick<IncidentChatActivities, 'openRoom' | 'dressRoom' | 'archiveRoom'> {
  const { chat } = deps;
  const copies = createCopies(deps);

  async function specOf(
    state: IncidentState,
    directory: DirectorySnapshot,
    platform: Platform,
  ): Promise<RoomSpec> {
    const config = await deps.incidentConfig();
    return {
      name: roomName(config?.rooms.name ?? DEFAULT_NAME, state),
      topic: roomTopic(state, directory),
      purpose: `Work on incident #${state.number}. /incident help says what can be done here.`,
      private: state.private,
      marker: `purser:incident:${state.number}:${state.requestId}`,
      group: config?.rooms.teamsGroup,
      owner: ownerOf(state, directory, platform),
    };
  }

  /** The announcement, for a thread under it. */
  async function announced(
    state: IncidentState,
    directory: DirectorySnapshot,
    platform: Platform,
  ): Promise<MessageRef | undefined> {
    const places = announcementPlaces(deps, state, await deps.incidentConfig());
    const place = places.find((conversation) => conversation.platform === platform);
    return place && (await copies.place(announcementCard(state, directory, place)));
  }

  /** A channel or, where there is none to be had, a thread under the announcement. */
  async function open(state: IncidentState, platform: Platform): ReturnType<Rooms['open']> {
    const rooms = chat.rooms(platform);
    const directory = await deps.directory.snapshot();
    const spec = await specOf(state, directory, platform);
    try {
      return await rooms.open(spec);
    } catch (error) {
      if (!isFinal(error)) throw error;
      const under = await announced(state, directory, platform);
      if (under === undefined) throw error;
      return await rooms.open({ ...spec, under });
    }
  }

  const dressings: Record<Dressing, (state: IncidentState, room: IncidentRoom) => Promise<string[]>> = {
    async topic(state, { platform, conversation }) {
      const directory = await deps.directory.snapshot();
      await chat.rooms(platform).setTopic(conversation, roomTopic(state, directory));
      return [];
    },

    async pin(state, room) {
      const header = await copies.place(headerCard(await headerFacts(deps, state), room));
      if (header !== undefined) await chat.rooms(room.platform).pin(header);
      return [];
    },

    async bookmarks(state, { platform, conversation }) {
      const links = incidentLinks(state).map(({ label, url }) => ({ title: label, url }));
      if (links.length > 0) await chat.rooms(platform).bookmark(conversation, links);
      return [];
    },

    async invite(state, { platform, conversation }) {
      const people = presentPeople(await deps.directory.snapshot(), participantsOf(state));
      const accounts = people.flatMap((person) => person.accounts.filter((one) => one.platform === platform));
      const { left } =
        accounts.length === 0 ? { left: [] } : await chat.rooms(platform).invite(conversation, accounts);
      return people.filter((person) => isLeft(person, left)).map(({ id }) => id);
    },
  };

  return {
    async openRoom({ state, platform, adopt }) {
      try {
        const adopted = adopt && (await adoptRoom(deps, state, adopt));
        return adopted ?? { platform, ...(await open(state, platform)) };
      } catch (error) {
        throw roomFailure(error, 'Make a channel by hand, and tell the others where it is.');
      }
    },

    async dressRoom({ state, platform, what }) {
      const room = state.rooms.find((candidate) => candidate.platform === platform);
      if (room === undefined || (room.kind === 'thread' && what !== 'pin')) return { left: [] };
      try {
        return { left: await dressings[what](state, room) };
      } catch (error) {
        if (isMissingThere(error)) return { left: [] };
        throw roomFailure(error, BY_HAND[what]);
      }
    },

    async archiveRoom({ state, platform }) {
      const rooms = [...state.rooms, ...(state.madePrivate?.formerRooms ?? [])];
      for (const room of rooms.filter((one) => one.platform === platform)) {
        try {
          if (room.adopted) await giveBackRoom(deps, state, room);
          else if (room.kind === 'channel') await chat.rooms(platform).archive(room.conversation);
        } catch (error) {
          if (!isMissingThere(error)) throw roomFailure(error, 'Archive it by hand.');
        }
      }
    },
  };
}

const BY_HAND: Record<Dressing, string> = {
  topic: 'Set the topic by hand, or go on without it.',
  pin: 'Pin the header card by hand, or go on without it.',
  bookmarks: 'The links are on the header card as well.',
  invite: 'Invite the people who are missing by hand.',
};

function presentPeople(directory: DirectorySnapshot, ids: string[]): Person[] {
  const people = ids.map((id) => findPerson(directory, id));
  return people.filter((person) => person?.active === true) as Person[];
}

/** Whoever declared it, or the first of the others who has an account there. */
function ownerOf(
  state: IncidentState,
  directory: DirectorySnapshot,
  platform: Platform,
): AccountRef | undefined {
  const accounts = presentPeople(directory, participantsOf(state)).flatMap((person) => person.accounts);
  return accounts.find((account) => account.platform === platform);
}

/** Who has no account at all is as little in the room as those the platform did not let in. */
function isLeft({ accounts }: Person, left: AccountRef[]): boolean {
  if (accounts.length === 0) return true;
  const keys = new Set(left.map(accountKey));
  return accounts.some((account) => keys.has(accountKey(account)));
}

/** The platform has nothing like it: there is nothing to do by hand either. */
function isMissingThere(error: unknown): boolean {
  return error instanceof ChatError && error.reason === 'invalid';
}

function roomFailure(error: unknown, byHand: string): unknown {
  // The message is what the header's checklist shows.
  return isFinal(error)
    ? refused(FAILURE.undeliverable, `${error.message}. ${byHand}`, byHand)
    : laterFailure([error]);
}
