import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { quotaWorkflowId } from '../../src/domain/ids.ts';
import type { QuotaVote } from '../../src/domain/quota-requests.ts';
import type { QuotaLaunchers } from '../../src/temporal/quota-launchers.ts';
import { sampleQuotaRequest } from '../support/quota-context.ts';
import { openRealServer, type RealServer } from './real-server.ts';

describe('requests for more on a real server', () => {
  let server: RealServer;
  let quota: QuotaLaunchers;
  before(async () => {
    server = await openRealServer();
    quota = server.quota;
  });
  after(() => server.close());

  const vote = (requestId: string, person: string, decision: QuotaVote['decision'] = 'approve') => ({
    requestId,
    person,
    account: { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0ANY' },
    decision,
  });

  it('are one for whoever asks twice at once, and for one delivery that comes twice', async () => {
    const first = sampleQuotaRequest({ requestId: 'first', template: 'twice' });
    const play = server.stage.enter('first', {});
    await quota.start(first);

    const outcomes = [await quota.start(first), await quota.start({ ...first, requestId: 'second' })];
    const other = sampleQuotaRequest({ requestId: 'other', template: 'twice', limit: 'perTeam' });
    server.stage.enter('other', {});
    outcomes.push(await quota.start(other));

    await play.called('announceQuota');
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.type)),
      ['ok', 'WrongState', 'ok'],
    );
    assert.equal((await quota.get(first))?.request.requestId, 'first');
  });

  it('are decided once, and tell whoever comes later', async () => {
    const request = sampleQuotaRequest({ requestId: 'crowd', template: 'crowd' });
    const play = server.stage.enter('crowd', {});
    await quota.start(request);
    await play.called('announceQuota');

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        quota.decide(request, vote('crowd', `person-${index}`, index % 2 === 0 ? 'approve' : 'deny')),
      ),
    );
    await server.client.workflow.getHandle(quotaWorkflowId(request)).result();
    const [winner] = (await quota.get(request))?.decision?.by ?? [];
    const late = await quota.decide(request, vote('crowd', 'late'));
    const again = await quota.decide(
      request,
      vote('crowd', winner ?? '', Number(winner?.split('-')[1]) % 2 === 0 ? 'approve' : 'deny'),
    );

    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assert.deepEqual([late.ok || late.type, again.ok], ['AlreadyDecided', true]);
    await server.replay(quotaWorkflowId(request));
  });

  it('that never were are nothing', async () => {
    const subject = sampleQuotaRequest({ template: 'never' });

    const outcome = await quota.decide(subject, vote('request-1', 'ravi'));

    assert.equal(await quota.get(subject), undefined);
    assert.equal(outcome.ok || outcome.type, 'AlreadyDecided');
  });
});
