import { log } from '@temporalio/activity';
import { personRef } from '../src/domain/environment-views.ts';
import { linkEndsView, unlinkedView } from '../src/domain/link-views.ts';
import { LINK_NOTICE_MS } from '../src/domain/links.ts';
import { type DirectorySnapshot, findPerson, isActive } from '../src/domain/people.ts';
import { accountKey } from '../src/domain/refs.ts';
import { createCopies } from './copies.ts';
import { type Delivery, deliverAll, toAccounts } from './deliveries.ts';
import type { ActivityDeps } from './deps.ts';
import { beating } from './heartbeat.ts';
import { ONCE } from './reach.ts';

/** On `QUEUES.chat`. What has been told once is not told again, however often it is asked. */
export interface LinkActivities {
  /** Tells people which of their chat accounts are theirs no longer soon, and which somebody else has just taken. */
  tellOfLinks(): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'directory' | 'links' | 'copies' | 'chat' | 'now'>;

/** While chat is down what was taken waits, and is not told any more when it is older than this. */
const TOLD_WITHIN_MS = 7 * 86_400_000;

export function createLinkActivities(deps: Deps): LinkActivities {
  const reach = { chat: deps.chat, copies: createCopies(deps) };

  function ending(directory: DirectorySnapshot, now: number): Delivery[] {
    const soon = (directory.linked ?? []).filter(({ until }) => until.getTime() - now <= LINK_NOTICE_MS);
    return soon
      .filter(({ person }) => isActive(directory, person))
      .map(({ account, person, until }) => {
        // By its end: a link that was prolonged is another one.
        const key = `link-ends:${until.toISOString()}`;
        const wanted = { ...ONCE, view: linkEndsView(until) };
        return { to: person, send: () => toAccounts(reach, [account], key, wanted) };
      });
  }

  async function taken(directory: DirectorySnapshot, now: number): Promise<Delivery[]> {
    const links = await deps.links.takenSince(new Date(now - TOLD_WITHIN_MS));
    return links
      .filter(({ person }) => isActive(directory, person))
      .map(({ requestId, account, person, takenBy }) => {
        const wanted = { ...ONCE, view: unlinkedView(account, personRef(directory, takenBy).name) };
        const others = findPerson(directory, person)?.accounts ?? [];
        const everywhere = new Map([account, ...others].map((one) => [accountKey(one), one]));
        const accounts = [...everywhere.values()];
        return { to: person, send: () => toAccounts(reach, accounts, `${requestId}:unlinked`, wanted) };
      });
  }

  async function tellOfLinks(): Promise<void> {
    const now = deps.now().getTime();
    const directory = await deps.directory.snapshot();
    const undelivered = await deliverAll([...ending(directory, now), ...(await taken(directory, now))]);
    if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
  }

  return { tellOfLinks: () => beating(tellOfLinks) };
}
