import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { createLaunchers, type Launchers, type LaunchOutcome } from '../../src/temporal/launchers.ts';
import { needsApproval, sampleInput, vote } from '../workflows/fake-activities.ts';
import { openRealServer, type RealServer, silentLog } from './real-server.ts';

describe('launchers on a real server', () => {
  let server: RealServer;
  let launchers: Launchers;
  before(async () => {
    server = await openRealServer();
    launchers = server.launchers;
  });
  after(() => server.close());

  async function ready(name: string) {
    const play = server.stage.enter(name, {});
    const started = await launchers.startEnvironment(sampleInput({ requestId: name }));
    assert.deepEqual(started, { ok: true });
    await play.called('announce', ({ phase }) => phase === 'ready');
    return play;
  }

  it('starts one environment for a request that is delivered twice', async () => {
    const play = server.stage.enter('twice', {});
    const input = sampleInput({ requestId: 'twice' });

    const outcomes = await Promise.all([
      launchers.startEnvironment(input),
      launchers.startEnvironment(input),
    ]);

    assert.deepEqual(outcomes, [{ ok: true }, { ok: true }]);
    await play.called('announce', ({ phase }) => phase === 'ready');
    assert.equal(play.of('admit').length, 1);
  });

  it('tells whose a name is that is taken', async () => {
    await ready('taken');

    const outcome = await launchers.startEnvironment(
      sampleInput({ requestId: 'other', name: 'taken', requester: 'lee' }),
    );

    assert.ok(!outcome.ok && outcome.type === 'NameTaken');
    assert.equal(outcome.state?.requester, 'kim');
    assert.equal(outcome.state?.requestId, 'taken');
  });

  it('lets one of fifty decide', async () => {
    const play = server.stage.enter('crowd', {});
    await launchers.startEnvironment(sampleInput({ requestId: 'crowd', approval: needsApproval() }));
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const cast = vote('crowd', `person-${index}`, index % 2 === 0 ? 'approve' : 'deny');
        return untilRecorded(() => launchers.decide({ name: 'crowd', ...cast }));
      }),
    );

    const accepted = outcomes.filter(({ ok }) => ok);
    const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.type]));
    const state = await launchers.getEnvironment('crowd');
    assert.ok(accepted.length >= 1);
    assert.ok(
      refusals.every((type) => type === 'AlreadyDecided'),
      refusals.join(),
    );
    assert.equal(state?.approval.decision?.by.length, 1);
    assert.equal(accepted.length, state?.approval.votes.length);
  });

  it('answers a vote for what has ended like one for what has been decided', async () => {
    const play = server.stage.enter('ended', {});
    await launchers.startEnvironment(sampleInput({ requestId: 'ended', approval: needsApproval() }));
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');
    await launchers.decide({ name: 'ended', ...vote('ended', 'noor', 'deny', 'no budget') });
    await server.client.workflow.getHandle('environment/local/ended').result();

    const repeated = await launchers.decide({ name: 'ended', ...vote('ended', 'noor', 'deny', 'no budget') });
    const late = await launchers.decide({ name: 'ended', ...vote('ended', 'ravi') });
    const unknown = await launchers.decide({ name: 'never', ...vote('never', 'ravi') });

    assert.deepEqual(repeated, { ok: true });
    assert.ok(!late.ok && late.type === 'AlreadyDecided' && late.message.includes('denied by noor'));
    assert.ok(!unknown.ok && unknown.type === 'WrongState');
  });

  it('says why something was refused, and what to do about it', async () => {
    const trouble = { type: 'Forbidden', reason: 'Only Lee may.', events: [], next: 'Ask Lee.' };
    const play = server.stage.enter('refused', {
      authorizeChange: async () => {
        throw ApplicationFailure.create({
          type: 'Forbidden',
          message: trouble.reason,
          nonRetryable: true,
          details: [trouble],
        });
      },
    });
    await launchers.startEnvironment(sampleInput({ requestId: 'refused' }));
    await play.called('announce', ({ phase }) => phase === 'ready');

    const outcome = await launchers.deleteEnvironment('refused', 'refused', 'kim');

    assert.deepEqual(outcome, { ok: false, type: 'Forbidden', message: 'Only Lee may. Ask Lee.' });
  });

  it('deletes, says so again, and refuses to retry what is gone', async () => {
    await ready('removed');

    const deleted = await launchers.deleteEnvironment('removed', 'removed', 'kim');
    await server.client.workflow.getHandle('environment/local/removed').result();
    const again = await launchers.deleteEnvironment('removed', 'removed', 'kim');
    const retried = await launchers.retryEnvironment('removed', 'removed', 'kim');

    assert.deepEqual([deleted, again], [{ ok: true }, { ok: true }]);
    assert.ok(!retried.ok && retried.type === 'WrongState' && retried.message.includes('already gone'));
    assert.equal((await launchers.getEnvironment('removed'))?.end, 'deleted');
  });

  it('lists what is there by owner and team, and knows nothing of what never was', async () => {
    const play = server.stage.enter('listed', {});
    await launchers.startEnvironment(
      sampleInput({ requestId: 'listed', requester: "o'neil", team: 'finops' }),
    );
    await play.called('announce', ({ phase }) => phase === 'ready');

    const mine = await untilListed(() =>
      launchers.listEnvironments({ owner: "o'neil", team: 'finops', limit: 5 }),
    );
    const nobodys = await launchers.listEnvironments({ owner: 'nobody', limit: 5 });

    const state = await launchers.getEnvironment('listed');
    assert.equal(mine.total, 1);
    assert.deepEqual(mine.items, [
      {
        cluster: 'local',
        name: 'listed',
        phase: 'ready',
        template: 'dev',
        team: 'finops',
        owner: "o'neil",
        expiresAt: state?.expiresAt,
      },
    ]);
    assert.deepEqual(nobodys, { items: [], total: 0 });
    assert.equal(await launchers.getEnvironment('never'), undefined);
  });

  it('passes a link request and its decision on', async () => {
    const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0SAM' };
    const administrator = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0RAVI' };
    const play = server.stage.enter('link-1', {});
    const link = {
      account,
      requestId: 'link-1',
      displayName: 'Sam',
      origin: { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: 'D0SAM' },
    };

    const started = await Promise.all([launchers.startLink(link), launchers.startLink(link)]);
    const decided = await launchers.decideLink({
      account,
      by: 'ravi',
      byAccount: administrator,
      person: 'sam',
    });
    await server.client.workflow.getHandle('link/slack/T0SAMPLE/U0SAM').result();
    const late = await launchers.decideLink({ account, by: 'lee', byAccount: administrator });

    assert.deepEqual([...started, decided], [{ ok: true }, { ok: true }, { ok: true }]);
    assert.ok(!late.ok && late.type === 'AlreadyDecided');
    assert.equal(play.of('recordLink').length, 1);
  });

  it('goes from create to gone in at most 80 events with seven steps', async () => {
    const play = server.stage.enter('events', {});
    const steps = Array.from({ length: 7 }, (_, index) => ({ id: `step-${index}`, title: `Step ${index}` }));
    await launchers.startEnvironment(sampleInput({ requestId: 'events', steps }));
    await play.called('announce', ({ phase }) => phase === 'ready');

    await launchers.deleteEnvironment('events', 'events', 'kim');
    const handle = server.client.workflow.getHandle('environment/local/events');
    await handle.result();

    const { events = [] } = await handle.fetchHistory();

    assert.ok(events?.length && events.length <= 80, `${events?.length} events`);
    assert.equal((await launchers.getEnvironment('events'))?.end, 'deleted');
  });
});

describe('launchers without a server', () => {
  it('say that nothing was recorded, refused or silent', { timeout: 10_000 }, async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');

    const answers = await Promise.all(
      ['127.0.0.1:1', `127.0.0.1:${address.port}`].map(async (target) => {
        const client = createTemporalClient({ connectionOptions: { address: target } });
        return await createLaunchers(client, 'local', silentLog).startEnvironment(
          sampleInput({ requestId: 'down' }),
        );
      }),
    );

    silent.close();
    for (const socket of sockets) socket.destroy();
    for (const outcome of answers) assert.ok(!outcome.ok && outcome.type === 'Unavailable');
  });
});

/** Visibility lags by a moment: looks again until the environment is shown as ready. */
async function untilListed(
  look: () => ReturnType<Launchers['listEnvironments']>,
): ReturnType<Launchers['listEnvironments']> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found.items[0]?.phase === 'ready' || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Does what a person does who reads that nothing was recorded: tries again, which must be harmless. */
async function untilRecorded(launch: () => Promise<LaunchOutcome>): Promise<LaunchOutcome> {
  for (;;) {
    const outcome = await launch();
    if (outcome.ok || outcome.type !== 'Unavailable') return outcome;
  }
}
