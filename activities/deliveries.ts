import { ApplicationFailure } from '@temporalio/activity';
import { ChatError } from '../src/chat/adapter.ts';
import type { ChatRouter } from '../src/chat/router.ts';
import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson } from '../src/domain/people.ts';
import { type AccountRef, accountKey } from '../src/domain/refs.ts';
import type { Copies, Wanted } from './copies.ts';
import { isFinal } from './copies.ts';
import { refused } from './failures.ts';

/** Something to say to one person, or in one channel, and how to send it. */
export interface Delivery {
  /** A person id, or what a channel is called in reports. */
  to: string;
  send(): Promise<void>;
}

/**
 * Sends everything that can be sent now. What is refused for good is returned; when something is left that may work
 * later, the activity fails and is tried again, no sooner than the platform asks: what was delivered stays delivered.
 */
export async function deliverAll(deliveries: Delivery[]): Promise<{ person: string; reason: string }[]> {
  const results = await Promise.allSettled(deliveries.map(({ send }) => send()));
  const undelivered: { person: string; reason: string }[] = [];
  const unfinished: unknown[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    if (isFinal(result.reason))
      undelivered.push({ person: deliveries[index]?.to ?? '', reason: result.reason.message });
    else unfinished.push(result.reason);
  }
  if (unfinished.length > 0) throw laterFailure(unfinished);
  return undelivered;
}

/** Goes from one group to the next until somebody has got it; fails with `Undeliverable` when nobody has. */
export async function deliverToFirst(groups: Delivery[][]): Promise<void> {
  let reason = 'nobody could be reached';
  for (const group of groups) {
    const undelivered = await deliverAll(group);
    if (undelivered.length < group.length) return;
    reason = undelivered[0]?.reason ?? reason;
  }
  throw refused(FAILURE.undeliverable, reason, 'Ask the platform team why chat refuses these messages.');
}

/** What is thrown for another attempt, which waits as long as any platform asks. */
export function laterFailure(errors: unknown[]): unknown {
  const waits = errors.flatMap((error) =>
    error instanceof ChatError && error.retryAfterMs !== undefined ? [error.retryAfterMs] : [],
  );
  const unexpected = errors.find((error) => !(error instanceof ChatError));
  if (waits.length === 0) return unexpected ?? errors[0];
  return ApplicationFailure.create({
    type: 'ChatRateLimited',
    message: `${waits.length} of the messages have to wait`,
    nextRetryDelay: Math.max(...waits),
  });
}

/** What to say to one person, wherever they can be reached directly. */
export interface Direct {
  person: string;
  /** Unique for what is said; the account is added to it. */
  key: string;
  wanted: Pick<Wanted, 'view' | 'revision' | 'mayPost'>;
}

/** One delivery a person: it counts as delivered when one of their accounts has got it. */
export function toPeople(
  { chat, copies }: { chat: ChatRouter; copies: Copies },
  directory: DirectorySnapshot,
  directs: Direct[],
): Delivery[] {
  return directs.map(({ person, key, wanted }) => ({
    to: person,
    send: () => toAccounts({ chat, copies }, findPerson(directory, person)?.accounts ?? [], key, wanted),
  }));
}

export async function toAccounts(
  { chat, copies }: { chat: ChatRouter; copies: Copies },
  accounts: AccountRef[],
  key: string,
  wanted: Direct['wanted'],
): Promise<void> {
  const reachable = chat.reachable(accounts);
  if (reachable.length === 0) throw new ChatError('forbidden', 'there is no chat account to reach them by');
  const results = await Promise.allSettled(
    reachable.map(async (account) => {
      const conversation = await chat.openDirect(account);
      await copies.drive({ ...wanted, key: `${key}:${accountKey(account)}`, conversation });
    }),
  );
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const unfinished = errors.find((error) => !isFinal(error));
  if (unfinished !== undefined) throw unfinished;
  if (errors.length === results.length) throw errors[0];
}
