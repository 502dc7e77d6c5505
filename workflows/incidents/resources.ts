import type { Resource } from '../../src/domain/incidents.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { change, enter, inMs, isPast, type Life, now } from './incident-state.ts';

const HOUR = 3_600_000;

/** A line of the header's checklist. Adding it twice is adding it once. */
export function addResource(life: Life, resource: Omit<Resource, 'state'>): void {
  if (resourceOf(life, resource.id) !== undefined) return;
  change(life, { resources: [...life.state.resources, { ...resource, state: 'waiting' }] });
  life.memory.setUp[resource.id] = { since: now(), tries: 0, at: now() };
}

/** Where rooms are wanted. */
export function platformsOf({ state }: Life): Platform[] {
  const rooms = state.resources.filter(({ id }) => id.startsWith('room:'));
  return rooms.map(({ id }) => id.slice('room:'.length) as Platform);
}

export function resourceOf(life: Life, id: string): Resource | undefined {
  return life.state.resources.find((resource) => resource.id === id);
}

/** Only what differs is a change: a topic that is set once more is nothing to show. */
export function mark(life: Life, id: string, state: Resource['state'], note?: string): void {
  const before = resourceOf(life, id);
  if (before === undefined || (before.state === state && before.note === note)) return;
  change(life, {
    resources: life.state.resources.map((resource) => {
      return resource.id === id ? { ...resource, state, note } : resource;
    }),
  });
}

export function finish(life: Life, id: string): void {
  mark(life, id, 'done');
}

/** Shown on the header with what to do by hand, and once in the timeline. Nothing else waits for it. */
export function giveUp(life: Life, id: string, note: string): void {
  const resource = resourceOf(life, id);
  if (resource === undefined || (resource.state === 'failed' && resource.note === note)) return;
  mark(life, id, 'failed', note);
  enter(life, { kind: 'resource', by: 'purser', text: `${resource.title} failed: ${note}` });
}

/** From the beginning, with a fresh hour. */
export function startAgain(life: Life, id: string): void {
  life.memory.setUp[id] = { since: now(), tries: 0, at: now() };
  mark(life, id, 'waiting');
}

export function isExpired(since: string, hours: number): boolean {
  return isPast(inMs(hours * HOUR, since));
}
