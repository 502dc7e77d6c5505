import { FAILURE } from '../src/domain/errors.ts';
import type {
  HoldingStep,
  PeopleRequestState,
  RequestApproval,
  RequestDecision,
} from '../src/domain/people-requests.ts';
import { accountKey } from '../src/domain/refs.ts';
import { type ArrivalLookups, createArrivalLookups } from './arrivals.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { Asked } from './index.ts';
import { AREAS, mayDecide, recordRequest, situationOf } from './request-rules.ts';
import { createTeamLookups, type TeamLookups } from './team-changes.ts';

/** What there is to do, and whose approval it needs, if anybody's. */
export interface Admission {
  steps: HoldingStep[];
  approval?: Pick<RequestApproval, 'approvers' | 'because'>;
}

/** In the worker of `QUEUES.main`. Asked of the directory and the rules of now, and audited either way. */
export interface PeopleRequestLookups extends TeamLookups, ArrivalLookups {
  /** Fails with `SelfDecision` or `Forbidden` when the person may not decide it, as of now. */
  authorizeRequestDecision(
    input: Asked & { state: PeopleRequestState; decision: RequestDecision },
  ): Promise<void>;
  /** Fails with `Forbidden` unless it is whoever asked, or somebody who may decide it. */
  authorizeRequestChange(
    input: Asked & { state: PeopleRequestState; person: string; what: 'withdraw' | 'move' },
  ): Promise<void>;
  /** Audits how it ended. */
  settleRequest(input: Asked & { state: PeopleRequestState }): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'systems' | 'teams' | 'roleTemplates'>;

export function createPeopleRequestLookups(deps: Deps): PeopleRequestLookups {
  return {
    ...createTeamLookups(deps),
    ...createArrivalLookups(deps),

    async authorizeRequestDecision({ decision, ...input }) {
      const { state } = input;
      const { person, account, reason } = decision;
      const { allowed, rule, because } = mayDecide(await situationOf(deps), person, state);
      const own = person === state.asker;
      await recordRequest(deps, input, {
        action: `${AREAS[state.kind]}.${decision.decision}`,
        actor: person,
        outcome: allowed && !own ? 'allowed' : 'refused',
        detail: { rule, because, account: accountKey(account), ...(reason === undefined ? {} : { reason }) },
      });
      if (own) {
        throw refused(
          FAILURE.selfDecision,
          'This is your own request, so somebody else has to decide it.',
          'Wait for one of the people named on the card.',
        );
      }
      if (!allowed) throw forbidden(`You may not decide this: ${because} (rule ${rule}).`);
    },

    async authorizeRequestChange({ person, what, ...input }) {
      const { state } = input;
      const { allowed, rule, because } = mayDecide(await situationOf(deps), person, state);
      const outcome = allowed || person === state.asker ? 'allowed' : 'refused';
      const action = `${AREAS[state.kind]}.${what}`;
      await recordRequest(deps, input, { action, actor: person, outcome, detail: { rule, because } });
      if (outcome === 'refused') throw forbidden(`You may not do that: ${because} (rule ${rule}).`);
    },

    async settleRequest(input) {
      const { kind, phase, approval, trouble, steps } = input.state;
      const left = steps.filter(({ state }) => state !== 'done').map(({ system }) => system);
      await recordRequest(deps, input, {
        action: `${AREAS[kind]}.end`,
        actor: 'purser',
        outcome: phase === 'done' ? 'done' : 'failed',
        detail: {
          approved: approval?.decision?.outcome ?? 'not needed',
          by: approval?.decision?.by.join(', ') ?? '',
          because: trouble?.reason ?? '',
          left: left.join(', '),
        },
      });
    },
  };
}
