import type { ApproverSelector } from '../src/domain/approvals.ts';
import { eligibleApprovers } from '../src/domain/approvers.ts';
import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson } from '../src/domain/people.ts';
import { askPolicy, type Permission, type PolicyAnswer } from '../src/domain/policy.ts';
import { accountKey, linkIdOf } from '../src/domain/refs.ts';
import { attemptsKey, auditEnvironment } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { EnvironmentContext, LookupActivities } from './index.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'places' | 'links'>;

/** Who may, and what there is room for: asked of the directory and the rules of now, and audited either way. */
export function createLookups(deps: Deps): LookupActivities {
  const { audit, places, links } = deps;

  async function ask(
    person: string,
    permission: Permission,
    resource?: { owner: string; team: string },
  ): Promise<PolicyAnswer & { directory: DirectorySnapshot }> {
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    const known = findPerson(directory, person);
    const answer =
      known === undefined
        ? { allowed: false, rule: 'default-deny', because: 'the directory does not know this person' }
        : askPolicy(policy, directory, { person: known, permission, resource });
    return { ...answer, directory };
  }

  async function authorize(
    context: EnvironmentContext,
    person: string,
    permission: Permission,
  ): Promise<void> {
    const { requester, team } = context.state;
    const { allowed, rule, because } = await ask(person, permission, { owner: requester, team });
    await auditEnvironment(audit, context, {
      action: permission.replace('env.', 'environment.'),
      actor: person,
      outcome: allowed ? 'allowed' : 'refused',
      detail: { rule, because },
    });
    if (!allowed) throw forbidden(`You may not do that: ${because} (rule ${rule}).`);
  }

  return {
    async admit(input) {
      const { state, quota, by } = input;
      await authorize(input, state.requester, 'env.create');
      const admitted = await places.claim({
        holder: state.requestId,
        template: state.template.name,
        owner: state.requester,
        team: state.team,
        limits: quota,
      });
      if (!admitted) {
        await auditEnvironment(audit, input, {
          action: 'environment.admit',
          actor: 'purser',
          outcome: 'refused',
          detail: { perOwner: `${quota.perOwner}`, perTeam: `${quota.perTeam}` },
        });
        throw noPlace(input, quota);
      }
      if (by === undefined) return { approvers: [] };
      const approvers = eligibleApprovers(await deps.directory.snapshot(), by, state.requester);
      return { approvers: approvers.map(({ id }) => id) };
    },

    async authorizeDecision(input) {
      const { state, by, person, decision } = input;
      const refusal = refusalOfDecision(await deps.directory.snapshot(), {
        by,
        person,
        requester: state.requester,
      });
      await auditEnvironment(audit, input, {
        action: `environment.${decision}`,
        actor: person,
        outcome: refusal === undefined ? 'allowed' : 'refused',
        detail: { because: refusal?.message ?? state.approval.because },
      });
      if (refusal !== undefined) throw refusal;
    },

    async eligibleApprovers(input) {
      const { state, by, people } = input;
      const eligible = new Set(
        eligibleApprovers(await deps.directory.snapshot(), by, state.requester).map(({ id }) => id),
      );
      for (const person of people.filter((id) => !eligible.has(id))) {
        await auditEnvironment(audit, input, {
          action: 'environment.vote-void',
          actor: person,
          outcome: 'refused',
          detail: { because: 'no longer among those who may approve' },
        });
      }
      return people.filter((id) => eligible.has(id));
    },

    async authorizeChange(input) {
      await authorize(input, input.person, input.permission);
    },

    async settle(input) {
      const { state } = input;
      await auditEnvironment(audit, input, {
        action: 'environment.end',
        actor: state.deletedBy ?? 'purser',
        outcome: 'done',
        detail: { end: state.end ?? 'unknown', leftovers: state.leftovers.join('; ') },
      });
      await places.release(state.requestId);
    },

    async recordLink({ link, decision }) {
      const { allowed, rule, because, directory } = await ask(decision.by, 'link.decide');
      const unknown = decision.person !== undefined && !isActive(directory, decision.person);
      await audit.append({
        key: attemptsKey('link'),
        action: decision.person === undefined ? 'account.link-deny' : 'account.link',
        actor: decision.by,
        subject: linkIdOf(link.account),
        outcome: allowed && !unknown ? 'allowed' : 'refused',
        detail: {
          requestId: link.requestId,
          account: accountKey(link.account),
          person: decision.person ?? '',
          from: accountKey(decision.byAccount),
          rule,
          reason: decision.reason ?? '',
        },
      });
      if (!allowed) throw forbidden(`You may not link accounts: ${because} (rule ${rule}).`);
      if (unknown)
        throw refused(FAILURE.wrongState, 'The directory has no such person.', 'Choose another person.');
      if (decision.person !== undefined) await links.link(link.account, decision.person, decision.by);
    },
  };
}

function refusalOfDecision(
  directory: DirectorySnapshot,
  { by, person, requester }: { by: ApproverSelector; person: string; requester: string },
) {
  if (person === requester) {
    return refused(
      FAILURE.selfDecision,
      'This is your own request, so somebody else has to decide it.',
      'Wait for one of the people named on the card.',
    );
  }
  const eligible = eligibleApprovers(directory, by, requester).some(({ id }) => id === person);
  return eligible
    ? undefined
    : forbidden('You are not among those who may decide this; the card names them.');
}

function noPlace({ state }: EnvironmentContext, quota: { perOwner: number; perTeam: number }) {
  return refused(
    FAILURE.noPlace,
    `There is no place left: of “${state.template.title}” one person may have ${quota.perOwner} and a team ${quota.perTeam} at a time.`,
    'Delete one that is no longer needed (/env list shows them), then ask again.',
  );
}

function isActive(directory: DirectorySnapshot, person: string): boolean {
  return findPerson(directory, person)?.active ?? false;
}
