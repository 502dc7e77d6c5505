import { ApplicationFailure } from '@temporalio/activity';
import {
  administrators,
  askFor,
  deadEndOf,
  departureApprovers,
  mayOffboard,
  mostAtOnce,
  refusalToLeave,
} from '../../src/domain/departure-rules.ts';
import type { DepartureAsk, DepartureState } from '../../src/domain/departures.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { departureWorkflowId } from '../../src/domain/ids.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { AuditEvent } from '../../src/domain/ports.ts';
import { accountKey } from '../../src/domain/refs.ts';
import { attemptsKey } from '../audit.ts';
import type { ActivityDeps } from '../deps.ts';
import { forbidden, refused } from '../failures.ts';
import type { DepartureLookups } from './contract.ts';

type Deps = Pick<ActivityDeps, 'audit' | 'directory' | 'policy' | 'departures' | 'links' | 'tokens' | 'now'>;
interface Known {
  directory: DirectorySnapshot;
  policy: Policy;
}

const DAY_MS = 86_400_000;
/** Two administrators have said that so many are meant. */
const WHOEVER = Number.MAX_SAFE_INTEGER;

export function createDepartureLookups(deps: Deps): DepartureLookups {
  const { audit, departures, links, tokens } = deps;

  async function known(): Promise<Known> {
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    return { directory, policy };
  }

  function aDayAgo(): Date {
    return new Date(deps.now().getTime() - DAY_MS);
  }

  async function record(
    state: DepartureState,
    event: Pick<AuditEvent, 'action' | 'actor' | 'outcome'> & { detail?: Record<string, string> },
  ): Promise<void> {
    await audit.append({
      key: attemptsKey(`${event.action}:${event.actor}:${event.outcome}:${event.detail?.what ?? ''}`),
      subject: departureWorkflowId(state.person, state.id),
      ...event,
      detail: { person: state.person, ...event.detail },
    });
  }

  /** Audits what was asked and what came of it, then lets it pass or fails with why not. */
  async function decide(
    state: DepartureState,
    { action, actor, detail }: { action: string; actor: string; detail?: Record<string, string> },
    because: string | undefined,
  ): Promise<void> {
    const outcome = because === undefined ? 'allowed' : 'refused';
    await record(state, {
      action,
      actor,
      outcome,
      detail: { ...detail, ...(because === undefined ? {} : { because }) },
    });
    if (because !== undefined) throw forbidden(because);
  }

  /** Why it may not be, of its rules and of who asked. */
  function refusalOf({ directory, policy }: Known, state: DepartureState): string | undefined {
    const leaver = findPerson(directory, state.person);
    const asker = findPerson(directory, state.requester);
    if (leaver === undefined) return `${state.name} is not in the directory any more.`;
    const answer = asker && mayOffboard(policy, directory, { person: asker, of: state.person });
    if (answer?.allowed !== true)
      return `Whoever asked may not offboard ${state.name}: ${answer?.because ?? 'they left'}.`;
    return refusalToLeave(policy, directory, { requester: state.requester, leaver });
  }

  return {
    async admitDeparture({ state }) {
      const now = await known();
      const refusal = refusalOf(now, state);
      await decide(
        state,
        { action: 'user.offboard', actor: state.requester, detail: { reason: state.reason } },
        refusal,
      );
      const claim = await departures.claim({ id: state.id, person: state.person, since: aDayAgo() });
      if ('other' in claim) {
        throw refused(
          FAILURE.wrongState,
          `${state.name} leaves already.`,
          `/user offboard ${state.person} shows how far it is.`,
        );
      }
      return possible(askFor(departureApprovers(now.policy, now.directory, state), claim));
    },

    async authorizeDepartureVote({ state, vote }) {
      const { directory, policy } = await known();
      const eligible = departureApprovers(policy, directory, state).some(({ id }) => id === vote.person);
      const detail = {
        account: accountKey(vote.account),
        round: `${vote.round}`,
        ...(vote.reason === undefined ? {} : { reason: vote.reason }),
      };
      const because = eligible
        ? undefined
        : 'Only administrators who neither asked for it nor leave themselves may decide this.';
      await decide(state, { action: `departure.${vote.decision}`, actor: vote.person, detail }, because);
    },

    async authorizeDepartureAct({ state, act, person, line = '' }) {
      const { directory, policy } = await known();
      const isAdministrator = administrators(policy, directory).some(({ id }) => id === person);
      const isAsker =
        act === 'withdraw' && person === state.requester && findPerson(directory, person)?.active === true;
      const mayAct = person !== state.person && (isAdministrator || isAsker);
      const because = mayAct ? undefined : ACT_BECAUSE[act];
      await decide(state, { action: `departure.${act}`, actor: person, detail: { what: line } }, because);
      if (act === 'undo') await refuseWhereAskedAnew(state);
    },

    async confirmDeparture({ state }) {
      const now = await known();
      const leaver = findPerson(now.directory, state.person);
      const refusal =
        leaver && refusalToLeave(now.policy, now.directory, { requester: state.requester, leaver });
      const approvers = departureApprovers(now.policy, now.directory, state);
      const eligible = new Set(approvers.map(({ id }) => id));
      const standing = state.approval.votes
        .map(({ person }) => person)
        .filter((person) => eligible.has(person));
      // What it took when it was asked stays so: it is never made easier on the way.
      const { needed, because } = state.approval;
      const ask = { needed, because, approvers: [...eligible] };
      await decide(
        state,
        { action: 'departure.begin', actor: 'purser', detail: { by: standing.join(', ') } },
        refusal,
      );
      if (standing.length < ask.needed) return { ...possible(ask), standing };
      const most =
        state.crowd === undefined
          ? mostAtOnce(now.directory.people.filter(({ active }) => active).length)
          : WHOEVER;
      const { crowd } = await departures.begin({ id: state.id, since: aDayAgo(), most });
      if (crowd === undefined) return { ...ask, standing };
      await record(state, {
        action: 'departure.begin',
        actor: 'purser',
        outcome: 'refused',
        detail: { crowd: `${crowd}` },
      });
      return { ...possible(askFor(approvers, { asked: 1, crowd })), standing, crowd };
    },

    async settleDeparture({ state }) {
      await record(state, {
        action: 'departure.end',
        actor: state.endedBy ?? state.undo?.by ?? 'purser',
        outcome: 'done',
        detail: { what: state.end ?? state.phase },
      });
      await departures.end(state.id);
    },

    async endChatLinks({ state }) {
      const linked = (await links.list()).filter(({ person }) => person === state.person);
      for (const { account } of linked) {
        const key = accountKey(account);
        await record(state, {
          action: 'link.end',
          actor: state.requester,
          outcome: 'intended',
          detail: { what: key },
        });
        await links.unlink(account, state.person, state.requester);
      }
      if ((await links.list()).some(({ person }) => person === state.person)) throw notYet('chat accounts');
      return linked.map(({ account }) => accountKey(account));
    },

    async endTokens({ state }) {
      const held = (await tokens.list()).filter(({ person }) => person === state.person);
      for (const { id } of held.filter(({ revokedAt }) => revokedAt === undefined)) {
        await record(state, {
          action: 'token.revoke',
          actor: state.requester,
          outcome: 'intended',
          detail: { what: id },
        });
        await tokens.revoke(id);
      }
      const left = (await tokens.list()).filter(
        ({ person, revokedAt }) => person === state.person && revokedAt === undefined,
      );
      if (left.length > 0) throw notYet('API tokens');
      return held.map(({ id }) => id);
    },
  };

  /** They may have come back meanwhile and leave again: then the newer one counts. */
  async function refuseWhereAskedAnew(state: DepartureState): Promise<void> {
    const other = (await departures.open()).find(
      ({ person, id }) => person === state.person && id !== state.id,
    );
    if (other === undefined) return;
    throw refused(
      FAILURE.wrongState,
      `${state.name} leaves anew since, so this one cannot be undone.`,
      `/user offboard ${state.person} shows the newer one.`,
    );
  }
}

const ACT_BECAUSE = {
  withdraw: 'Only whoever asked for it and administrators may take it back.',
  done: 'Only administrators say what they have done by hand, and never of themselves.',
  undo: 'Only administrators may undo it, and never for themselves.',
} as const;

/** Fails where nobody could ever approve it. */
function possible(ask: DepartureAsk): DepartureAsk {
  const deadEnd = deadEndOf(ask);
  if (deadEnd === undefined) return ask;
  throw refused(FAILURE.forbidden, deadEnd, 'Then ask again.');
}

function notYet(what: string): ApplicationFailure {
  return ApplicationFailure.retryable(`Not all ${what} are gone yet`, 'NotGoneYet');
}
