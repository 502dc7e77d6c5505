import type { ApproverSelector } from '../src/domain/approvals.ts';
import { eligibleApprovers } from '../src/domain/approvers.ts';
import { FAILURE } from '../src/domain/errors.ts';
import { type DirectorySnapshot, findPerson, findTeam, isActive } from '../src/domain/people.ts';
import { askPolicy, type Permission, type PolicyAnswer } from '../src/domain/policy.ts';
import { type FullLimit, fullInWords } from '../src/domain/quota.ts';
import { accountKey, linkIdOf } from '../src/domain/refs.ts';
import { attemptsKey, auditEnvironment, endDetail, signInDetail } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { forbidden, refused } from './failures.ts';
import type { Asked, EnvironmentContext, LookupActivities } from './index.ts';
import type { QuotaActivities } from './quota.ts';

const APPROVAL_LASTS_MS = 24 * 3_600_000;

type Deps = Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'places' | 'links'>;

/** Who may, and what there is room for: asked of the directory and the rules of now, and audited either way. */
export function createLookups(deps: Deps): Omit<LookupActivities, keyof QuotaActivities> {
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

  async function askAbout(context: EnvironmentContext & Asked, person: string, permission: Permission) {
    const { requester, team } = context.state;
    const answer = await ask(person, permission, { owner: requester, team });
    const { allowed, rule, because } = answer;
    await auditEnvironment(audit, context, {
      action: permission.replace('env.', 'environment.'),
      actor: person,
      outcome: allowed ? 'allowed' : 'refused',
      detail: { rule, because },
    });
    return answer;
  }

  async function authorize(
    context: EnvironmentContext & Asked,
    person: string,
    permission: Permission,
  ): Promise<void> {
    const { allowed, rule, because } = await askAbout(context, person, permission);
    if (!allowed) throw forbidden(`You may not do that: ${because} (rule ${rule}).`);
  }

  async function stillEligible(
    context: EnvironmentContext & Asked,
    by: ApproverSelector,
    people: string[],
  ): Promise<string[]> {
    const directory = await deps.directory.snapshot();
    const eligible = new Set(eligibleApprovers(directory, by, context.state.requester).map(({ id }) => id));
    for (const person of people.filter((id) => !eligible.has(id))) {
      await auditEnvironment(audit, context, {
        action: 'environment.vote-void',
        actor: person,
        outcome: 'refused',
        detail: { because: 'no longer among those who may approve' },
      });
    }
    return people.filter((id) => eligible.has(id));
  }

  async function requireApproval(context: EnvironmentContext & Asked, by: ApproverSelector): Promise<void> {
    const { decision, needed } = context.state.approval;
    if (decision === undefined || Date.now() - Date.parse(decision.at) > APPROVAL_LASTS_MS) {
      await auditEnvironment(audit, context, {
        action: 'environment.approval-lapsed',
        actor: 'purser',
        outcome: 'refused',
        detail: { approvedAt: decision?.at ?? '' },
      });
      throw noLonger(context, 'It was approved more than 24 hours ago, and an approval lasts no longer.');
    }
    const eligible = await stillEligible(context, by, decision.by);
    if (eligible.length >= needed) return;
    const directory = await deps.directory.snapshot();
    const gone = decision.by.filter((id) => !eligible.includes(id));
    const names = gone.map((id) => findPerson(directory, id)?.name ?? id).join(' and ');
    throw noLonger(context, `It was approved by ${names}, who may no longer approve it.`);
  }

  return {
    async admit(input) {
      const { state, quota, by } = input;
      await authorize(input, state.requester, 'env.create');
      const { environmentsPerPerson: inAll } = (await deps.policy()).limits;
      const full = await places.claim({
        holder: state.requestId,
        template: state.template.name,
        owner: state.requester,
        team: state.team,
        limits: { ...quota, inAll },
      });
      if (full !== undefined) {
        await auditEnvironment(audit, input, {
          action: 'environment.admit',
          actor: 'purser',
          outcome: 'refused',
          detail: { limit: full.limit, taken: `${full.taken}`, allowed: `${full.allowed}` },
        });
        throw noPlace(input, full, await deps.directory.snapshot());
      }
      if (by === undefined) return { approvers: [] };
      const approvers = eligibleApprovers(await deps.directory.snapshot(), by, state.requester);
      return { approvers: approvers.map(({ id }) => id) };
    },

    async authorizeDecision(input) {
      const { state, by, person, account, decision, reason, signedIn } = input;
      const refusal = refusalOfDecision(await deps.directory.snapshot(), {
        by,
        person,
        requester: state.requester,
        unproven: input.signIn === true && decision === 'approve' && signedIn?.person !== person,
      });
      await auditEnvironment(audit, input, {
        action: `environment.${decision}`,
        actor: person,
        outcome: refusal === undefined ? 'allowed' : 'refused',
        detail: {
          because: refusal?.message ?? state.approval.because,
          account: accountKey(account),
          ...(reason === undefined ? {} : { reason }),
          ...signInDetail(signedIn),
        },
      });
      if (refusal !== undefined) throw refusal;
    },

    async eligibleApprovers(input) {
      return await stillEligible(input, input.by, input.people);
    },

    async authorizeProvisioning(input) {
      const { requester } = input.state;
      const { allowed, rule, because, directory } = await askAbout(input, requester, 'env.create');
      if (!allowed) {
        const name = findPerson(directory, requester)?.name ?? requester;
        throw noLonger(input, `${name} may no longer have it: ${because} (rule ${rule}).`);
      }
      if (input.by !== undefined) await requireApproval(input, input.by);
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
        detail: { ...endDetail(state), leftovers: state.leftovers.join('; ') },
      });
      await places.release(state.requestId);
    },

    async recordLink({ link, decision, question }) {
      const { directory, ...policy } = await ask(decision.by, 'link.decide');
      const proof = decision.signedIn?.person === decision.person ? decision.signedIn : undefined;
      const { allowed, rule, because } = proof === undefined ? policy : BY_SIGN_IN;
      const unknown = decision.person !== undefined && !isActive(directory, decision.person);
      await audit.append({
        key: attemptsKey('link', question),
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
          ...signInDetail(proof),
        },
      });
      if (!allowed) throw forbidden(`You may not link accounts: ${because} (rule ${rule}).`);
      if (unknown)
        throw refused(FAILURE.wrongState, 'The directory has no such person.', 'Choose another person.');
      if (decision.person === undefined) return;
      const { account, requestId } = link;
      const given = { requestId, account, person: decision.person, decidedBy: decision.by };
      const linkedTo = await links.link(given);
      // An earlier answer was recorded, and nobody heard of it.
      if (linkedTo !== decision.person) {
        throw refused(
          FAILURE.alreadyDecided,
          `It was linked to ${linkedTo} already.`,
          'Choose them to close the request.',
        );
      }
    },
  };
}

/** Why this person may not decide on what `requester` asked for. */
export function refusalOfDecision(
  directory: DirectorySnapshot,
  {
    by,
    person,
    requester,
    unproven,
  }: { by: ApproverSelector; person: string; requester: string; unproven?: boolean },
) {
  if (person === requester) {
    return refused(
      FAILURE.selfDecision,
      'This is your own request, so somebody else has to decide it.',
      'Wait for one of the people named on the card.',
    );
  }
  const eligible = eligibleApprovers(directory, by, requester).some(({ id }) => id === person);
  if (!eligible) return forbidden('You are not among those who may decide this; the card names them.');
  if (unproven !== true) return undefined;
  return refused(
    FAILURE.signInNeeded,
    'Whoever approves this signs in for it.',
    'Press Approve, and sign in where it says.',
  );
}

/** Whoever has proven to be somebody needs nobody to say so. */
const BY_SIGN_IN = { allowed: true, rule: 'sign-in', because: 'whoever signs in is known' };

function noLonger({ state }: EnvironmentContext, reason: string) {
  const next =
    state.phase === 'failed'
      ? 'Roll it back. Somebody who may have it can then ask again with /env create.'
      : 'Somebody who may have it can ask again with /env create.';
  return refused(FAILURE.forbidden, reason, next);
}

function noPlace({ state }: EnvironmentContext, full: FullLimit, directory: DirectorySnapshot) {
  const owner = findPerson(directory, state.requester)?.name ?? state.requester;
  const team = findTeam(directory, state.team)?.title ?? state.team;
  return refused(
    FAILURE.noPlace,
    fullInWords(full, { owner, template: state.template.name, team }),
    'Delete one that is no longer needed (/env list shows them), or ask for more; then ask again.',
    { limit: full.limit },
  );
}
