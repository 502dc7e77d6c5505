import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { QuotaRequestState, QuotaVote } from '../../src/domain/quota-requests.ts';
import { decideQuotaUpdate, getQuotaQuery } from '../../workflows/environments/messages.ts';
import { eventually } from '../support/eventually.ts';
import { sampleQuotaRequest } from '../support/quota-context.ts';
import { openTheatre, refusalOf, type Theatre } from './theatre.ts';

const HOUR = 3_600_000;

describe('a request for more environments', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  const request = (requestId: string) => sampleQuotaRequest({ requestId });
  const vote = (
    requestId: string,
    person: string,
    decision: QuotaVote['decision'] = 'approve',
    reason?: string,
  ): QuotaVote => ({
    requestId,
    person,
    account: { platform: 'slack', teamId: 'T0SAMPLE', userId: `U0${person.toUpperCase()}` },
    decision,
    reason,
  });
  type Played = Awaited<ReturnType<Theatre['more']>>;

  const cast = ({ handle }: Played, ...args: Parameters<typeof vote>) =>
    handle.executeUpdate(decideQuotaUpdate, { args: [vote(...args)] });

  async function ended(play: Played): Promise<QuotaRequestState> {
    await play.handle.result();
    return await play.handle.query(getQuotaQuery);
  }

  const announced = (play: Played) =>
    play.of('announceQuota').map(({ state }) => state.decision?.outcome ?? 'open');

  it('is granted once from when it was approved, and everybody is told', async () => {
    const play = await theatre.more(request('granted'));

    await cast(play, 'granted', 'ravi');
    const state = await ended(play);

    assert.deepEqual(announced(play), ['open', 'approved']);
    const [grant, ...more] = play.of('grantQuota');
    assert.deepEqual([grant?.by, more.length], [['ravi'], 0]);
    const approvedAt = Date.parse(state.decision?.at ?? '');
    assert.equal(Date.parse(grant?.until ?? ''), approvedAt + 30 * 24 * HOUR);
    assert.equal(state.grantedUntil, grant?.until);
    assert.equal(play.of('remindOfQuota').length, 0);
  });

  it('grants nothing when it is denied, and keeps the reason', async () => {
    const play = await theatre.more(request('denied'));

    await cast(play, 'denied', 'noor', 'deny', 'no budget');
    const { decision } = await ended(play);

    assert.deepEqual([decision?.outcome, decision?.by, decision?.reason], ['denied', ['noor'], 'no budget']);
    assert.deepEqual(announced(play), ['open', 'denied']);
    assert.equal(play.of('grantQuota').length, 0);
  });

  it('is reminded of at half the time, and closed at the end of it', async () => {
    const began = await theatre.env.currentTimeMs();
    let remindedAt = 0;
    const play = await theatre.more(request('forgotten'), {
      remindOfQuota: async () => {
        remindedAt = await theatre.env.currentTimeMs();
      },
    });

    const { decision } = await ended(play);

    assert.equal(decision?.outcome, 'timed-out');
    assert.deepEqual(announced(play), ['open', 'timed-out']);
    assert.ok(Math.abs(remindedAt - began - 36 * HOUR) < HOUR, `reminded after ${remindedAt - began} ms`);
    assert.ok(Math.abs(Date.parse(decision.at) - began - 72 * HOUR) < HOUR);
    assert.equal(play.of('grantQuota').length, 0);
  });

  it('stays open when the approver has left before the effect, for another one', async () => {
    const play = await theatre.more(request('left'), {
      grantQuota: async ({ by, until }) =>
        by.includes('ravi') ? { outcome: 'void' } : { outcome: 'granted', until },
    });

    await cast(play, 'left', 'ravi');
    await eventually(async () => {
      const { decision } = await play.handle.query(getQuotaQuery);
      return play.of('grantQuota').length === 1 && decision === undefined;
    });
    await cast(play, 'left', 'noor');
    const { decision } = await ended(play);

    assert.deepEqual(decision?.by, ['noor']);
    assert.deepEqual(
      play.of('grantQuota').map(({ by }) => by),
      [['ravi'], ['noor']],
    );
  });

  it('is refused when whoever asked has left before the effect', async () => {
    const because = 'Kim Sample may not create environments for this team';
    const play = await theatre.more(request('gone'), {
      grantQuota: async () => ({ outcome: 'refused', because }),
    });

    await cast(play, 'gone', 'ravi');
    const { decision, grantedUntil } = await ended(play);

    assert.deepEqual([decision?.outcome, decision?.reason], ['refused', because]);
    assert.equal(grantedUntil, undefined);
    assert.deepEqual(announced(play), ['open', 'refused']);
  });

  it('asks nobody when nobody could approve', async () => {
    const play = await theatre.more(request('nobody'), {
      openQuota: async () => ({ approvers: [], because: 'an administrator approves', refusal: 'nobody' }),
    });

    const { decision } = await ended(play);

    assert.equal(decision?.outcome, 'refused');
    assert.deepEqual(announced(play), ['refused']);
  });

  it('lets one of two decide who answer at once', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await theatre.more(request('two'), { authorizeQuota: () => gate.promise });

    const first = cast(play, 'two', 'ravi');
    await play.called('authorizeQuota');
    const second = refusalOf(cast(play, 'two', 'noor', 'deny')).catch((error: Error) => ({
      type: error.name,
    }));
    gate.resolve();
    await first;
    const { decision } = await ended(play);

    // The second is refused by the workflow, or came when it had ended.
    assert.ok(['AlreadyDecided', 'WorkflowNotFoundError'].includes(String((await second).type)));
    assert.deepEqual([decision?.outcome, decision?.by], ['approved', ['ravi']]);
    assert.equal(play.of('grantQuota').length, 1);
  });

  it('stays open when somebody decides who may not, or on an earlier request, or on their own', async () => {
    const play = await theatre.more(request('strangers'), {
      authorizeQuota: async ({ vote: { person } }) => {
        if (person !== 'ravi') throw ApplicationFailure.nonRetryable('You are no administrator', 'Forbidden');
      },
    });

    const refusals = [
      await refusalOf(cast(play, 'strangers', 'lee')),
      await refusalOf(cast(play, 'strangers', 'kim')),
      await refusalOf(cast(play, 'an-earlier-one', 'ravi')),
    ];
    await cast(play, 'strangers', 'ravi');
    await ended(play);

    assert.deepEqual(
      refusals.map(({ type }) => type),
      ['Forbidden', 'SelfDecision', 'StaleRequest'],
    );
    assert.equal(play.of('grantQuota').length, 1);
  });

  it('grants although chat is down, and the store was for an hour', async () => {
    const down = async () => {
      throw ApplicationFailure.create({ message: 'down', nextRetryDelay: '1h' });
    };
    let tries = 0;
    const play = await theatre.more(request('outage'), {
      announceQuota: down,
      grantQuota: async ({ until }) => (++tries < 3 ? await down() : { outcome: 'granted', until }),
    });

    await cast(play, 'outage', 'ravi');
    const { grantedUntil, decision } = await ended(play);

    assert.equal(Date.parse(grantedUntil ?? ''), Date.parse(decision?.at ?? '') + 30 * 24 * HOUR);
  });
});
