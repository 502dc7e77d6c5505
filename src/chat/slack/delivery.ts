import type { ConversationRef } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import type { AnswerTo } from './replies.ts';

export type Ack = (answer?: unknown) => Promise<void>;

export interface Who {
  id: string;
  teamId: string;
}

type Content = ChatRequest extends infer Request
  ? Request extends ChatRequest
    ? Omit<Request, 'actor' | 'dedupeKey' | 'requestId'>
    : never
  : never;

/** One delivery from Slack, understood. */
export interface Delivery {
  who: Who;
  /** The dedupe key. */
  key: string;
  content: () => Promise<Content>;
  to: AnswerTo;
  ack: Ack;
  /** Nobody waits for an answer. */
  quiet?: boolean;
}

/** Of an event, which Bolt has acknowledged. */
export const ACKNOWLEDGED: Ack = async () => undefined;

export function whoIs({
  user,
  team,
}: {
  user: { id: string; team_id?: string };
  team?: { id: string } | null;
}): Who {
  return { id: user.id, teamId: user.team_id ?? team?.id ?? 'unknown' };
}

export function conversation(teamId: string, channelId: string, threadTs?: string): ConversationRef {
  return { platform: 'slack', teamId, channelId, ...(threadTs === undefined ? {} : { threadTs }) };
}
