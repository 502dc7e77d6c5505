import type { ApplicationFailure } from '@temporalio/activity';
import { FAILURE } from '../../src/domain/errors.ts';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import { insidersOf, isPerson, leadOf } from '../../src/domain/incident-people.ts';
import { PERMISSION_OF, resourceOf } from '../../src/domain/incident-permissions.ts';
import type { IncidentRow, IncidentState } from '../../src/domain/incidents.ts';
import { personOnCall, resolvePageTargets } from '../../src/domain/on-call.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import { askPolicy, type PolicyAnswer } from '../../src/domain/policy.ts';
import type { ActivityDeps } from '../deps.ts';
import { forbidden, refused } from '../failures.ts';
import { alertSummary } from './alert-summary.ts';
import type { IncidentLookups } from './contract.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'incidents' | 'incidentConfig' | 'now'>;
type Doubt = Awaited<ReturnType<IncidentLookups['checkHolders']>>[number];

/** Enough to say what alerts have in common; a storm may have more of them. */
const ALERTS_READ = 1_000;

const ALLOWED: PolicyAnswer = { allowed: true, rule: 'own-promise', because: 'it was promised earlier' };
const UNKNOWN: PolicyAnswer = {
  allowed: false,
  rule: 'default-deny',
  because: 'the directory does not know this person',
};
const NOT_INSIDE: PolicyAnswer = {
  allowed: false,
  rule: 'private-incident',
  because: 'only those who are in a private incident may do anything to it',
};

/** Who may, who is meant and what is known: asked of the directory, the rules and the store of now. */
export function createIncidentLookups(deps: Deps): IncidentLookups {
  const { audit, incidents } = deps;

  async function ask(state: IncidentState, person: string, act: IncidentAct): Promise<PolicyAnswer> {
    if (!isPerson(person)) return ALLOWED;
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    const known = findPerson(directory, person);
    if (known === undefined) return UNKNOWN;
    const answer = askPolicy(policy, directory, {
      person: known,
      permission: PERMISSION_OF[act.kind],
      resource: resourceOf(state),
    });
    if (
      !answer.allowed ||
      askPolicy(policy, directory, { person: known, permission: 'incident.private' }).allowed
    )
      return answer;
    return state.private && !insidersOf(state).includes(person) ? NOT_INSIDE : answer;
  }

  /** Whether the other incident of an act that touches two is there for the person: private ones are for insiders. */
  async function finds(row: IncidentRow | undefined, person: string): Promise<boolean> {
    if (row === undefined || !row.private || row.members.includes(person)) return row !== undefined;
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    const known = findPerson(directory, person);
    return (
      known !== undefined &&
      askPolicy(policy, directory, { person: known, permission: 'incident.private' }).allowed
    );
  }

  /** What of the other incident stands in the way of an act that touches two. */
  async function obstacle(state: IncidentState, person: string, act: IncidentAct) {
    const number = otherOf(state, act);
    if (number === undefined) return undefined;
    const other = await incidents.get(number);
    if (act.kind === 'unmerge') return other?.mergedInto === undefined ? undefined : wentOn(state, other);
    if (other === undefined || !(await finds(other, person))) return noOther(number);
    return act.kind === 'link' && other.private && !state.private ? wouldTell(state, other) : undefined;
  }

  return {
    async authorizeIncidentAct({ state, key, person, act }) {
      const { allowed, rule, because } = await ask(state, person, act);
      const inTheWay = allowed ? await obstacle(state, person, act) : undefined;
      const outcome = allowed && inTheWay === undefined ? 'allowed' : 'refused';
      await audit.append({
        key: `${state.requestId}:${key}:${outcome}`,
        action: `incident.${act.kind}`,
        actor: person,
        subject: incidentWorkflowId(state.number),
        outcome,
        detail: { requestId: state.requestId, rule, because: inTheWay?.because ?? because },
      });
      if (!allowed) throw forbidden(`You may not do that: ${because} (rule ${rule}).`);
      if (inTheWay !== undefined) throw inTheWay.failure;
    },

    async recordIncident({ state, entries }) {
      await incidents.record({ ...rowOf(state), revision: state.revision, rooms: state.rooms }, entries);
    },

    async resolveTargets({ state, targets }) {
      const [config, directory] = await Promise.all([deps.incidentConfig(), deps.directory.snapshot()]);
      if (config === undefined) return { people: [], gaps: ['manifests/incidents.yaml is gone'] };
      const found = resolvePageTargets(targets, { config, directory, at: deps.now() });
      return state.drill ? onlyVolunteers(state, directory, found) : found;
    },

    async readAlerts({ state }) {
      return alertSummary(await incidents.alertsOf(state.number, ALERTS_READ));
    },

    async closeAlerts({ state }) {
      await incidents.closeGroups(state.number, state.links.mergedInto);
    },

    async checkHolders({ state }) {
      const [config, directory] = await Promise.all([deps.incidentConfig(), deps.directory.snapshot()]);
      const wasOnCall = (person: string, at: Date) =>
        config?.schedules.some((schedule) => personOnCall(schedule, at) === person) ?? false;
      return state.roles.flatMap(({ role, person, since }): Doubt[] => {
        if (person === undefined) return [];
        const known = findPerson(directory, person);
        if (!known?.active) return [{ role, person, why: 'left' }];
        if (known.accounts.length === 0) return [{ role, person, why: 'unlinked' }];
        const tookOnShift = since !== undefined && wasOnCall(person, new Date(since));
        return tookOnShift && !wasOnCall(person, deps.now()) ? [{ role, person, why: 'off-shift' }] : [];
      });
    },
  };
}

function otherOf({ links }: IncidentState, act: IncidentAct): number | undefined {
  if (act.kind === 'link') return act.to;
  if (act.kind === 'unmerge') return links.mergedInto;
  return act.kind === 'merge' ? act.into : undefined;
}

interface Obstacle {
  /** For the audit log. */
  because: string;
  failure: ApplicationFailure;
}

function noOther(number: number): Obstacle {
  return {
    because: 'the other incident is not there',
    failure: refused(
      FAILURE.wrongState,
      `There is no incident #${number}.`,
      'Look up its number with /incident list.',
    ),
  };
}

/** What is seen in a public one is seen by all. */
function wouldTell({ number }: IncidentState, { number: secret }: IncidentRow): Obstacle {
  return {
    because: 'the other incident is private',
    failure: refused(
      FAILURE.wrongState,
      `#${secret} is private, and here everybody would read of it. Link them from there: /incident ${secret} link ${number}.`,
      'Nothing is said of it here then.',
    ),
  };
}

/** What came from this one is further on by now, and comes back the way it went. */
function wentOn({ number }: IncidentState, { number: other, mergedInto }: IncidentRow): Obstacle {
  return {
    because: 'the other incident was merged onward',
    failure: refused(
      FAILURE.wrongState,
      `#${other} has been merged into #${mergedInto} since, and with it what came from #${number}. Undo that first: /incident unmerge ${other}.`,
      'Then undo this one.',
    ),
  };
}

/** A drill never wakes anybody who has not asked for it. */
function onlyVolunteers(
  { rules }: IncidentState,
  directory: DirectorySnapshot,
  { people, gaps }: { people: string[]; gaps: string[] },
): { people: string[]; gaps: string[] } {
  const others = people.filter((id) => !rules.drillPeople.includes(id));
  return {
    people: people.filter((id) => rules.drillPeople.includes(id)),
    gaps: [
      ...gaps,
      ...others.map((id) => `${findPerson(directory, id)?.name ?? id} is not on the list for drills`),
    ],
  };
}

function rowOf(state: IncidentState): IncidentRow {
  return {
    number: state.number,
    title: state.title,
    severity: state.severity,
    service: state.service,
    status: state.status,
    private: state.private,
    drill: state.drill,
    cancelled: state.cancelled !== undefined,
    declaredBy: state.declaredBy,
    lead: leadOf(state),
    parent: state.links.parent,
    mergedInto: state.links.mergedInto,
    members: insidersOf(state),
    times: state.times,
    updates: { kept: state.update.kept, missed: state.update.missed },
    pages: state.escalations.flatMap(({ pages }) =>
      pages.filter(({ reached }) => reached).map(({ person, at }) => ({ person, at })),
    ),
    openFollowUps: state.tasks
      .filter(({ followUp, doneAt }) => followUp && doneAt === undefined)
      .map(({ id, text, owner, dueAt }) => ({ id, text, owner, dueAt })),
  };
}
