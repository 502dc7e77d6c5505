import { patched } from '@temporalio/workflow';
import type { Reminder, RoomMessage } from '../../activities/incidents/contract.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { type Life, now } from './incident-state.ts';
import type { Job, WebhookEvent } from './memory.ts';
import { PATCHES } from './patches.ts';
import { platformsOf } from './resources.ts';

export type Said = Pick<RoomMessage, 'glyph' | 'headline'> &
  Partial<Pick<RoomMessage, 'by' | 'quotes' | 'links' | 'stakeholders'>>;

/** Sends something on its way. */
export function send(life: Life, lane: string, job: Job): void {
  life.memory.errands.push({ lane, job, since: now(), tries: 0, at: now() });
}

/** Once in every room, and to stakeholders where they are meant. */
export function tell(
  life: Life,
  key: string,
  { by, quotes = [], stakeholders = false, ...said }: Said,
): void {
  const message: RoomMessage = { key, at: now(), by, quotes, stakeholders: false, ...said };
  for (const where of platformsOf(life)) send(life, `tell:${where}`, { kind: 'tell', where, message });
  if (!stakeholders || life.state.private || life.state.drill) return;
  send(life, 'tell:stakeholders', {
    kind: 'tell',
    where: 'stakeholders',
    message: { ...message, stakeholders: true },
  });
}

/** Once in the room of one platform. */
export function tellRoom(
  life: Life,
  where: Platform,
  key: string,
  said: Pick<RoomMessage, 'glyph' | 'headline'>,
): void {
  const message: RoomMessage = { key, at: now(), quotes: [], stakeholders: false, ...said };
  send(life, `tell:${where}`, { kind: 'tell', where, message });
}

/** Into every room, as soon as it is there. */
export function sendReview(life: Life): void {
  const where = patched(PATCHES.reviewsWait) ? platformsOf(life) : [undefined];
  for (const room of where) send(life, `review:${room}`, { kind: 'review', where: room });
}

/** One person, directly. Nobody, when there is nobody to ask. */
export function remind(life: Life, key: string, person: string | undefined, about: Reminder['about']): void {
  if (person === undefined) return;
  send(life, `remind:${person}`, { kind: 'remind', reminder: { key, person, about } });
}

/** Systems of others do not hear of what is private, and of drills only as far as to our door. `note` says why it happens. */
export function tellOutside(life: Life, event: WebhookEvent, note?: string): void {
  const { drill, severity, revision, rules } = life.state;
  if (life.state.private || (drill && !patched(PATCHES.drillsOutside))) return;
  for (const { id, severities } of rules.webhooks) {
    const concerned = severities.length === 0 || severities.includes(severity);
    if (concerned || life.state.webhooks.some((result) => result.id === id)) {
      send(life, `webhook:${id}`, { kind: 'webhook', webhook: id, event, key: `${event}:${revision}`, note });
    }
  }
}

/** Whoever heard of it while it was public is told to show no more of it, and hears nothing else. */
export function withdrawOutside(life: Life): void {
  const { revision, rules, webhooks } = life.state;
  const told = new Set([
    ...webhooks.map(({ id }) => id),
    ...life.memory.errands.map(({ lane }) => lane.replace(/^webhook:/, '')),
  ]);
  for (const { id } of rules.webhooks.filter((webhook) => told.has(webhook.id)))
    send(life, `webhook:${id}`, {
      kind: 'webhook',
      webhook: id,
      event: 'withdraw',
      key: `withdraw:${revision}`,
    });
}
