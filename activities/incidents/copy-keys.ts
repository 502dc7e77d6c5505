import type { IncidentState, PageRecord } from '../../src/domain/incidents.ts';
import { type ConversationRef, type Platform, threadKey } from '../../src/domain/refs.ts';

/** Every message of an incident has a key of its own, spelled here: the same key is the same message. */

export function headerKey({ requestId }: IncidentState, platform: Platform): string {
  return `${requestId}:header:${platform}`;
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

export function reviewKey({ requestId }: IncidentState, platform: Platform, part: string): string {
  return `${requestId}:review:${platform}:${part}`;
}
