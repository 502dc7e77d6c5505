import { z } from 'zod';
import type { AccountRef, ConversationRef, MessageRef } from '../../domain/refs.ts';
import { COMMAND_WORDS, type CommandName } from '../../domain/requests.ts';
import { CARD_DATA, type CardData, cardDataSchema } from './card-data.ts';

/** What Teams sends, as far as we read it. Everything else in an activity is ignored. */

/** Teams leaves out what there is not, or says `null`. */
export function given<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}
const text = given(z.string());
/** Botbuilder makes dates of some. */
const moment = given(z.union([z.string(), z.date().transform((date) => date.toISOString())]));

const accountSchema = z.object({
  id: z.string(),
  aadObjectId: text,
  name: text,
});

export const activitySchema = z.object({
  type: z.string(),
  id: text,
  name: text,
  serviceUrl: z.url(),
  channelId: z.literal('msteams'),
  from: accountSchema,
  recipient: accountSchema,
  conversation: z.object({
    id: z.string(),
    conversationType: text,
    tenantId: text,
  }),
  channelData: given(z.object({ tenant: given(z.object({ id: z.string() })) })),
  replyToId: text,
  timestamp: moment,
  /** Where the sender's clock is. */
  localTimezone: text,
  text: text,
  entities: given(z.array(z.record(z.string(), z.unknown()))),
  value: z.unknown().optional(),
  /** Of a conversation update: who is no longer there, the bot itself included. */
  membersRemoved: given(z.array(accountSchema)),
  /** Of a message reaction: what there is now that was not there before, and the other way round. */
  reactionsAdded: given(z.array(z.object({ type: z.string() }))),
  reactionsRemoved: given(z.array(z.object({ type: z.string() }))),
  /** Of an installation update: `add`, `remove`, and both again for upgrades. */
  action: text,
});
export type TeamsActivity = z.infer<typeof activitySchema>;

/** The tenant an activity says it is of. */
export function tenantOf({ channelData, conversation }: TeamsActivity): string | undefined {
  return (channelData?.tenant?.id ?? conversation.tenantId)?.toLowerCase();
}

export function accountOf(activity: TeamsActivity, from: TeamsActivity['from'] = activity.from): AccountRef {
  return {
    platform: 'teams',
    tenantId: tenantOf(activity) ?? 'unknown',
    // Bots and anonymous guests of meetings have none; nobody is linked to what stands in for it.
    aadObjectId: from.aadObjectId?.toLowerCase() ?? from.id,
  };
}

export function conversationOf(activity: TeamsActivity): ConversationRef {
  return {
    platform: 'teams',
    tenantId: tenantOf(activity) ?? 'unknown',
    conversationId: activity.conversation.id,
    serviceUrl: activity.serviceUrl,
  };
}

/** The message a button is on, or the conversation where there is none. */
export function sourceOf(activity: TeamsActivity): MessageRef | ConversationRef {
  const conversation = conversationOf(activity);
  const { replyToId } = activity;
  return replyToId === undefined || conversation.platform !== 'teams'
    ? conversation
    : { ...conversation, activityId: replyToId };
}

/** Teams keeps `19:` for what several people read; with one person a bot talks under `a:`. */
export function isPersonal(conversationId: string): boolean {
  return !conversationId.startsWith('19:');
}

const mentionSchema = z.object({
  type: z.literal('mention'),
  mentioned: z.object({ id: z.string(), name: z.string().optional() }),
  text: z.string(),
});

/** What was typed: without mentions of the bot, with everybody else's name, with ordinary spaces. */
export function typedText({ text = '', entities = [], recipient }: TeamsActivity): string {
  let typed = text;
  for (const entity of entities) {
    const mention = mentionSchema.safeParse(entity).data;
    if (mention === undefined) continue;
    const stands = mention.mentioned.id === recipient.id ? ' ' : (mention.mentioned.name ?? ' ');
    typed = typed.replaceAll(mention.text, () => stands);
  }
  return typed
    .replace(/<at\b[^>]*>.*?<\/at>/gis, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/[\s\u00a0\u200b]+/g, ' ')
    .trim();
}

const GREETINGS = new Set(['', 'home', 'hello', 'hi', 'hey', 'start']);

/** What was typed, by the command it is for. */
export interface Typed {
  command: CommandName;
  text: string;
}

/** What follows the word of a command, of which `env` may be left out; `undefined` asks for the home card. */
export function commandOf(typed: string): Typed | undefined {
  if (GREETINGS.has(typed.toLowerCase())) return undefined;
  const [first = ''] = typed.split(/\s/, 1);
  const word = first.replace(/^\//, '').toLowerCase();
  if (!isCommandWord(word)) return { command: 'env', text: typed.trim() };
  return { command: COMMAND_WORDS[word], text: typed.slice(first.length).trim() };
}

function isCommandWord(word: string): word is keyof typeof COMMAND_WORDS {
  return Object.hasOwn(COMMAND_WORDS, word);
}

export interface Pressed {
  data: CardData;
  /** By input id. */
  inputs: Record<string, unknown>;
}

const inputsSchema = z.record(z.string(), z.unknown());

/** What a button of ours brought back; `undefined` when it is none of ours. */
export function pressed(data: unknown): Pressed | undefined {
  const record = inputsSchema.safeParse(data);
  if (!record.success) return undefined;
  const { [CARD_DATA]: ours, msteams: _msteams, ...inputs } = record.data;
  const parsed = cardDataSchema.safeParse(ours);
  return parsed.success ? { data: parsed.data, inputs } : undefined;
}

const executeSchema = z.object({ action: z.object({ data: z.unknown() }) });
const taskSchema = z.object({ data: z.unknown() });

/** Of an `Action.Execute`. */
export function executed({ value }: TeamsActivity): Pressed | undefined {
  return pressed(executeSchema.safeParse(value).data?.action.data);
}

/** Of a button that opens a dialog, or one inside of it. */
export function tasked({ value }: TeamsActivity): Pressed | undefined {
  return pressed(taskSchema.safeParse(value).data?.data);
}
