import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ChatRequest } from '../domain/requests.ts';
import type { MessageView, NoticeView } from '../domain/views.ts';
import type { ChatReply, Dispatch } from './adapter.ts';

/** Platforms give up after 3 s, and a busy machine takes its time to send an answer. */
const ANSWER_MS = 2_400;

/** What is said in time where the outcome is not. */
export const WORKING: NoticeView = {
  kind: 'notice',
  tone: 'info',
  text: 'Working on it: this takes longer than usual. The answer follows, and there is no need to ask again.',
};

export const NOT_RECORDED: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Not recorded: something went wrong on our side. Please try again in a moment.',
};

export const UNSHOWABLE: NoticeView = {
  kind: 'notice',
  tone: 'error',
  text: 'The answer to this could not be shown. /env list tells how things stand; please report this to the platform team.',
};

type Asked = ChatRequest extends infer Request
  ? Request extends ChatRequest
    ? Omit<Request, 'dedupeKey' | 'requestId'>
    : never
  : never;

/** One delivery from a platform, understood. */
export interface Delivery {
  /** The dedupe key. */
  key: string;
  /** Who did what. */
  request(): Promise<Asked>;
  /** Tells what came of it, once that is known: in time there was only `WORKING` to be said. Never rejects. */
  tell(outcome: Promise<ChatReply>): Promise<void>;
}

export interface Deliveries {
  /** Has it dispatched and `finish`es it in time, whatever happens behind: with `WORKING` where that takes too long. */
  handle<Answer>(delivery: Delivery, finish: (reply: ChatReply) => Promise<Answer>): Promise<Answer>;
  track<Work>(work: Promise<Work>): Promise<Work>;
  /** Resolves when everything taken so far is answered. */
  settled(): Promise<void>;
}

export function createDeliveries(dispatch: Dispatch, logger: Logger): Deliveries {
  const inFlight = new Set<Promise<unknown>>();

  async function decide({ key, request }: Delivery): Promise<ChatReply> {
    return dispatch({ ...(await request()), dedupeKey: key, requestId: requestIdOf(key) });
  }

  function track<Work>(work: Promise<Work>): Promise<Work> {
    const settled: Promise<unknown> = work.catch(() => undefined).finally(() => inFlight.delete(settled));
    inFlight.add(settled);
    return work;
  }

  return {
    async handle(delivery, finish) {
      const requestId = requestIdOf(delivery.key);
      const work = decide(delivery).catch((error: unknown): ChatReply => {
        logger.error({ err: error, requestId }, 'a request was not answered');
        return NOT_RECORDED;
      });
      const reply = await within(ANSWER_MS, work);
      if (reply !== LATE) {
        return finish(reply).catch(async (error: unknown) => {
          logger.error({ err: error, requestId }, 'an answer could not be shown');
          return finish(UNSHOWABLE);
        });
      }
      logger.warn({ requestId }, 'a request takes longer than its platform waits');
      const answer = await finish(WORKING);
      void track(delivery.tell(work));
      return answer;
    },
    track,
    async settled() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

/** The same for every delivery of the same thing. */
export function requestIdOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 20);
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
