import { welcomeView } from '../src/domain/arrival-views.ts';
import { arrivalSteps, problemsOf } from '../src/domain/arrivals.ts';
import { FAILURE } from '../src/domain/errors.ts';
import { findPerson } from '../src/domain/people.ts';
import type { ArrivalState, HoldingStep } from '../src/domain/people-requests.ts';
import { findRole } from '../src/domain/role-templates.ts';
import { deliverAll } from './deliveries.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { Asked } from './index.ts';
import type { Admission } from './people-requests.ts';
import { createReach, ONCE } from './reach.ts';
import { may, mayDecide, ownSystem, recordRequest, type Situation, situationOf } from './request-rules.ts';

export interface ArrivalLookups {
  /**
   * Whether somebody may come, and with what, on the word of whoever asked or of whoever approved it: they have to approve
   * again what is not what they approved. Fails with `WrongState` or `Forbidden` where nobody's word would do.
   */
  admitArrival(input: Asked & { state: ArrivalState; approvedBy?: string }): Promise<Admission>;
}

/** On `QUEUES.chat`. */
export interface Newcomers {
  /** Said once, to the account they are reached by; `false` while there is none. */
  welcomeNewcomer(input: { state: ArrivalState }): Promise<boolean>;
}

type LookupDeps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'systems' | 'roleTemplates'>;

export function createArrivalLookups(deps: LookupDeps): ArrivalLookups {
  return {
    async admitArrival({ approvedBy, ...input }) {
      const { state } = input;
      const [situation, templates] = await Promise.all([situationOf(deps), deps.roleTemplates()]);
      const { directory } = situation;
      const template = findRole(templates, state.role.name);
      const [problem] = Object.values(problemsOf(directory, templates, state));
      if (problem !== undefined || template === undefined) {
        const reason = problem ?? 'There is no such role any more.';
        const detail = { because: reason };
        const action = 'arrival.admit';
        await recordRequest(deps, input, { action, actor: state.asker, outcome: 'refused', detail });
        throw refused(FAILURE.wrongState, reason, 'Ask again with /user onboard.');
      }
      const steps = arrivalSteps(directory, template, state.team, (await ownSystem(deps)).name);
      const asking = may(situation, state.asker, 'user.onboard', { owner: '', team: state.team });
      if (!asking.allowed) {
        throw forbidden(
          `Whoever asked may not say any more who comes to that team: ${asking.because} (rule ${asking.rule}).`,
        );
      }
      const by = approvedBy ?? state.asker;
      const { allowed, rule, because } = mayDecide(situation, by, state);
      const isAgreed = allowed && (approvedBy === undefined || sameThings(state.steps, steps));
      if (isAgreed || approvedBy !== undefined) {
        const outcome = isAgreed ? 'allowed' : 'refused';
        const detail = {
          rule,
          because: allowed && !isAgreed ? 'what they get is not what was approved' : because,
        };
        await recordRequest(deps, input, { action: 'arrival.admit', actor: by, outcome, detail });
      }
      if (isAgreed) return { steps };
      const approvers = approversOf(situation, state);
      if (approvers.length === 0) throw forbidden('There is nobody who could approve it.');
      return { steps, approval: { approvers, because: 'the manager or an administrator decides who comes' } };
    },
  };
}

function approversOf(situation: Situation, state: ArrivalState): string[] {
  return situation.directory.people
    .map(({ id }) => id)
    .filter((id) => id !== state.asker && mayDecide(situation, id, state).allowed);
}

function sameThings(one: HoldingStep[], other: HoldingStep[]): boolean {
  const things = (steps: HoldingStep[]) =>
    JSON.stringify(
      steps.map(({ system, holding }) => JSON.stringify([system, Object.entries(holding)])).sort(),
    );
  return things(one) === things(other);
}

type ChatDeps = Pick<
  ActivityDeps,
  'directory' | 'policy' | 'approvalChannels' | 'copies' | 'chat' | 'roleTemplates'
>;

export function createNewcomers(deps: ChatDeps): Newcomers {
  const { directly } = createReach(deps);
  return {
    async welcomeNewcomer({ state }) {
      const [directory, templates] = await Promise.all([deps.directory.snapshot(), deps.roleTemplates()]);
      const accounts = findPerson(directory, state.person)?.accounts ?? [];
      if (deps.chat.reachable(accounts).length === 0) return false;
      const view = welcomeView(state, directory, findRole(templates, state.role.name));
      await deliverAll(directly(`${state.requestId}:welcome`, [state.person], directory, { ...ONCE, view }));
      return true;
    },
  };
}
