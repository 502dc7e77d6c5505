import type { CommandContext } from '../../src/commands/context.ts';
import type { DecidedLink } from '../../src/domain/links.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import { type AccountRef, accountKey } from '../../src/domain/refs.ts';
import type { PeopleLaunchers } from '../../src/temporal/people-launchers.ts';

type Done = { call: string; input: unknown }[];

/** Everybody has an account in one system. */
export function createTestPeople(done: Done): PeopleLaunchers {
  return {
    async readHoldings(person) {
      done.push({ call: 'readHoldings', input: person });
      return [{ system: 'sso', holdings: [{ kind: 'account' }, { kind: 'group', group: 'shop' }] }];
    },
  };
}

/** What is unlinked is gone from the directory as well. */
export function createTestLinks(
  links: DecidedLink[],
  directory: DirectorySnapshot,
  done: Done,
): CommandContext['links'] {
  return {
    list: async () => links,
    async unlink(account, person, by) {
      done.push({ call: 'unlink', input: { account, person, by } });
      const isMeant = (other: AccountRef) => accountKey(other) === accountKey(account);
      const at = links.findIndex((link) => link.person === person && isMeant(link.account));
      if (at < 0) return;
      links.splice(at, 1);
      for (const known of directory.people) known.accounts = known.accounts.filter((own) => !isMeant(own));
    },
  };
}
