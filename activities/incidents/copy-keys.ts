import type { IncidentRoom, IncidentState, PageRecord } from '../../src/domain/incidents.ts';
import { type ConversationRef, conversationKey, type Platform, threadKey } from '../../src/domain/refs.ts';

/** Every message of an incident has a key of its own, spelled here: the same key is the same message. */

export function headerKey(state: IncidentState, platform: Platform): string {
  return `${state.requestId}:header:${roomKey(state, platform)}`;
}

/** Of a room it has now, or had before it was made private. */
export function headerKeyIn(state: IncidentState, { platform, conversation }: IncidentRoom): string {
  const former = state.madePrivate?.formerRooms ?? [];
  const isFormer = former.some(
    (room) => conversationKey(room.conversation) === conversationKey(conversation),
  );
  return headerKey(isFormer ? { ...state, madePrivate: undefined } : state, platform);
}

export function announcementKey({ requestId }: IncidentState, conversation: ConversationRef): string {
  return `${requestId}:announcement:${threadKey(conversation)}`;
}

/** The account is added to it. */
export function pageKey({ requestId }: IncidentState, { key }: PageRecord): string {
  return `${requestId}:page:${key}`;
}

/** The account is added to it. */
export function reminderKey({ requestId }: IncidentState, key: string): string {
  return `${requestId}:reminder:${key}`;
}

export function eventKey({ requestId }: IncidentState, key: string, conversation: ConversationRef): string {
  return `${requestId}:event:${key}:${threadKey(conversation)}`;
}

export function reviewKey(state: IncidentState, platform: Platform, part: string): string {
  return `${state.requestId}:review:${roomKey(state, platform)}:${part}`;
}

/** The row of a file, not of a message. */
export function isReviewFile({ requestId }: IncidentState, key: string): boolean {
  return key.startsWith(`${requestId}:review:`) && key.includes(':file:');
}

export function reviewFileName({ number }: IncidentState): string {
  return `incident-${number}-review.md`;
}

/** Says in a former room where it goes on. */
export function movedKey({ requestId }: IncidentState, conversation: ConversationRef): string {
  return `${requestId}:moved:${threadKey(conversation)}`;
}

/** Whether it went to one person directly. */
export function isDirect({ requestId }: IncidentState, key: string): boolean {
  return ['page', 'reminder'].some((what) => key.startsWith(`${requestId}:${what}:`));
}

/** A platform has one room at a time, and another one once it was made private. */
function roomKey({ madePrivate }: IncidentState, platform: Platform): string {
  return madePrivate === undefined ? platform : `${platform}:private`;
}
