import { ApplicationFailure } from '@temporalio/activity';
import type { HoldingPlace } from '../../src/domain/access-ledger.ts';
import { grantWorkflowId } from '../../src/domain/ids.ts';
import { attemptsKey } from '../audit.ts';
import type { GrantContext, GrantLookups } from './contract.ts';
import type { GrantDeps } from './surroundings.ts';

type Keeping = Pick<
  GrantLookups,
  'armGrant' | 'holdGrant' | 'releaseHolding' | 'noteRevoked' | 'settleGrant'
>;

/** What is given and taken away, as the ledger has it. */
export function createGrantLedgerActivities({ audit, grants, systems }: GrantDeps): Keeping {
  async function note(context: GrantContext, action: string, detail: Record<string, string>): Promise<void> {
    const { state } = context;
    await audit.append({
      key: attemptsKey(action),
      action,
      actor: state.endedBy ?? 'purser',
      subject: subjectOf(context),
      outcome: 'done',
      detail: { entitlement: state.entitlement.id, beneficiary: state.beneficiary, ...detail },
    });
  }

  return {
    async armGrant(context) {
      const { plans, endsAt } = context;
      const { beneficiary: person } = context.state;
      const grant = subjectOf(context);
      const become = await Promise.all(
        plans.map(async ({ elsewhere, ...place }) =>
          // A system that does not remember cannot tell what was given for another request.
          elsewhere && !(await grants.isGivenBeside(grant, person, place)) ? 'elsewhere' : 'waiting',
        ),
      );
      const rows = plans
        .filter((_, at) => become[at] === 'waiting')
        .map(({ system, holding }) => ({ grant, person, system, holding, endsAt }));
      if (!(await grants.arm(rows))) {
        throw ApplicationFailure.retryable('it is just being taken away for another request');
      }
      return become;
    },

    async holdGrant(context) {
      await grants.hold(subjectOf(context), context.endsAt);
      await note(context, 'access.hold', { until: context.endsAt });
    },

    async releaseHolding(context) {
      const { place } = context;
      const [{ shared }, known] = await Promise.all([grants.release(subjectOf(context), place), systems()]);
      const capabilities = known.find(({ name }) => name === place.system)?.capabilities;
      const { remembers = true, sessions = false, outlasts = [] } = capabilities ?? {};
      return { isShared: shared, isKept: shared && !remembers, remembers, sessions, outlasts };
    },

    async noteRevoked(context) {
      await grants.revoked(subjectOf(context), context.place);
      await note(context, `access.revoked:${wordOf(context.place)}`, { revoked: wordOf(context.place) });
    },

    async settleGrant(context) {
      const { end, endReason, trouble } = context.state;
      await note(context, 'access.ended', {
        end: end ?? 'unknown',
        ...(endReason === undefined ? {} : { reason: endReason }),
        ...(trouble === undefined ? {} : { trouble }),
      });
      await grants.close(subjectOf(context));
    },
  };
}

function subjectOf({ state }: GrantContext): string {
  return grantWorkflowId(state.beneficiary, state.id);
}

function wordOf({ system, holding: { group, scope } }: HoldingPlace): string {
  return [system, group, ...(scope === undefined ? [] : [scope])].join(':');
}
