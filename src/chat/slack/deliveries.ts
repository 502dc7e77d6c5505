import type { Logger } from 'pino';
import type { ChatRequest } from '../../domain/requests.ts';
import type { MessageView, NoticeView } from '../../domain/views.ts';
import type { ChatReply, Dispatch } from '../adapter.ts';
import type { Actors } from './actors.ts';
import { requestIdOf } from './payloads.ts';
import type { AnswerTo, Replies } from './replies.ts';

/** Slack gives up after 3 s. By contract the answer is there after 2.5 s, and identity takes at most 1.5 s of them. */
const ANSWER_MS = 2_700;

export const NOT_RECORDED: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Not recorded: that took too long. Please try again in a moment.',
};

const UNSHOWABLE: NoticeView = {
  kind: 'notice',
  tone: 'error',
  text: 'The answer to this could not be shown. /env list tells how things stand; please report this to the platform team.',
};

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
}

export interface Deliveries {
  /** Has it dispatched and `finish`es it in time, whatever happens behind; an answer that is too late is still told. */
  handle(delivery: Delivery, finish: (reply: ChatReply) => Promise<void>): Promise<void>;
  track<Work>(work: Promise<Work>): Promise<Work>;
  /** Resolves when everything taken so far is answered. */
  settled(): Promise<void>;
}

export function createDeliveries(options: {
  dispatch: Dispatch;
  actors: Actors;
  replies: Replies;
  logger: Logger;
}): Deliveries {
  const { dispatch, actors, replies, logger } = options;
  const inFlight = new Set<Promise<unknown>>();

  async function decide({ who, key, content }: Delivery): Promise<ChatReply> {
    const [actor, rest] = await Promise.all([actors.resolve(who), content()]);
    return dispatch({ ...rest, actor, dedupeKey: key, requestId: requestIdOf(key) });
  }

  async function handle(delivery: Delivery, finish: (reply: ChatReply) => Promise<void>): Promise<void> {
    const requestId = requestIdOf(delivery.key);
    const work = decide(delivery).catch((error: unknown): ChatReply => {
      logger.error({ err: error, requestId }, 'a request was not answered');
      return NOT_RECORDED;
    });
    const reply = await within(ANSWER_MS, work);
    if (reply !== LATE) {
      return finish(reply).catch(async (error: unknown) => {
        logger.error({ err: error, requestId }, 'an answer could not be shown');
        await finish(UNSHOWABLE);
      });
    }
    logger.error({ requestId }, 'a request was not answered in time');
    await finish(NOT_RECORDED);
    void track(work.then((late) => (isMessage(late) ? replies.tell(late, delivery.to) : undefined)));
  }

  function track<Work>(work: Promise<Work>): Promise<Work> {
    const settled: Promise<unknown> = work.catch(() => undefined).finally(() => inFlight.delete(settled));
    inFlight.add(settled);
    return work;
  }

  return {
    handle,
    track,
    async settled() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

const LATE = Symbol('late');

/** The outcome, or `LATE` after `ms`. */
async function within<Outcome>(ms: number, work: Promise<Outcome>): Promise<Outcome | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const NOT_MESSAGES = new Set(['home', 'open-form', 'update-form', 'form-errors']);

export function isMessage(reply: ChatReply): reply is MessageView {
  return reply !== undefined && !NOT_MESSAGES.has(reply.kind);
}
