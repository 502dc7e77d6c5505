import type { GrantState, StageState } from '../../src/domain/access.ts';
import { answersFor, deadEnd, isFor, outlookOf } from '../../src/domain/access-rules.ts';
import {
  askedNow,
  blankStages,
  countedBefore,
  everyApprover,
  givesAll,
  isApproved,
  isNeededLater,
  isOwnRequest,
  isProven,
  mayVote,
  underOtherRules,
  withoutVoid,
} from '../../src/domain/access-stages.ts';
import { formatDuration } from '../../src/domain/durations.ts';
import type { Entitlement, PublishedEntitlement } from '../../src/domain/entitlements.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { grantWorkflowId } from '../../src/domain/ids.ts';
import { findPerson } from '../../src/domain/people.ts';
import { askAboutPerson, type Permission } from '../../src/domain/policy.ts';
import { accountKey } from '../../src/domain/refs.ts';
import { attemptsKey, signInDetail } from '../audit.ts';
import { forbidden, refused } from '../failures.ts';
import type { GrantContext, GrantLookups, Rival } from './contract.ts';
import { askerOf, type GrantDeps, lookAround, type Surroundings } from './surroundings.ts';

type Decisions = Omit<
  GrantLookups,
  'armGrant' | 'holdGrant' | 'releaseHolding' | 'noteRevoked' | 'settleGrant'
>;

/** Who may, and what is in the way: asked of the directory and the rules of now, and audited either way. */
export function createGrantLookups(deps: GrantDeps): Decisions {
  /** Writes down what `decide` says, and passes it on. */
  async function audited<Answer>(
    { state }: GrantContext,
    event: { action: string; actor: string; detail?: Record<string, string> },
    decide: () => Promise<Answer>,
  ): Promise<Answer> {
    const write = (outcome: 'allowed' | 'refused', because?: string) =>
      deps.audit.append({
        key: attemptsKey(`${event.action}:${outcome}`),
        action: event.action,
        actor: event.actor,
        subject: grantWorkflowId(state.beneficiary, state.id),
        outcome,
        detail: {
          entitlement: state.entitlement.id,
          digest: state.digest,
          ...event.detail,
          ...(because === undefined ? {} : { because }),
        },
      });
    try {
      const answer = await decide();
      await write('allowed');
      return answer;
    } catch (error) {
      if (isRefusal(error)) await write('refused', error.message);
      throw error;
    }
  }

  /** Fails where the person has or waits for something that excludes it. */
  async function takePlace({ state }: GrantContext, rules: Entitlement): Promise<void> {
    const rival = await deps.grants.open({
      grant: grantWorkflowId(state.beneficiary, state.id),
      person: state.beneficiary,
      entitlement: state.entitlement.id,
      notWith: rules.notWith,
    });
    if (rival === undefined) return;
    if (rival.entitlement === state.entitlement.id) {
      throw forbidden(
        'This was asked for already, and is not over yet. Extend that instead, or end it first.',
      );
    }
    throw forbidden(
      `Nobody may have this together with “${rival.entitlement}”, which was asked for and is not over yet.`,
    );
  }

  return {
    async admitGrant(context) {
      const { state, entitlement } = context;
      const detail = { beneficiary: state.beneficiary, duration: formatDuration(state.durationMs) };
      return await audited(
        context,
        { action: 'access.request', actor: state.requester, detail },
        async () => {
          const around = await lookAround(deps);
          const rules = assertPossible(around, context, state.durationMs);
          assertPolicy(around, state.requester, 'access.request', state.beneficiary);
          assertApprovable(around, context);
          await takePlace(context, rules);
          return {
            stages: blankStages(entitlement, around.question(state, entitlement)),
            rivals: rivalsOf(around, rules),
          };
        },
      );
    },

    async askStage({ state, entitlement, ref }) {
      const around = await lookAround(deps);
      const stages = stagesOf(state, ref.extension);
      const stage = stages[ref.stage];
      if (stage === undefined) throw new TypeError(`there is no stage ${ref.stage}`);
      const earlier = countedBefore(stages, ref.stage, entitlement);
      return askedNow(stage, around.question(state, entitlement, ref.extension), earlier);
    },

    async authorizeGrantVote(context) {
      const { state, entitlement, vote } = context;
      const { person, account, decision, reason, signedIn, stage: at } = vote;
      const detail = {
        account: accountKey(account),
        stage: `${at + 1}`,
        ...(vote.extension === undefined ? {} : { extension: vote.extension }),
        ...(reason === undefined ? {} : { reason }),
        ...signInDetail(signedIn),
      };
      await audited(context, { action: `access.${decision}`, actor: person, detail }, async () => {
        const around = await lookAround(deps);
        if (person === state.beneficiary || person === askerOf(state, vote.extension)) {
          throw refused(
            FAILURE.selfDecision,
            'This is about yourself, so somebody else has to decide it.',
            'Ask one of the other approvers.',
          );
        }
        const stages = stagesOf(state, vote.extension);
        if (countedBefore(stages, at, entitlement).includes(person)) {
          throw forbidden(
            'You approved an earlier step of this already, so somebody else has to approve this one.',
          );
        }
        const stage = stages[at];
        const question = around.question(state, entitlement, vote.extension);
        if (stage === undefined || !mayVote(stage, person, question)) {
          throw forbidden(
            `You are not among those who may decide this: it takes ${stage?.because ?? 'nobody'}.`,
          );
        }
        if (decision === 'approve' && isNeededLater(vote, stages, { ...entitlement, question })) {
          throw refused(
            FAILURE.forbidden,
            'A later step of this needs you, and nobody approves two of them.',
            'Let one of the others approve this one.',
          );
        }
        if (decision === 'approve' && !isProven(stage, vote)) {
          throw refused(
            FAILURE.signInNeeded,
            'Whoever approves this signs in for it.',
            'Press Approve, and sign in where it says.',
          );
        }
      });
    },

    async recheckGrant(context) {
      const { state, entitlement, extension } = context;
      const longer = state.extensions.find(({ id }) => id === extension);
      const action = extension === undefined ? 'access.recheck' : 'access.recheck-extension';
      return await audited(context, { action, actor: 'purser' }, async () => {
        const around = await lookAround(deps);
        const rules = assertPossible(around, context, state.durationMs + (longer?.extraMs ?? 0));
        const person = findPerson(around.directory, state.beneficiary);
        if (person === undefined) throw new TypeError('an active person is known');
        await takePlace(context, rules);
        const question = around.question(state, entitlement, extension);
        const before = stagesOf(state, extension);
        const valid = withoutVoid(before, question);
        await noteVoid(context, before, valid);
        if (!valid.every(isApproved)) {
          return { kind: 'ask', entitlement, digest: state.digest, stages: valid };
        }
        const { digest, ...newer } = rules;
        if (digest !== state.digest) {
          const stages = underOtherRules(newer, valid, around.question(state, newer, extension));
          if (!stages.every(isApproved)) return { kind: 'ask', entitlement: newer, digest, stages };
        }
        const { id, name, email } = person;
        return { kind: 'go', identity: { person: id, name, email }, rivals: rivalsOf(around, rules) };
      });
    },

    async admitExtension(context) {
      const { state, entitlement, extension } = context;
      const { by, extraMs, reason } = extension;
      const detail = { extension: extension.id, extra: formatDuration(extraMs), reason };
      return await audited(context, { action: 'access.extend', actor: by, detail }, async () => {
        const around = await lookAround(deps);
        assertPossible(around, context, state.durationMs + extraMs);
        assertPolicy(around, by, 'access.extend', state.beneficiary);
        const asked = { ...state, requester: by };
        assertApprovable(around, { state: asked, entitlement });
        return { stages: blankStages(entitlement, around.question(asked, entitlement)) };
      });
    },

    async authorizeGrantEnd(context) {
      const { state, entitlement, order } = context;
      const { person, reason } = order;
      const detail: Record<string, string> = reason === undefined ? {} : { reason };
      await audited(context, { action: 'access.end', actor: person, detail }, async () => {
        const around = await lookAround(deps);
        if (findPerson(around.directory, person)?.active !== true) {
          throw forbidden('The directory does not know you as somebody who is here.');
        }
        const isTheirs = isOwnRequest(state, person) || everyApprover(state).includes(person);
        if (isTheirs || answersFor(entitlement, around.directory, person)) return;
        assertPolicy(around, person, 'access.end', state.beneficiary);
      });
    },
  };

  async function noteVoid({ state }: GrantContext, before: StageState[], valid: StageState[]): Promise<void> {
    const left = new Set(valid.flatMap(({ votes }) => votes));
    for (const { person } of before.flatMap(({ votes }) => votes).filter((vote) => !left.has(vote))) {
      await deps.audit.append({
        key: attemptsKey(`access.vote-void:${person}`),
        action: 'access.vote-void',
        actor: person,
        subject: grantWorkflowId(state.beneficiary, state.id),
        outcome: 'refused',
        detail: { because: 'no longer among those who may approve' },
      });
    }
  }
}

export function stagesOf(state: GrantState, extension: string | undefined): StageState[] {
  if (extension === undefined) return state.stages;
  return state.extensions.find(({ id }) => id === extension)?.stages ?? [];
}

/** The rules as they are now. Fails where they do not let this person have it, or not for so long. */
function assertPossible(
  { directory, published }: Surroundings,
  { state, entitlement }: GrantContext,
  totalMs: number,
): PublishedEntitlement {
  const rules = published.find(({ id }) => id === state.entitlement.id);
  if (rules === undefined) {
    throw forbidden(`There is no “${state.entitlement.title}” to ask for any more.`);
  }
  const name = (id: string) => findPerson(directory, id)?.name ?? id;
  for (const person of new Set([state.requester, state.beneficiary])) {
    if (findPerson(directory, person)?.active !== true) {
      throw forbidden(`${name(person)} is not here any more.`);
    }
  }
  if (!isFor(rules, directory, state.beneficiary)) {
    throw forbidden(`${name(state.beneficiary)} is not among those “${rules.title}” is for.`);
  }
  if (!givesAll(rules, entitlement)) {
    throw refused(
      FAILURE.forbidden,
      `“${rules.title}” gives something else by now.`,
      'Ask again with /access request.',
    );
  }
  if (totalMs > rules.duration.most) {
    throw refused(
      FAILURE.forbidden,
      `Nobody may have “${rules.title}” for longer than ${formatDuration(rules.duration.most)} in all.`,
      'Ask for less.',
    );
  }
  return rules;
}

function assertPolicy(
  { directory, policy }: Surroundings,
  person: string,
  permission: Permission,
  of: string,
): void {
  const known = findPerson(directory, person);
  if (known === undefined) throw forbidden('The directory does not know you.');
  const { allowed, because, rule } = askAboutPerson(policy, directory, { person: known, permission, of });
  if (!allowed) throw forbidden(`You may not do that: ${because} (rule ${rule}).`);
}

/** Nobody waits for an approval that can never come. */
function assertApprovable(around: Surroundings, { state, entitlement }: GrantContext): void {
  const outlook = outlookOf(entitlement, around.question(state, entitlement));
  const stuck = deadEnd(outlook, entitlement.distinct);
  if (stuck === undefined) return;
  throw refused(
    FAILURE.forbidden,
    `It takes the approval of ${outlook[stuck]?.because}, and there are too few people who could give it.`,
    'Ask whoever looks after manifests/entitlements.yaml to name somebody else.',
  );
}

/** Whichever of the two names the other. */
function rivalsOf({ published }: Surroundings, rules: Entitlement): Rival[] {
  return published
    .filter(({ id, notWith }) => rules.notWith.includes(id) || notWith.includes(rules.id))
    .map(({ title, gives }) => ({
      title,
      gives: gives.map(({ system, ...place }) => ({ system, holding: { kind: 'group', ...place } })),
    }));
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'nonRetryable' in error && error.nonRetryable === true;
}
