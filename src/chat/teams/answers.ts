import type { Logger } from 'pino';
import { ChatError } from '../adapter.ts';
import type { Clock } from '../pacer.ts';
import { isPersonal, type TeamsActivity, tenantOf } from './payloads.ts';
import type { TeamsMessage } from './render/index.ts';
import type { Sender, TeamsMessageId, TeamsPlace } from './sender.ts';

/**
 * What a person is answered outside of the invoke itself. No workflow stands behind it, so what Teams does not take at
 * once is tried again here: an answer that is read twice is better than one that nobody reads.
 */
export interface Answers {
  /** In private; where that cannot be, says so where it was asked, without the content, and names no message. */
  post(content: TeamsMessage, activity: TeamsActivity): Promise<TeamsMessageId | undefined>;
  /** For everybody where it was asked. */
  postHere(content: TeamsMessage, activity: TeamsActivity): Promise<void>;
  edit(message: TeamsMessageId, content: TeamsMessage): Promise<void>;
}

const ATTEMPTS = 4;
const PATIENCE_MS = 30_000;
const BACKOFF_MS = 1_000;

export function createAnswers(options: {
  sender: Sender;
  /** What is said in public to somebody who cannot be answered in private. */
  unreachable: TeamsMessage;
  clock: Clock;
  logger: Logger;
}): Answers {
  const { sender, unreachable, clock, logger } = options;

  async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
    const until = clock.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const wait = attempt < ATTEMPTS ? pauseAfter(error, attempt) : undefined;
        if (wait === undefined || clock.now() + wait > until) throw error;
        await clock.sleep(wait);
      }
    }
  }

  async function direct(activity: TeamsActivity): Promise<TeamsPlace> {
    if (isPersonal(activity.conversation.id)) return placeOf(activity);
    return sender.openDirect(activity.from.id, tenantOf(activity) ?? '', activity.serviceUrl);
  }

  async function postHere(content: TeamsMessage, activity: TeamsActivity): Promise<void> {
    await persistently(() => sender.post(placeOf(activity), content));
  }

  return {
    async post(content, activity) {
      try {
        return await persistently(async () => sender.post(await direct(activity), content));
      } catch (error) {
        if (!(error instanceof ChatError) || !['forbidden', 'not-found'].includes(error.reason)) throw error;
        logger.info({ err: error.message }, 'somebody cannot be answered in private');
        if (!isPersonal(activity.conversation.id)) await postHere(unreachable, activity);
        return undefined;
      }
    },

    postHere,

    edit: (message, content) => persistently(() => sender.update(message, content)),
  };
}

export function placeOf({ serviceUrl, conversation }: TeamsActivity): TeamsPlace {
  return { serviceUrl, conversation: conversation.id };
}

/** How long Teams wants to be left alone; nothing where trying again would not help. */
function pauseAfter(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ChatError)) return undefined;
  if (error.reason === 'rate-limited') return error.retryAfterMs ?? BACKOFF_MS;
  return error.reason === 'unavailable' ? attempt * BACKOFF_MS : undefined;
}
