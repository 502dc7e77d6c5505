import { incidentLinks } from '../../src/domain/incident-facts.ts';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { CopyBusyError, isFinal } from '../copies.ts';
import type { ActivityDeps } from '../deps.ts';
import { headerKeyIn } from './copy-keys.ts';

type Deps = Pick<ActivityDeps, 'incidents' | 'chat' | 'copies'>;

/** `undefined` when it can be no room any more: another incident was faster, or we were removed from it. */
export async function adoptRoom(
  { chat, incidents }: Deps,
  { number }: IncidentState,
  place: ConversationRef,
): Promise<IncidentRoom | undefined> {
  const { platform } = place;
  const found = await chat.rooms(platform).adopt(place);
  if ('refused' in found) return undefined;
  const { before, ...room } = found;
  const taken = await incidents.takeRoom(room, number, before);
  return taken && { platform, ...room, adopted: true };
}

/** Its topic as it was before. Whoever has taken it over by now does that. */
export async function restoreRoom(
  { chat, incidents }: Deps,
  state: IncidentState,
  room: IncidentRoom,
): Promise<void> {
  const before = await incidents.takenRoom(room, state.number);
  if (before === undefined) return;
  const links = incidentLinks(state).map(({ url }) => url);
  await chat.rooms(room.platform).giveBack(room.conversation, before, links);
}

/** For good. What we cannot change any more stays as it is. */
export async function giveBackRoom(deps: Deps, state: IncidentState, room: IncidentRoom): Promise<void> {
  await ifPossible(() => unpinHeader(deps, state, room));
  await ifPossible(() => restoreRoom(deps, state, room));
  await deps.incidents.giveBackRoom(room, state.number);
}

/** What is over is no longer what everybody reads first there. */
async function unpinHeader({ chat, copies }: Deps, state: IncidentState, room: IncidentRoom): Promise<void> {
  const key = headerKeyIn(state, room);
  const copy = await copies.take(key, room.conversation);
  if (copy === undefined) throw new CopyBusyError('another attempt is at work on the header');
  if (copy.message === undefined) return await copies.forget(key);
  await copies.release(key);
  await chat.rooms(room.platform).unpin(copy.message);
}

async function ifPossible(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isFinal(error)) throw error;
  }
}
