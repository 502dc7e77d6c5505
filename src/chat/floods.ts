import type { Logger } from 'pino';
import { shortDuration } from '../domain/durations.ts';
import type { Limits, RequestPace } from '../domain/policy.ts';
import { accountKey, conversationKey } from '../domain/refs.ts';
import type { ChatRequest } from '../domain/requests.ts';
import type { ActionId, NoticeView } from '../domain/views.ts';
import { ChatError, type ChatReply, type Dispatch } from './adapter.ts';
import { type Clock, createPacer, type Pace } from './pacer.ts';

/** Clients look at cards by themselves, however many people have one on their screen. */
const LOOKS = new Set<string>([
  'environment.approval',
  'link.approval',
  'quota.approval',
] satisfies ActionId[]);

/** So long nobody is told again: an answer costs the platform a call, too. */
const TOLD_FOR_MS = 10_000;

interface Refusal {
  key: string;
  reply: NoticeView;
}

/**
 * The same dispatch, for as many commands, buttons and forms as one account and one channel may send. What is more is
 * refused before anything is looked up, with a word in private now and then. Each process counts for itself.
 */
export function withoutFloods(
  dispatch: Dispatch,
  options: {
    limits(): Promise<Pick<Limits, 'perPerson' | 'perChannel'>>;
    clock: Clock;
    logger: Pick<Logger, 'warn'>;
  },
): Dispatch {
  const { clock, logger } = options;
  const pacer = createPacer(clock, 0);
  const told = createPacer(clock, 0);

  async function refusalOf(request: ChatRequest): Promise<Refusal | undefined> {
    const { perPerson, perChannel } = await options.limits();
    const person = accountKey(request.actor.account);
    const own = await waitFor(pacer, person, paceOf(perPerson));
    if (own > 0) return { key: person, reply: tooFast(own) };
    if (!('source' in request)) return undefined;
    const channel = conversationKey(request.source);
    const theirs = await waitFor(pacer, channel, paceOf(perChannel));
    return theirs > 0 ? { key: `${person} ${channel}`, reply: tooBusy(theirs) } : undefined;
  }

  /** A form has to be answered each time: it would close, and what was filled in would be lost. */
  async function answer(request: ChatRequest, { key, reply }: Refusal): Promise<ChatReply> {
    const fresh = (await waitFor(told, key, { burst: 1, everyMs: TOLD_FOR_MS })) === 0;
    if (fresh) logger.warn({ key }, 'more is asked than is taken');
    if (request.kind === 'form' && request.phase === 'submit') {
      return { kind: 'form-errors', errors: { '': [reply.text, ...(reply.details ?? [])].join(' ') } };
    }
    return fresh ? reply : undefined;
  }

  return async (request) => {
    const counts = ['command', 'action', 'form'].includes(request.kind) && !isLook(request);
    // Where the policy cannot be read, whoever is asked next says so.
    const refusal = counts ? await refusalOf(request).catch(() => undefined) : undefined;
    return refusal === undefined ? dispatch(request) : answer(request, refusal);
  };
}

function isLook(request: ChatRequest): boolean {
  return request.kind === 'action' && LOOKS.has(request.actionId);
}

function paceOf({ atOnce, perMinute }: RequestPace): Pace {
  return { burst: atOnce, everyMs: 60_000 / perMinute };
}

/** Takes a turn, or says how long until there is one. */
async function waitFor(pacer: ReturnType<typeof createPacer>, key: string, pace: Pace): Promise<number> {
  try {
    await pacer.turn(key, pace);
    return 0;
  } catch (error) {
    if (!(error instanceof ChatError) || error.retryAfterMs === undefined) throw error;
    return error.retryAfterMs;
  }
}

function tooFast(waitMs: number): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: 'That was faster than I can follow, so this one was not done.',
    details: [`Please try again in ${seconds(waitMs)}. What you asked before is on its way.`],
  };
}

function tooBusy(waitMs: number): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: 'So much is asked of me in this channel just now that this was not done.',
    details: [`Please try again in ${seconds(waitMs)}, or ask me in a direct message.`],
  };
}

function seconds(waitMs: number): string {
  return shortDuration(Math.max(1, Math.ceil(waitMs / 1_000)) * 1_000);
}
