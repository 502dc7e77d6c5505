import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { LinkInput } from '../../src/domain/links.ts';
import { announceSignal } from '../../workflows/environments/messages.ts';
import { decideLinkUpdate } from '../../workflows/users/messages.ts';
import { eventually } from '../support/eventually.ts';
import { openTheatre, refusalOf, type Theatre } from './theatre.ts';

describe('a request to link an account', () => {
  let theatre: Theatre;
  before(async () => {
    theatre = await openTheatre();
  });
  after(() => theatre.close());

  const link = (requestId: string): LinkInput => ({
    account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' },
    requestId,
    displayName: 'Sam',
    suggestion: 'sam',
    origin: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0SAM' },
  });
  const decision = (by: string, person?: string, reason?: string) => ({
    by,
    byAccount: { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: `U0${by.toUpperCase()}` },
    person,
    reason,
  });

  it('links once and closes the cards', async () => {
    const play = await theatre.link(link('linked'));

    await play.handle.executeUpdate(decideLinkUpdate, { args: [decision('ravi', 'sam')] });
    await play.handle.result();

    const announced = play.of('announceLink').map(({ decision }) => decision?.by);
    assert.deepEqual(announced, [undefined, 'ravi']);
    assert.equal(play.of('recordLink').length, 1);
  });

  it('asks no administrator where whoever asked signs in', async () => {
    const play = await theatre.link({ ...link('signed-in'), bySignIn: true });
    const signedIn = {
      person: 'sam',
      issuer: 'https://sso.test',
      subject: 's',
      at: '2026-04-01T10:00:00.000Z',
    };

    await play.handle.executeUpdate(decideLinkUpdate, { args: [{ ...decision('sam', 'sam'), signedIn }] });
    await play.handle.result();

    assert.deepEqual(
      play.of('announceLink').map(({ decision }) => decision?.by),
      ['sam'],
    );
    assert.deepEqual(play.of('recordLink')[0]?.decision.signedIn, signedIn);
  });

  it('records a denial with its reason', async () => {
    const play = await theatre.link(link('denied'));

    await play.handle.executeUpdate(decideLinkUpdate, {
      args: [decision('ravi', undefined, 'not one of us')],
    });
    await play.handle.result();

    const [recorded] = play.of('recordLink');
    assert.equal(recorded?.decision.reason, 'not one of us');
  });

  it('lets one of two administrators decide who answer at once', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await theatre.link(link('two'), { recordLink: () => gate.promise });

    const first = play.handle.executeUpdate(decideLinkUpdate, { args: [decision('ravi', 'sam')] });
    await play.called('recordLink');
    const second = play.handle.executeUpdate(decideLinkUpdate, { args: [decision('noor')] });
    gate.resolve();
    await first;
    const refusal = await refusalOf(second).catch((error: Error) => ({
      type: error.name,
      message: error.message,
    }));
    await play.handle.result();

    // The second is refused by the workflow, or came when it had ended.
    assert.ok(['AlreadyDecided', 'WorkflowNotFoundError'].includes(String(refusal.type)), refusal.type ?? '');
    assert.equal(play.of('recordLink').length, 1);
  });

  it('stays open when somebody decides who may not', async () => {
    let allowed = false;
    const play = await theatre.link(link('forbidden'), {
      recordLink: async () => {
        if (!allowed) throw ApplicationFailure.nonRetryable('Only administrators may', 'Forbidden');
      },
    });

    const refusal = await refusalOf(
      play.handle.executeUpdate(decideLinkUpdate, { args: [decision('kim', 'kim')] }),
    );
    allowed = true;
    await play.handle.executeUpdate(decideLinkUpdate, { args: [decision('ravi', 'sam')] });
    await play.handle.result();

    assert.equal(refusal.type, 'Forbidden');
    assert.equal(play.of('recordLink').length, 2);
  });

  it('is shown anew where its cards were lost, for as long as it is open', async () => {
    const gate = Promise.withResolvers<void>();
    const play = await theatre.link(link('lost'), {
      announceLink: ({ decision }) => (decision === undefined ? Promise.resolve() : gate.promise),
    });
    await play.called('announceLink');
    await play.handle.signal(announceSignal);
    await play.handle.executeUpdate(decideLinkUpdate, { args: [decision('ravi', 'sam')] });
    await eventually(() => play.of('announceLink').length === 3);

    await play.handle.signal(announceSignal);
    gate.resolve();
    await play.handle.result();

    const announced = play.of('announceLink').map(({ decision }) => decision?.by);
    assert.deepEqual(announced, [undefined, undefined, 'ravi']);
  });

  it('is shown to nobody, not even anew, whose asker decides it by signing in', async () => {
    const play = await theatre.link({ ...link('signs-in'), bySignIn: true });

    await play.handle.signal(announceSignal);
    await play.handle.executeUpdate(decideLinkUpdate, { args: [decision('sam', 'sam')] });
    await play.handle.result();

    assert.deepEqual(
      play.of('announceLink').map(({ decision }) => decision?.by),
      ['sam'],
    );
  });

  it('closes after a week in which nobody decided', async () => {
    const play = await theatre.link(link('forgotten'));

    await play.handle.result();

    const announced = play.of('announceLink').map(({ timedOut }) => timedOut);
    assert.deepEqual(announced, [undefined, true]);
    assert.equal(play.of('recordLink').length, 0);
  });
});
