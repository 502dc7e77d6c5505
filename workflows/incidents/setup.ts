import { ActivityFailure, patched } from '@temporalio/workflow';
import { named } from '../../src/domain/ids.ts';
import type { IncidentRoom } from '../../src/domain/incidents.ts';
import type { ConversationRef, Platform } from '../../src/domain/refs.ts';
import { chat } from './activities.ts';
import { busily, change, context, enter, inMs, type Life, now } from './incident-state.ts';
import { PATCHES } from './patches.ts';
import { leadOf, participantsOf } from './people.ts';
import { addResource, finish, giveUp, isExpired, mark, resourceOf } from './resources.ts';
import { tellRoom } from './telling.ts';
import { until } from './timekeeping.ts';
import { isPermanent, reasonOf } from './trouble.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Between attempts, each of which goes on for a minute itself. */
const PAUSES = [5 * SECOND, 15 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE];
const HOURS_TRIED: Record<Part, number> = { room: 1, topic: 1, pin: 1, bookmarks: 1, invite: 1, redact: 24 };

type Dressing = 'topic' | 'pin' | 'bookmarks' | 'invite';
type Part = 'room' | 'redact' | Dressing;
const PLATFORM_NAMES: Record<Platform, string> = { slack: 'Slack', teams: 'Teams' };

/** Account keys begin with it. */
export function platformOf(account: string): Platform | undefined {
  const platforms = Object.keys(PLATFORM_NAMES) as Platform[];
  return platforms.find((platform) => account.startsWith(`${platform}:`));
}

/** What people need comes first; what only looks nice holds nothing up. */
export function wantRoom(life: Life, platform: Platform): void {
  const name = PLATFORM_NAMES[platform];
  addResource(life, { id: `room:${platform}`, title: `Room in ${name}`, essential: true });
  addResource(life, { id: `invite:${platform}`, title: `Invitations in ${name}`, essential: true });
  addResource(life, { id: `topic:${platform}`, title: `Topic in ${name}`, essential: false });
  addResource(life, { id: `pin:${platform}`, title: `Pinned header in ${name}`, essential: false });
  addResource(life, { id: `bookmarks:${platform}`, title: `Bookmarks in ${name}`, essential: false });
}

/** It was made private: new rooms, dressed anew, and on every platform what was said in public is taken back. */
export function redoRooms(life: Life): void {
  const platforms = Object.keys(PLATFORM_NAMES) as Platform[];
  for (const platform of platforms) {
    const title = `Taking back in ${PLATFORM_NAMES[platform]}`;
    addResource(life, { id: `redact:${platform}`, title, essential: true });
  }
  for (const { id } of life.state.resources) if (isOurs(id)) mark(life, id, 'waiting');
}

/** Every part on its own, so that none of them ever waits for another that fails. */
export async function setUp(life: Life): Promise<void> {
  const kept = new Map<string, Promise<void>>();
  const missing = () => life.state.resources.filter(({ id }) => isOurs(id) && !kept.has(id));
  while (!life.leaving) {
    for (const { id } of missing()) kept.set(id, keepUp(life, id));
    await until(life, () => missing().length > 0);
  }
  await Promise.all(kept.values());
}

/** Pages, cards, webhooks and trackers look after their own lines. */
function isOurs(id: string): boolean {
  return partsOf(id)[0] in HOURS_TRIED;
}

/** Done when it is wanted, and again whenever what it shows has changed. */
async function keepUp(life: Life, id: string): Promise<void> {
  for (;;) {
    await until(life, () => isWanted(life, id));
    if (life.leaving) return;
    const at = progressOf(life, id).at;
    await until(life, () => progressOf(life, id).at !== at, at);
    if (!life.leaving && isWanted(life, id)) await attempt(life, id);
  }
}

function isWanted(life: Life, id: string): boolean {
  const resource = resourceOf(life, id);
  if (resource === undefined || life.memory.archived) return false;
  return isReady(life, id) && progressOf(life, id).made !== sourceOf(life, id);
}

/** A room can be dressed once it is there, and decorated once everybody is in it. */
function isReady(life: Life, id: string): boolean {
  const [what, platform] = partsOf(id);
  if (what === 'redact') return true;
  if (what === 'room') return !hasRoom(life, platform) && !isOwnerToCome(life);
  if (!hasRoom(life, platform)) return false;
  if (what === 'invite') return true;
  return isSettled(life, `invite:${platform}`) && (what !== 'pin' || life.headed.includes(platform));
}

function hasRoom({ state }: Life, platform: Platform): boolean {
  return state.rooms.some((room) => room.platform === platform);
}

/** A private room may have to belong to somebody from the start: where nobody is in it yet, to whoever is paged first. */
function isOwnerToCome({ state, memory }: Life): boolean {
  const isNobodyThere = state.private && participantsOf(state).length === 0;
  return isNobodyThere && Object.keys(memory.chains).length > 0 && patched(PATCHES.ownedRooms);
}

function isSettled(life: Life, id: string): boolean {
  const state = resourceOf(life, id)?.state;
  return state === 'done' || state === 'failed';
}

/** What it is made from. What was made in public is made anew in private. */
function sourceOf(life: Life, id: string): string {
  const source = publicSourceOf(life, id);
  return life.state.madePrivate === undefined ? source : `private\n${source}`;
}

function publicSourceOf({ state, memory }: Life, id: string): string {
  const [what] = partsOf(id);
  if (what === 'topic') {
    return [state.title, state.severity, state.status, leadOf(state) ?? ''].join('\n');
  }
  if (what === 'invite') return participantsOf(state).join(' ');
  if (what === 'bookmarks') return state.alerts?.url ?? '';
  if (what === 'redact') return `${memory.stragglers ?? 0}`;
  // Any of them may be the one it can belong to.
  if (what === 'room' && state.private && patched(PATCHES.ownedRooms)) return participantsOf(state).join(' ');
  return 'once';
}

async function attempt(life: Life, id: string): Promise<void> {
  const progress = progressOf(life, id);
  const made = sourceOf(life, id);
  if (resourceOf(life, id)?.state === 'waiting') mark(life, id, 'running');
  try {
    const left = await busily(life, () => make(life, id));
    life.memory.setUp[id] = { since: progress.since, tries: 0, at: progress.at, made };
    if (left.length === 0) finish(life, id);
    else giveUp(life, id, `${left.map(named).join(', ')} could not be invited. Invite them by hand.`);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    failed(life, id, error);
  }
}

async function make(life: Life, id: string): Promise<string[]> {
  const [what, platform] = partsOf(id);
  if (what === 'redact') return await redact(life, platform);
  if (what !== 'room') return (await chat.dressRoom({ ...context(life), platform, what })).left;
  const { madePrivate: before } = life.state;
  const adopt = toAdopt(life, platform);
  const room = await chat.openRoom({ ...context(life), platform, adopt });
  const { madePrivate } = life.state;
  if (madePrivate !== undefined && before === undefined) {
    change(life, { madePrivate: { ...madePrivate, formerRooms: [...madePrivate.formerRooms, room] } });
    return [];
  }
  if (!hasRoom(life, platform)) {
    change(life, { rooms: [...life.state.rooms, room] });
    const text = `${PLATFORM_NAMES[platform]}: ${room.name} is ${room.adopted ? 'its room' : 'open'}.`;
    enter(life, { kind: 'resource', by: 'purser', text });
    if (adopt !== undefined) sayWhere(life, room);
  }
  return [];
}

/** What is private needs a room of its own. */
function toAdopt({ input, state }: Life, platform: Platform): ConversationRef | undefined {
  return input.adopt?.platform === platform && !state.private ? input.adopt : undefined;
}

function sayWhere(life: Life, { platform, kind, adopted }: IncidentRoom): void {
  const back = kind === 'channel' ? ', and its topic comes back when all is over' : '';
  const headline = adopted
    ? `This ${kind} is the room of #${life.state.number} from here on. What is in it stays${back}.`
    : 'It goes on here: where it was declared could not become its room any more. Another incident has it, or I was removed.';
  tellRoom(life, platform, 'where', { glyph: '📍', headline });
}

async function redact(life: Life, platform: Platform): Promise<string[]> {
  await chat.redactIncident({ ...context(life), platform });
  return [];
}

/** What was given up is tried again when somebody asks for it, or when it would be made from something else. */
function failed(life: Life, id: string, error: ActivityFailure): void {
  const progress = progressOf(life, id);
  const since = progress.tries === 0 ? now() : progress.since;
  const tries = progress.tries + 1;
  const forGood = isPermanent(error) || isExpired(since, HOURS_TRIED[partsOf(id)[0]]);
  const pause = PAUSES[Math.min(tries, PAUSES.length) - 1] ?? MINUTE;
  life.memory.setUp[id] = forGood
    ? { since, tries: 0, at: now(), made: sourceOf(life, id) }
    : { ...progress, since, tries, at: inMs(pause) };
  if (forGood) giveUp(life, id, reasonOf(error));
  else mark(life, id, 'running', `${reasonOf(error)} It is tried again.`);
}

function progressOf(life: Life, id: string) {
  return life.memory.setUp[id] ?? { since: now(), tries: 0, at: now() };
}

function partsOf(id: string): [Part, Platform] {
  const [what, platform] = id.split(':');
  return [what as Part, platform as Platform];
}
