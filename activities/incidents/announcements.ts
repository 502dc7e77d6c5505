import type { ChatRouter } from '../../src/chat/router.ts';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import { announcementView } from '../../src/domain/incident-views.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import type { Wanted } from '../copies.ts';
import { announcementKey } from './copy-keys.ts';

/** Where incidents are announced: nowhere when it is private, and only where chat is connected. */
export function announcementPlaces(
  { chat }: { chat: ChatRouter },
  state: IncidentState,
  config: IncidentConfig | undefined,
): ConversationRef[] {
  return state.private ? [] : connected(chat, config?.rooms.announce ?? []);
}

/** Who hears of updates from outside: nobody when it is private or a drill. */
export function stakeholderPlaces(
  { chat }: { chat: ChatRouter },
  state: IncidentState,
  config: IncidentConfig | undefined,
): ConversationRef[] {
  if (state.private || state.drill) return [];
  const concerned = (config?.rooms.stakeholders ?? []).filter(({ severities }) =>
    severities.includes(state.severity),
  );
  return connected(
    chat,
    concerned.map(({ conversation }) => conversation),
  );
}

/** The card of one announcement channel. What is over is edited where it is shown, and announced no more. */
export function announcementCard(
  state: IncidentState,
  directory: DirectorySnapshot,
  conversation: ConversationRef,
): Wanted {
  return {
    key: announcementKey(state, conversation),
    conversation,
    view: announcementView(state, directory),
    revision: state.revision,
    mayPost: state.status !== 'closed',
  };
}

/** Those of them that can be reached. */
export function connected(chat: ChatRouter, places: ConversationRef[]): ConversationRef[] {
  const platforms = chat.platforms();
  return places.filter(({ platform }) => platforms.includes(platform));
}
