import { approversInWords, eligibleApprovers, selectorOf } from '../src/domain/approvers.ts';
import { quotaWorkflowId } from '../src/domain/ids.ts';
import { findPerson } from '../src/domain/people.ts';
import { askPolicy } from '../src/domain/policy.ts';
import type { AuditEvent } from '../src/domain/ports.ts';
import type { QuotaRequest, QuotaVote } from '../src/domain/quota-requests.ts';
import { accountKey } from '../src/domain/refs.ts';
import { attemptsKey } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import type { Asked } from './index.ts';
import { refusalOfDecision } from './lookups.ts';

interface QuotaContext extends Partial<Asked> {
  request: QuotaRequest;
}

/** In the worker of `QUEUES.main`: who decides on more places, by the rules of now, and the places themselves. */
export interface QuotaActivities {
  /** Who may approve, by which rule; `refusal` says why the request can come to nothing. Audits. */
  openQuota(input: QuotaContext): Promise<{ approvers: string[]; because: string; refusal?: string }>;
  /** Fails with `Forbidden` or `SelfDecision` when the person may not decide. Audits either way. */
  authorizeQuota(input: QuotaContext & { vote: QuotaVote }): Promise<void>;
  /**
   * Records what was approved, unless the requester may no longer have environments (`refused`) or nobody of `by` may
   * approve any more (`void`). Audits first. Recorded once, it keeps the end it had then.
   */
  grantQuota(
    input: QuotaContext & { by: string[]; until: string },
  ): Promise<
    { outcome: 'granted'; until: string } | { outcome: 'void' } | { outcome: 'refused'; because: string }
  >;
}

export function createQuotaActivities(
  deps: Pick<ActivityDeps, 'directory' | 'policy' | 'audit' | 'places'>,
): QuotaActivities {
  /** What the rules say of it now. */
  async function look({ person, team }: QuotaRequest) {
    const [directory, policy] = await Promise.all([deps.directory.snapshot(), deps.policy()]);
    const by = selectorOf(policy.limits.moreQuota.by, team);
    const known = findPerson(directory, person);
    const resource = { owner: person, team };
    const answer =
      known === undefined
        ? { allowed: false, rule: 'default-deny', because: 'the directory does not know them' }
        : askPolicy(policy, directory, { person: known, permission: 'env.create', resource });
    const name = known?.name ?? person;
    const refusal = answer.allowed
      ? undefined
      : `${name} may not create environments for this team: ${answer.because} (rule ${answer.rule}).`;
    return { directory, by, rule: answer.rule, refusal, eligible: eligibleApprovers(directory, by, person) };
  }

  async function audit(
    { request, question }: QuotaContext,
    event: Pick<AuditEvent, 'action' | 'actor' | 'outcome'> & { detail?: Record<string, string> },
  ): Promise<void> {
    const { requestId, extra } = request;
    await deps.audit.append({
      key: attemptsKey(`${event.action}:${event.actor}:${event.outcome}`, question),
      subject: quotaWorkflowId(request),
      ...event,
      detail: { requestId, extra: `${extra}`, ...event.detail },
    });
  }

  return {
    async openQuota(input) {
      const { directory, by, rule, refusal, eligible } = await look(input.request);
      const because = `more environments are approved by ${approversInWords(by, 1, directory)}`;
      const nobody = eligible.length === 0 ? 'There is nobody who could approve it.' : undefined;
      await audit(input, {
        action: 'quota.open',
        actor: input.request.person,
        outcome: (refusal ?? nobody) === undefined ? 'allowed' : 'refused',
        detail: { rule, because: refusal ?? nobody ?? because },
      });
      return { approvers: eligible.map(({ id }) => id), because, refusal: refusal ?? nobody };
    },

    async authorizeQuota(input) {
      const { request, vote } = input;
      const { directory, by } = await look(request);
      const refused = refusalOfDecision(directory, { by, person: vote.person, requester: request.person });
      await audit(input, {
        action: `quota.${vote.decision}`,
        actor: vote.person,
        outcome: refused === undefined ? 'allowed' : 'refused',
        detail: {
          account: accountKey(vote.account),
          reason: vote.reason ?? '',
          because: refused?.message ?? '',
        },
      });
      if (refused !== undefined) throw refused;
    },

    async grantQuota(input) {
      const { request, until } = input;
      // An earlier attempt may have recorded it without living to say so: it stays, whatever has changed since.
      const recorded = await deps.places.grantedUntil(request.requestId);
      if (recorded !== undefined) return { outcome: 'granted', until: recorded.toISOString() };
      const { eligible, refusal } = await look(request);
      const by = input.by.find((id) => eligible.some((person) => person.id === id));
      if (refusal !== undefined) {
        await audit(input, {
          action: 'quota.grant',
          actor: 'purser',
          outcome: 'refused',
          detail: { because: refusal },
        });
        return { outcome: 'refused', because: refusal };
      }
      if (by === undefined) {
        const because = 'no longer among those who may approve';
        await audit(input, {
          action: 'quota.vote-void',
          actor: input.by.join(),
          outcome: 'refused',
          detail: { because },
        });
        return { outcome: 'void' };
      }
      await audit(input, { action: 'quota.grant', actor: by, outcome: 'intended', detail: { until } });
      const { person, limit, template, team, requestId, extra } = request;
      const granted = await deps.places.grant({
        person,
        limit,
        template,
        team,
        requestId,
        extra,
        until: new Date(until),
        grantedBy: by,
      });
      return { outcome: 'granted', until: granted.toISOString() };
    },
  };
}
