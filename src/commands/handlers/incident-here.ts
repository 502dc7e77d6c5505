import type { Adoption } from '../../chat/adapter.ts';
import type { IncidentConfig } from '../../domain/incident-config.ts';
import type { Declaration } from '../../domain/incident-intents.ts';
import { type ConversationRef, conversationKey } from '../../domain/refs.ts';
import type { Call } from '../context.ts';
import { asked } from '../incident-lookups.ts';

const OTHERWISE = 'Without it, the incident gets a channel of its own.';

/** Why the place it is declared in cannot become its room, and what to do instead. */
export async function problemOfHere(
  call: Call,
  config: IncidentConfig,
  { values, origin }: { values: Partial<Declaration>; origin?: ConversationRef },
): Promise<string | undefined> {
  if (values.here !== true) return undefined;
  if (origin === undefined)
    return `It is not declared from a channel that could become its room. ${OTHERWISE}`;
  if (values.private === true)
    return 'A private incident needs a room of its own, because others are here. Choose one of the two.';
  const refused = (await problemOfPlace(call, config, origin)) ?? (await problemOfChannel(call, origin));
  return refused && `${refused} ${OTHERWISE}`;
}

async function problemOfPlace(
  { context: { incidents } }: Call,
  { rooms }: IncidentConfig,
  origin: ConversationRef,
): Promise<string | undefined> {
  const isHere = (place: ConversationRef) => conversationKey(place) === conversationKey(origin);
  const told = [...rooms.announce, ...rooms.stakeholders.map(({ conversation }) => conversation)];
  if (told.some(isHere)) return 'Here people read about all incidents, so this cannot be the room of one.';
  if ((await incidents.approvalChannels()).some(isHere))
    return 'Here people decide on requests, so this cannot be the room of an incident.';
  const [number, row] = await asked(async () => {
    const found = await incidents.store.inRoom(origin);
    return [found, found === undefined ? undefined : await incidents.store.get(found)] as const;
  }, 'The database did not answer');
  if (row === undefined || row.status === 'closed') return undefined;
  return `This is the room of #${number}, which is not closed. Close it first, or go on with that one.`;
}

type Refusal = Extract<Adoption, { refused: unknown }>['refused'];

const REFUSALS: Record<Refusal, string> = {
  direct: 'A conversation of a few people cannot be the room of an incident. Type it in a channel.',
  absent: 'I am not in this channel and cannot join by myself. Invite me (/invite), then try again.',
  shared: 'People of another organisation are in this channel, so it cannot be the room of an incident.',
};

async function problemOfChannel({ context }: Call, origin: ConversationRef): Promise<string | undefined> {
  const found = await asked(() => context.incidents.adopt(origin), 'The chat platform did not answer');
  return 'refused' in found ? REFUSALS[found.refused] : undefined;
}
