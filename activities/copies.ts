import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import canonicalize from 'canonicalize';
import { ChatError } from '../src/chat/adapter.ts';
import type { ChatRouter } from '../src/chat/router.ts';
import type { MessageCopy } from '../src/domain/ports.ts';
import type { ConversationRef, MessageRef } from '../src/domain/refs.ts';
import type { MessageView } from '../src/domain/views.ts';
import type { ActivityDeps } from './deps.ts';

/** What one message should show. */
export interface Wanted {
  key: string;
  conversation: ConversationRef;
  view: MessageView;
  /** What is shown of a higher revision stays. */
  revision: number;
  /** Otherwise only a message that is there already is edited. */
  mayPost: boolean;
}

/** Somebody else was still working on the message when we ran out of patience. */
export class CopyBusyError extends Error {
  override readonly name = 'CopyBusyError';
}

export interface Copies {
  /** Brings the message to what is wanted. Rejects with `ChatError` or, after `patienceMs`, `CopyBusyError`. */
  drive(wanted: Wanted, patienceMs?: number): Promise<void>;
  /** The same, and where the message is; `undefined` where there is none and none may be posted. */
  place(wanted: Wanted): Promise<MessageRef | undefined>;
}

/** Above the time one send takes, so that an overlapping attempt is waited for. */
const PATIENCE_MS = 12_000;
const POLL_MS = 200;
const EXTEND_EVERY_MS = 5_000;

export function createCopies({ copies, chat }: Pick<ActivityDeps, 'copies' | 'chat'>): Copies {
  async function take(wanted: Wanted, patienceMs: number): Promise<MessageCopy> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const copy = await copies.take(wanted.key, wanted.conversation);
      if (copy !== undefined) return copy;
      if (performance.now() + POLL_MS > deadline)
        throw new CopyBusyError('another attempt is at work on the message');
      await delay(POLL_MS);
    }
  }

  /** `gone` when the message was there once and has to be posted anew. */
  async function bring(copy: MessageCopy, wanted: Wanted): Promise<MessageRef | undefined | 'gone'> {
    if (copy.shownRevision > wanted.revision) {
      await copies.release(copy.key);
      return copy.message;
    }
    const hash = hashOf(wanted.view);
    const message = copy.message ?? (await lostMessage(chat, copy));
    if (message !== undefined) {
      if (copy.shownHash !== hash && !(await edited(chat, message, wanted.view))) return 'gone';
      await copies.shown(copy.key, message, wanted.revision, hash);
      return message;
    }
    if (wanted.mayPost) {
      const posted = await chat.post(copy.conversation, wanted.view, copy.key);
      await copies.shown(copy.key, posted, wanted.revision, hash);
      return posted;
    }
    await copies.forget(copy.key);
    return undefined;
  }

  async function once(wanted: Wanted, patienceMs: number): Promise<MessageRef | undefined | 'gone'> {
    const copy = await take(wanted, patienceMs);
    // A send may wait for its turn longer than a copy is held, and outlive the attempt of the activity it belongs to.
    const holding = setInterval(() => copies.extend(copy.key).catch(() => {}), EXTEND_EVERY_MS);
    try {
      const outcome = await bring(copy, wanted);
      if (outcome === 'gone') await copies.forget(copy.key);
      return outcome;
    } catch (error) {
      await (isFinal(error) && copy.message === undefined
        ? copies.forget(copy.key)
        : copies.release(copy.key));
      throw error;
    } finally {
      clearInterval(holding);
    }
  }

  async function place(wanted: Wanted, patienceMs = PATIENCE_MS): Promise<MessageRef | undefined> {
    const first = await once(wanted, patienceMs);
    if (first !== 'gone') return first;
    // The row of the new message is younger than the old message, so that the old one is never found again.
    const anew = wanted.mayPost ? await once(wanted, patienceMs) : undefined;
    return anew === 'gone' ? undefined : anew;
  }

  return {
    place,
    async drive(wanted, patienceMs) {
      await place(wanted, patienceMs);
    },
  };
}

/** Trying again would not help. */
export function isFinal(error: unknown): error is ChatError {
  return error instanceof ChatError && ['forbidden', 'not-found', 'invalid'].includes(error.reason);
}

/** An earlier attempt may have posted without living to hear of it. */
async function lostMessage(chat: ChatRouter, copy: MessageCopy): Promise<MessageRef | undefined> {
  if (copy.attempts === 0) return undefined;
  return await chat.findPosted(copy.conversation, copy.key, copy.createdAt);
}

/** `false` when the message is gone or can no longer be edited. */
async function edited(chat: ChatRouter, message: MessageRef, view: MessageView): Promise<boolean> {
  try {
    await chat.update(message, view);
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.reason === 'not-found') return false;
    throw error;
  }
}

function hashOf(view: MessageView): string {
  // Through JSON, so that a property that is missing and one that is undefined are the same. Half a character, which
  // people do type, has no canonical form.
  const plain: unknown = JSON.parse(JSON.stringify(view), (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return createHash('sha256')
    .update(canonicalize(plain) ?? '')
    .digest('hex');
}
