import { ChatError } from '../../src/chat/adapter.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { reminderView } from '../../src/domain/incident-reminders.ts';
import { pageView } from '../../src/domain/incident-room-views.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import { type AccountRef, accountKey, type Platform } from '../../src/domain/refs.ts';
import { createCopies, isFinal } from '../copies.ts';
import { type Direct, laterFailure } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import type { IncidentChatActivities } from './contract.ts';
import { pageKey, reminderKey } from './copy-keys.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'copies' | 'chat'>;

interface Answer {
  reached: boolean;
  /** What did not work, for people to read. */
  reason?: string;
}

const PLATFORMS: Record<Platform, string> = { slack: 'Slack', teams: 'Teams' };

export function createPersonActivities(deps: Deps): Pick<IncidentChatActivities, 'page' | 'remind'> {
  const { chat } = deps;
  const copies = createCopies(deps);

  /**
   * Directly, on every platform. One that takes it is enough: a page does not wait for the other one to come back.
   * While none does and one still may, the activity fails and is tried again.
   */
  async function reach(directory: DirectorySnapshot, { person, key, wanted }: Direct): Promise<Answer> {
    const found = findPerson(directory, person);
    const accounts = found?.active ? chat.reachable(found.accounts) : [];
    if (accounts.length === 0) return { reached: false, reason: 'there is no chat account to reach them by' };
    const results = await Promise.allSettled(
      accounts.map(async (account) => {
        const conversation = await chat.openDirect(account);
        await copies.drive({ ...wanted, key: `${key}:${accountKey(account)}`, conversation });
      }),
    );
    const errors = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    const reached = errors.length < results.length;
    const unfinished = errors.filter((error) => !isFinal(error));
    if (!reached && unfinished.length > 0) throw laterFailure(unfinished);
    return errors.length === 0 ? { reached } : { reached, reason: reasonOf(accounts, results) };
  }

  return {
    async page({ state, escalation, record }) {
      const chain = state.escalations.find(({ id }) => id === escalation);
      if (chain === undefined) {
        throw refused(FAILURE.wrongState, 'There is no such escalation any more.', 'Page again by hand.');
      }
      const directory = await deps.directory.snapshot();
      return await reach(directory, {
        person: record.person,
        key: pageKey(state, record),
        wanted: {
          view: pageView(state, directory, { chain, record }),
          revision: state.revision,
          mayPost: true,
        },
      });
    },

    async remind({ state, reminder }) {
      const directory = await deps.directory.snapshot();
      const { reached } = await reach(directory, {
        person: reminder.person,
        key: reminderKey(state, reminder.key),
        // Said once and never edited.
        wanted: { view: reminderView(state, directory, reminder), revision: 0, mayPost: true },
      });
      return { reached };
    },
  };
}

/** `Teams did not take it (unavailable)` */
function reasonOf(accounts: AccountRef[], results: PromiseSettledResult<void>[]): string {
  const failures = results.flatMap((result, at) => {
    const account = accounts[at];
    if (result.status === 'fulfilled' || account === undefined) return [];
    const why = result.reason instanceof ChatError ? result.reason.reason : 'unknown';
    return [`${PLATFORMS[account.platform]} did not take it (${why})`];
  });
  return failures.join('; ');
}
