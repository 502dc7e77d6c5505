import type { PlaceCount } from '../../src/domain/quota.ts';
import type { QuotaRequest, QuotaRequestState } from '../../src/domain/quota-requests.ts';
import type { QuotaLaunchers } from '../../src/temporal/quota-launchers.ts';

export function noPlacesTaken(): PlaceCount {
  const none = () => ({ taken: 0, granted: 0 });
  return { perOwner: none(), perTeam: none(), inAll: none() };
}

/** Kim asks Ravi for one more environment of dev. */
export function sampleQuotaRequest(changes: Partial<QuotaRequest> = {}): QuotaRequest {
  return {
    requestId: 'request-1',
    person: 'kim',
    limit: 'perOwner',
    template: 'dev',
    title: 'Developer environment',
    team: 'shop',
    extra: 1,
    lastsMs: 30 * 86_400_000,
    reason: 'two branches at once',
    withinMs: 3 * 86_400_000,
    ...changes,
  };
}

export function sampleQuotaState(changes: Partial<QuotaRequestState> = {}): QuotaRequestState {
  return {
    request: sampleQuotaRequest(),
    requestedAt: '2026-04-01T09:00:00.000Z',
    deadline: '2026-04-04T09:00:00.000Z',
    approvers: ['ravi'],
    because: 'more environments are approved by anybody with the role admin',
    revision: 2,
    ...changes,
  };
}

/** One request, `open.state`, which never moves on by itself. */
export function createTestQuota(done: { call: string; input: unknown }[]) {
  const open: { state: QuotaRequestState | undefined } = { state: undefined };
  const launchers: QuotaLaunchers = {
    async start(request) {
      if (open.state !== undefined && open.state.decision === undefined)
        return { ok: false, type: 'WrongState', message: 'asked already' };
      done.push({ call: 'startQuota', input: request });
      open.state = sampleQuotaState({ request });
      return { ok: true };
    },
    async decide(_subject, vote) {
      const { state } = open;
      if (state?.request.requestId !== vote.requestId)
        return { ok: false, type: 'StaleRequest', message: 'older' };
      if (state.decision !== undefined) return { ok: false, type: 'AlreadyDecided', message: 'decided' };
      if (state.request.person === vote.person)
        return { ok: false, type: 'SelfDecision', message: 'your own' };
      if (!state.approvers.includes(vote.person))
        return { ok: false, type: 'Forbidden', message: 'you are no admin' };
      done.push({ call: 'decideQuota', input: vote });
      return { ok: true };
    },
    get: async () => open.state,
  };
  return { open, launchers };
}
