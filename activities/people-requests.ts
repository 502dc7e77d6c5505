import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson, findTeam, type Person } from '../src/domain/people.ts';
import type {
  HoldingStep,
  RequestApproval,
  RequestDecision,
  TeamChangeState,
} from '../src/domain/people-requests.ts';
import { askPolicy, type Policy, type PolicyAnswer } from '../src/domain/policy.ts';
import type { AuditEvent } from '../src/domain/ports.ts';
import { accountKey } from '../src/domain/refs.ts';
import type { SystemConnector } from '../src/domain/systems.ts';
import { activeLeads, decidersOf, obstacleTo, permissionFor, stepsOf } from '../src/domain/team-changes.ts';
import { attemptsKey } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { Asked } from './index.ts';

/** What a change of a team needs: somebody's approval, or nothing more than that its steps are done. */
export type TeamChangeAdmission =
  | { approval: Pick<RequestApproval, 'approvers' | 'because'> }
  | { steps: HoldingStep[] };

/** In the worker of `QUEUES.main`. Asked of the directory and the rules of now, and audited either way. */
export interface PeopleRequestLookups {
  /**
   * Whether it can be done now, on the word of whoever asked or of whoever approved it. Fails with `WrongState` or
   * `Forbidden` where nobody's word would do.
   */
  admitTeamChange(
    input: Asked & { state: TeamChangeState; approvedBy?: string },
  ): Promise<TeamChangeAdmission>;
  /** Fails with `SelfDecision` or `Forbidden` when the person may not decide it, as of now. */
  authorizeRequestDecision(
    input: Asked & { state: TeamChangeState; decision: RequestDecision },
  ): Promise<void>;
  /** Fails with `WrongState` where somebody else was faster. */
  createTeam(input: Asked & { state: TeamChangeState }): Promise<void>;
  /** Fails with `WrongState` where the team has no lead any more. */
  requireLead(input: { state: TeamChangeState }): Promise<void>;
  /** Audits how it ended. */
  settleRequest(input: Asked & { state: TeamChangeState }): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'systems' | 'teams'>;
type Situation = { directory: DirectorySnapshot; policy: Policy };

export function createPeopleRequestLookups(deps: Deps): PeopleRequestLookups {
  const { audit } = deps;

  async function situation(): Promise<Situation> {
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    return { directory, policy };
  }

  async function record(
    { state, question }: Asked & { state: TeamChangeState },
    event: Pick<AuditEvent, 'action' | 'actor' | 'outcome' | 'detail'>,
  ): Promise<void> {
    const { id, requestId, team, person } = state;
    await audit.append({
      key: attemptsKey(`${event.action}:${event.actor}:${event.outcome}`, question),
      subject: id,
      ...event,
      detail: { requestId, team, person, ...event.detail },
    });
  }

  async function ownSystem(): Promise<SystemConnector> {
    const own = (await deps.systems()).find((system) => system.own);
    if (own !== undefined) return own;
    throw refused(
      FAILURE.wrongState,
      'Purser’s own directory cannot be changed from chat here.',
      'Have the platform team add a system of kind “file” to manifests/systems.yaml.',
    );
  }

  return {
    async admitTeamChange({ approvedBy, ...input }) {
      const { state } = input;
      const action = `team.${state.change}`;
      const { directory, policy } = await situation();
      const obstacle = obstacleTo(directory, state) ?? strangerAmong(directory, policy, state);
      if (obstacle !== undefined) {
        const { reason, next } = obstacle;
        await record(input, { action, actor: state.asker, outcome: 'refused', detail: { because: reason } });
        throw refused(FAILURE.wrongState, reason, next);
      }
      const steps = stepsOf(directory, state, (await ownSystem()).name);
      const by = approvedBy ?? state.asker;
      const answer = ask({ directory, policy }, by, state);
      const { allowed, rule, because } = answer;
      if (allowed || approvedBy !== undefined) {
        const outcome = allowed ? 'allowed' : 'refused';
        await record(input, { action, actor: by, outcome, detail: { rule, because } });
      }
      if (allowed) return { steps };
      const approvers = decidersOf(policy, directory, state).map(({ id }) => id);
      if (approvers.length === 0) {
        throw forbidden(`You may not do that, and there is nobody who may: ${because} (rule ${rule}).`);
      }
      return { approval: { approvers, because: whoDecides(directory, state) } };
    },

    async authorizeRequestDecision({ decision, ...input }) {
      const { state } = input;
      const { person, account, reason } = decision;
      const answer = ask(await situation(), person, state);
      const own = person === state.asker;
      await record(input, {
        action: `team.${decision.decision}`,
        actor: person,
        outcome: answer.allowed && !own ? 'allowed' : 'refused',
        detail: {
          rule: answer.rule,
          because: answer.because,
          account: accountKey(account),
          ...(reason === undefined ? {} : { reason }),
        },
      });
      if (own) {
        throw refused(
          FAILURE.selfDecision,
          'This is your own request, so somebody else has to decide it.',
          'Wait for one of the people named on the card.',
        );
      }
      if (!answer.allowed)
        throw forbidden(`You may not decide this: ${answer.because} (rule ${answer.rule}).`);
    },

    async createTeam(input) {
      const { team: id, title, asker, requestId } = input.state;
      await record(input, { action: 'team.create', actor: asker, outcome: 'intended', detail: { title } });
      const { mine } = await deps.teams.create({ id, title, key: requestId });
      if (mine) return;
      throw refused(FAILURE.wrongState, `There is a team “${id}” already.`, 'Choose another name.');
    },

    async requireLead({ state: { team: id, title } }) {
      const directory = await deps.directory.snapshot();
      if (activeLeads(directory, findTeam(directory, id)?.leads ?? []).length > 0) return;
      throw refused(
        FAILURE.wrongState,
        `Team ${title} would have no lead left: somebody else was taken out at the same moment.`,
        `Make somebody else lead it first: /team lead ${id} @PERSON.`,
      );
    },

    async settleRequest(input) {
      const { phase, approval, trouble, steps } = input.state;
      const left = steps.filter(({ state }) => state !== 'done').map(({ system }) => system);
      await record(input, {
        action: 'team.end',
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

function ask({ directory, policy }: Situation, id: string, state: TeamChangeState): PolicyAnswer {
  const person = findPerson(directory, id);
  if (person === undefined) {
    return { allowed: false, rule: 'default-deny', because: 'the directory does not know this person' };
  }
  const resource = { owner: state.person, team: state.team };
  return askPolicy(policy, directory, { person, permission: permissionFor(state), resource });
}

/** Whoever asked may have left meanwhile, or may ask no more. */
function strangerAmong(directory: DirectorySnapshot, policy: Policy, { asker }: TeamChangeState) {
  const person: Person | undefined = findPerson(directory, asker);
  if (person !== undefined && askPolicy(policy, directory, { person, permission: 'team.ask' }).allowed) {
    return undefined;
  }
  return {
    reason: `${person?.name ?? asker}, who asked for it, may not ask for that any more.`,
    next: 'Somebody who may can ask again.',
  };
}

function whoDecides(directory: DirectorySnapshot, { change, team }: TeamChangeState): string {
  if (change === 'create') return 'an administrator decides what teams there are';
  return `a lead of team ${findTeam(directory, team)?.title ?? team} decides who is in it`;
}
