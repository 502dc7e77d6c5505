import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ChatRequest } from '../domain/requests.ts';
import type { MessageView, NoticeView } from '../domain/views.ts';
import type { ChatReply, Dispatch } from './adapter.ts';

/** Platforms give up after 3 s. By contract the answer is there after 2.5 s, and identity takes at most 1.5 s of them. */
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
  /** Tells the person in private, after the answer. Never rejects. */
  tell(view: MessageView): Promise<void>;
}

export interface Deliveries {
  /** Has it dispatched and `finish`es it in time, whatever happens behind; an answer that is too late is still told. */
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
      logger.error({ requestId }, 'a request was not answered in time');
      const answer = await finish(NOT_RECORDED);
      void track(work.then((late) => (isMessage(late) ? delivery.tell(late) : undefined)));
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
