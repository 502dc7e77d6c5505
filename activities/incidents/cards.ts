import { log } from '@temporalio/activity';
import type { ChatRouter } from '../../src/chat/router.ts';
import { reviewMarkdown, reviewView } from '../../src/domain/incident-review.ts';
import { eventView, pageView } from '../../src/domain/incident-room-views.ts';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import { type AccountRef, accountKey, type ConversationRef } from '../../src/domain/refs.ts';
import { createCopies } from '../copies.ts';
import { type Delivery, deliverAll, toPeople } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { ONCE } from '../reach.ts';
import { announcementCard, announcementPlaces, stakeholderPlaces } from './announcements.ts';
import type { IncidentChatActivities, RoomMessage } from './contract.ts';
import { eventKey, pageKey } from './copy-keys.ts';
import { publishIn } from './review.ts';
import { type HeaderFacts, headerCard, headerFacts } from './rooms.ts';

type Deps = Pick<
  ActivityDeps,
  'directory' | 'incidentConfig' | 'incidents' | 'copies' | 'chat' | 'gameDay' | 'now'
>;

export function createCardActivities(
  deps: Deps,
): Pick<IncidentChatActivities, 'announceIncident' | 'tellRooms' | 'publishReview'> {
  const { chat } = deps;
  const copies = createCopies(deps);

  function headers(facts: HeaderFacts): Delivery[] {
    return roomsOf(chat, facts.state).map((room) => ({
      to: labelOf(room),
      send: () => copies.drive(headerCard(facts, room)),
    }));
  }

  /** Every page that went out shows how things stand, and in the end who answered. */
  function pages(state: IncidentState, directory: DirectorySnapshot): Delivery[] {
    const sent = state.escalations.flatMap((chain) =>
      chain.pages.filter(({ reached }) => reached).map((record) => ({ chain, record })),
    );
    return toPeople(
      { chat: { ...chat, openDirect: oncePerAccount(chat) }, copies },
      directory,
      sent.map(({ chain, record }) => ({
        person: record.person,
        key: pageKey(state, record),
        wanted: {
          view: pageView(state, directory, { chain, record }),
          revision: state.revision,
          mayPost: false,
        },
      })),
    );
  }

  function telling(
    { state, message }: { state: IncidentState; message: RoomMessage },
    directory: DirectorySnapshot,
    conversation: ConversationRef,
    audience: 'room' | 'stakeholders',
  ): Delivery {
    const key = eventKey(state, message.key, conversation);
    const view = eventView(state, directory, message, audience);
    return { to: key, send: () => copies.drive({ ...ONCE, key, conversation, view }) };
  }

  return {
    async announceIncident({ state }) {
      const [facts, config] = await Promise.all([headerFacts(deps, state), deps.incidentConfig()]);
      const { directory } = facts;
      const undelivered = await deliverAll([
        ...headers(facts),
        ...announcementPlaces(deps, state, config).map((conversation) => ({
          to: 'announcement',
          send: () => copies.drive(announcementCard(state, directory, conversation)),
        })),
        ...pages(state, directory),
      ]);
      return { undelivered };
    },

    async tellRooms(input) {
      const { state, message } = input;
      const [directory, config] = await Promise.all([deps.directory.snapshot(), deps.incidentConfig()]);
      const outside = message.stakeholders ? stakeholderPlaces(deps, state, config) : [];
      const undelivered = await deliverAll([
        ...roomsOf(chat, state).map((room) => telling(input, directory, room.conversation, 'room')),
        ...outside.map((conversation) => telling(input, directory, conversation, 'stakeholders')),
      ]);
      if (undelivered.length > 0) log.warn('some rooms cannot be told', { undelivered });
    },

    async publishReview({ state }) {
      const [directory, timeline] = await Promise.all([
        deps.directory.snapshot(),
        deps.incidents.timeline(state.number),
      ]);
      const draft = {
        view: reviewView(state, timeline, directory),
        markdown: reviewMarkdown(state, timeline, directory),
      };
      const undelivered = await deliverAll(
        roomsOf(chat, state).map((room) => ({
          to: labelOf(room),
          send: () => publishIn({ ...deps, driven: copies }, { state, room, ...draft }),
        })),
      );
      if (undelivered.length > 0) log.warn('some rooms cannot be given the review', { undelivered });
    },
  };
}

/** Those that can be spoken to. */
function roomsOf(chat: ChatRouter, { rooms }: IncidentState): IncidentRoom[] {
  const platforms = chat.platforms();
  return rooms.filter(({ platform }) => platforms.includes(platform));
}

/** In reports, which are logged: its name would tell what a private incident is about. */
function labelOf({ platform }: IncidentRoom): string {
  return `room:${platform}`;
}

/** A night of pages to one person is one direct conversation. */
function oncePerAccount(chat: ChatRouter): ChatRouter['openDirect'] {
  const opened = new Map<string, Promise<ConversationRef>>();
  return (account: AccountRef) => {
    const key = accountKey(account);
    const known = opened.get(key) ?? chat.openDirect(account);
    opened.set(key, known);
    return known;
  };
}
