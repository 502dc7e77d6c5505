import { z } from 'zod';
import type { ChatRequest } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import { wordsOf } from './html.ts';
import { conversationOf, given, type TeamsActivity, tenantOf, typedText } from './payloads.ts';
import type { Content } from './presses.ts';

/** Messages of people, as timelines keep them. */

/** What a button and a form can carry on the way. */
const MAX_TEXT = 900;
const MAX_AUTHOR = 100;

const named = given(z.object({ displayName: given(z.string()) }));
const chosenSchema = z.object({
  messagePayload: z.object({
    id: z.string(),
    replyToId: given(z.string()),
    createdDateTime: given(z.string()),
    linkToMessage: given(z.string()),
    body: given(z.object({ contentType: given(z.string()), content: given(z.string()) })),
    from: given(z.object({ user: named, application: named })),
  }),
});

/** A message that somebody chose an action for. */
interface Chosen {
  id: string;
  /** The message its thread hangs under; itself, where it starts one. */
  root: string;
  text: string;
  author: string;
  at: string;
  link?: string;
}

function chosenIn({ value, timestamp }: TeamsActivity): Chosen | undefined {
  const message = chosenSchema.safeParse(value).data?.messagePayload;
  if (message === undefined) return undefined;
  const { id, replyToId, createdDateTime, linkToMessage, body, from } = message;
  const content = body?.content ?? '';
  return {
    id,
    root: replyToId ?? id,
    text: body?.contentType === 'text' ? content.trim() : wordsOf(content),
    author: from?.user?.displayName ?? from?.application?.displayName ?? 'somebody',
    at: momentOf(createdDateTime) ?? momentOf(timestamp) ?? new Date().toISOString(),
    ...(linkToMessage !== undefined && URL.canParse(linkToMessage) ? { link: linkToMessage } : {}),
  };
}

function doing(activity: TeamsActivity, actionId: ActionId, payload: Record<string, string>): Content {
  return { kind: 'action', actionId, payload, source: conversationOf(activity) };
}

/** What a declaration from this message starts with. */
function declaration({ text, author, at, link }: Chosen): Record<string, string> {
  return {
    text: [...text].slice(0, MAX_TEXT).join(''),
    author: [...author].slice(0, MAX_AUTHOR).join(''),
    at,
    ...(link === undefined ? {} : { link }),
  };
}

/** What the actions of the message extension ask for; `undefined` where Teams does not say of which message. */
export const EXTENSIONS = {
  'environment.request': (activity) => doing(activity, 'environment.request', {}),
  'incident.declare': (activity) => doing(activity, 'incident.declare', {}),
  'incident.declare-from-message': (activity) => {
    const chosen = chosenIn(activity);
    return chosen && doing(activity, 'incident.declare', declaration(chosen));
  },
  'incident.pin': (activity) => {
    const chosen = chosenIn(activity);
    if (chosen === undefined) return undefined;
    const { text, author, at, link } = chosen;
    const said = { text, author, at, ...(link === undefined ? {} : { link }) };
    return { ...about(activity, 'pinned', chosen.id, chosen.root), ...said };
  },
} as const satisfies Record<string, (activity: TeamsActivity) => Content | undefined>;

/** Somebody edited or deleted what they had said to us. */
export function changeOf(activity: TeamsActivity, event: 'edited' | 'deleted'): Content | undefined {
  if (activity.id === undefined) return undefined;
  const said = about(activity, event, activity.id);
  return event === 'edited' ? { ...said, text: typedText(activity) } : said;
}

/** Teams calls it `1f4cc_pushpin`, and others have called it `pushpin`. */
const PIN = /pushpin|1f4cc|📌/i;

export function isPin(reactions: TeamsActivity['reactionsAdded']): boolean {
  return reactions?.some(({ type }) => PIN.test(type)) === true;
}

/** Somebody took a 📌 back. */
export function unpinningOf(activity: TeamsActivity): Content | undefined {
  const { replyToId, reactionsRemoved } = activity;
  return isPin(reactionsRemoved) && replyToId !== undefined
    ? about(activity, 'unpinned', replyToId)
    : undefined;
}

type MessageContent = Omit<ChatRequest & { kind: 'message' }, 'actor' | 'dedupeKey' | 'requestId'>;

/** A message is known by its channel and its own id, in whatever thread of it Teams says that it is. */
function about(
  activity: TeamsActivity,
  event: MessageContent['event'],
  id: string,
  root?: string,
): MessageContent {
  const { conversation, serviceUrl, from, timestamp } = activity;
  const [channel = '', thread] = conversation.id.split(';messageid=');
  const tenantId = tenantOf(activity) ?? 'unknown';
  const inThread = thread ?? (conversation.conversationType === 'channel' ? root : undefined);
  const conversationId = inThread === undefined ? channel : `${channel};messageid=${inThread}`;
  return {
    kind: 'message',
    event,
    message: { platform: 'teams', tenantId, conversationId: channel, serviceUrl, activityId: id },
    source: { platform: 'teams', tenantId, conversationId, serviceUrl },
    text: '',
    author: from.name ?? 'somebody',
    at: momentOf(Number(id)) ?? momentOf(timestamp) ?? new Date().toISOString(),
  };
}

/** Teams' message ids are the milliseconds they were posted at. */
function momentOf(moment: string | number | undefined): string | undefined {
  if (moment === undefined) return undefined;
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
