import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson, findTeam } from '../src/domain/people.ts';
import type { TeamChangeState } from '../src/domain/people-requests.ts';
import { activeLeads, decidersOf, obstacleTo, stepsOf } from '../src/domain/team-changes.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { Asked } from './index.ts';
import type { Admission } from './people-requests.ts';
import { may, mayDecide, ownSystem, recordRequest, type Situation, situationOf } from './request-rules.ts';

export interface TeamLookups {
  /**
   * Whether it can be done now, on the word of whoever asked or of whoever approved it. Fails with `WrongState` or
   * `Forbidden` where nobody's word would do.
   */
  admitTeamChange(input: Asked & { state: TeamChangeState; approvedBy?: string }): Promise<Admission>;
  /** Fails with `WrongState` where somebody else was faster. */
  createTeam(input: Asked & { state: TeamChangeState }): Promise<void>;
  /** Fails with `WrongState` where the team has no lead any more. */
  requireLead(input: { state: TeamChangeState }): Promise<void>;
}

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'systems' | 'teams'>;

export function createTeamLookups(deps: Deps): TeamLookups {
  return {
    async admitTeamChange({ approvedBy, ...input }) {
      const { state } = input;
      const action = `team.${state.change}`;
      const situation = await situationOf(deps);
      const { directory, policy } = situation;
      const obstacle = obstacleTo(directory, state) ?? strangerAsking(situation, state);
      if (obstacle !== undefined) {
        const { reason, next } = obstacle;
        const detail = { because: reason };
        await recordRequest(deps, input, { action, actor: state.asker, outcome: 'refused', detail });
        throw refused(FAILURE.wrongState, reason, next);
      }
      const steps = stepsOf(directory, state, (await ownSystem(deps)).name);
      const by = approvedBy ?? state.asker;
      const { allowed, rule, because } = mayDecide(situation, by, state);
      if (allowed || approvedBy !== undefined) {
        const outcome = allowed ? 'allowed' : 'refused';
        await recordRequest(deps, input, { action, actor: by, outcome, detail: { rule, because } });
      }
      if (allowed) return { steps };
      const approvers = decidersOf(policy, directory, state).map(({ id }) => id);
      if (approvers.length === 0) {
        throw forbidden(`You may not do that, and there is nobody who may: ${because} (rule ${rule}).`);
      }
      return { steps, approval: { approvers, because: whoDecides(directory, state) } };
    },

    async createTeam(input) {
      const { team: id, title, asker, requestId } = input.state;
      const event = { action: 'team.create', actor: asker, outcome: 'intended' as const, detail: { title } };
      await recordRequest(deps, input, event);
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
  };
}

/** Whoever asked may have left meanwhile, or may ask no more. */
function strangerAsking(situation: Situation, { asker }: TeamChangeState) {
  if (may(situation, asker, 'team.ask').allowed) return undefined;
  const name = findPerson(situation.directory, asker)?.name ?? asker;
  return {
    reason: `${name}, who asked for it, may not ask for that any more.`,
    next: 'Somebody who may can ask again.',
  };
}

function whoDecides(directory: DirectorySnapshot, { change, team }: TeamChangeState): string {
  if (change === 'create') return 'an administrator decides what teams there are';
  return `a lead of team ${findTeam(directory, team)?.title ?? team} decides who is in it`;
}
