import type { CommandContext } from '../../src/commands/context.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type { DecidedLink } from '../../src/domain/links.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { PeopleRequestState } from '../../src/domain/people-requests.ts';
import { type AccountRef, accountKey } from '../../src/domain/refs.ts';
import { roleTemplateSchema } from '../../src/domain/role-templates.ts';
import type { PeopleLaunchers } from '../../src/temporal/people-launchers.ts';

/** What a developer gets, and reads. */
export const SAMPLE_ROLE = roleTemplateSchema.parse({
  apiVersion: 'purser/v1',
  kind: 'RoleTemplate',
  metadata: { name: 'developer', title: 'Developer' },
  gives: [{ system: 'purser', account: true }],
  firstCredential: 'Forgot password.',
});

type Done = { call: string; input: unknown }[];

/** Everybody has an account in one system. Requests wait for Lee, and never move on by themselves. */
export function createTestPeople(done: Done, requests: Map<string, PeopleRequestState>): PeopleLaunchers {
  return {
    async readHoldings(person) {
      done.push({ call: 'readHoldings', input: person });
      return [{ system: 'sso', holdings: [{ kind: 'account' }, { kind: 'group', group: 'shop' }] }];
    },
    async lookAtLinks() {
      done.push({ call: 'lookAtLinks', input: undefined });
      return { ok: true };
    },

    async changeTeam(input) {
      const known = requests.get(input.id);
      if (known !== undefined && known.requestId !== input.requestId) {
        return {
          ok: false,
          type: FAILURE.wrongState,
          message: 'Another change of the same is still under way.',
        };
      }
      done.push({ call: 'changeTeam', input });
      requests.set(input.id, waitingChange(input));
      return { ok: true };
    },

    async decideRequest(id, decision) {
      const request = requests.get(id);
      if (request === undefined)
        return { ok: false, type: FAILURE.alreadyDecided, message: 'This request has ended.' };
      if (request.requestId !== decision.requestId)
        return { ok: false, type: FAILURE.staleRequest, message: 'older' };
      if (request.approval?.decision !== undefined)
        return { ok: false, type: FAILURE.alreadyDecided, message: 'This request has been decided.' };
      if (request.asker === decision.person)
        return { ok: false, type: FAILURE.selfDecision, message: 'This is your own request.' };
      if (request.approval?.approvers.includes(decision.person) !== true)
        return { ok: false, type: FAILURE.forbidden, message: 'You may not decide this.' };
      done.push({ call: 'decideRequest', input: { id, ...decision } });
      return { ok: true };
    },

    async startArrival(input) {
      done.push({ call: 'startArrival', input });
      const approval = { approvers: ['ravi'], because: 'an administrator decides', deadline: DEADLINE };
      const { requestedAt, revision, steps } = waitingChange(input as never);
      requests.set(input.id, {
        ...input,
        kind: 'arrival',
        phase: 'awaiting-approval',
        approval,
        steps,
        requestedAt,
        revision,
      });
      return { ok: true };
    },

    async withdrawRequest(id, input) {
      done.push({ call: 'withdrawRequest', input: { id, ...input } });
      return { ok: true };
    },

    async moveArrival(id, input) {
      done.push({ call: 'moveArrival', input: { id, ...input } });
      return { ok: true };
    },

    newcomerLinked: async () => undefined,

    getRequest: async (id) => requests.get(id),
  };
}

const DEADLINE = '2026-04-08T10:00:00.000Z';

function waitingChange(input: Parameters<PeopleLaunchers['changeTeam']>[0]): PeopleRequestState {
  return {
    ...input,
    kind: 'team-change',
    phase: 'awaiting-approval',
    approval: { approvers: ['lee'], because: 'a lead decides', deadline: DEADLINE },
    steps: [],
    requestedAt: '2026-04-01T10:00:00.000Z',
    revision: 2,
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
