import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { RunbookAction, RunbookEvent, RunbookPlan } from '../../src/domain/runbooks.ts';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

describe('runbooks of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const steps = async (play: IncidentPlay) =>
    (await play.state()).runbooks?.flatMap((run) => run.steps.map(({ state }) => state));
  const names = async (play: IncidentPlay) => (await play.state()).runbooks?.map(({ name }) => name);

  it('begin with the declaration, each step once, and what waits holds up nothing', async () => {
    const play = await theatre.declare('runbook', {
      input: { rules: sampleRules({ webhooks: [{ id: 'status', severities: ['sev3'] }] }) },
      activities: onOpening([
        { do: 'page', path: 'main', text: 'again', approve: 'lead' },
        { do: 'message', text: 'Roll back first.' },
        { do: 'invite', who: { team: 'shop' } },
        { do: 'webhook', webhook: 'status', text: 'The shop is down' },
        { do: 'environment', template: 'dev' },
      ]),
    });
    await theatre.pass('1 minute');

    assert.deepEqual(await steps(play), ['waiting', 'done', 'done', 'done', 'waiting']);
    const said = play.of('tellRooms').map(({ message }) => message.quotes[0]?.text);
    assert.equal(said.filter((text) => text === 'Roll back first.').length, 1);
    assert.deepEqual((await play.state()).members, ['shop-1']);
    assert.deepEqual(
      play.of('sendWebhook').map(({ event, note, key }) => ({ event, note, key })),
      [{ event: 'update', note: 'The shop is down', key: 'runbook:r1.4' }],
    );
    assert.deepEqual(
      play
        .of('auditStep')
        .map(({ step, outcome, by }) => `${step} ${outcome} ${by}`)
        .toSorted(),
      ['r1.2 done purser', 'r1.3 done purser', 'r1.4 done purser'],
    );
    const asked = play
      .of('authorizeIncidentAct')
      .map(({ act, person }) => ('id' in act ? `${act.id} ${person}` : ''));
    assert.deepEqual(asked.toSorted(), ['r1.2 purser', 'r1.3 purser', 'r1.4 purser']);
  });

  it('a step is done when the holder of its role says so, as that person, and not before', async () => {
    const play = await theatre.declare('runbook-approve', {
      activities: onOpening([{ do: 'invite', who: { person: 'noor' }, approve: 'lead' }]),
    });
    await play.called('findRunbooks');
    await theatre.pass('1 minute');
    const approve = { kind: 'runbook-step', id: 'r1.1', do: 'approve' } as const;

    await assert.rejects(play.act('lee', approve));
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });
    await assert.rejects(play.act('lee', approve));
    await play.act('kim', approve);
    await theatre.pass('1 minute');

    assert.deepEqual(await steps(play), ['done']);
    assert.ok((await play.state()).members.includes('noor'));
    assert.deepEqual(
      play.of('auditStep').map(({ by }) => by),
      ['kim'],
    );
    await assert.rejects(play.act('kim', approve), 'twice is once');
  });

  it('a step that fails says so, holds up nothing, and is done when it is tried again', async () => {
    let isDown = true;
    const play = await theatre.declare('runbook-fails', {
      input: { rules: sampleRules({ webhooks: [{ id: 'status', severities: ['sev3'] }] }) },
      activities: {
        ...onOpening([
          { do: 'webhook', webhook: 'status', text: 'down' },
          { do: 'message', text: 'Look at the dashboard.' },
        ]),
        async sendWebhook() {
          if (isDown) throw ApplicationFailure.create({ type: 'OutsideUnavailable', message: 'no answer' });
          return { note: 'taken' };
        },
      },
    });
    await theatre.pass('1 minute');
    const meanwhile = await steps(play);
    await theatre.pass('15 minutes');
    const failed = (await play.state()).runbooks?.[0]?.steps[0];
    isDown = false;
    await play.act('sam', { kind: 'runbook-step', id: 'r1.1', do: 'retry' });
    await theatre.pass('1 minute');

    assert.deepEqual(meanwhile, ['running', 'done']);
    assert.deepEqual([failed?.state, failed?.note], ['failed', 'no answer']);
    assert.deepEqual(await steps(play), ['done', 'done']);
    assert.ok(play.timeline().some(({ text }) => text === 'Do it 1: no answer'));
    assert.deepEqual(
      (await play.state()).webhooks.map(({ ok, note }) => ({ ok, note })),
      [{ ok: true, note: 'taken' }],
    );
  });

  it('begin once of their own accord, as often as somebody wants by hand, and not beside themselves', async () => {
    const play = await theatre.declare('runbook-once', {
      activities: {
        findRunbooks: async ({ happened }) => ({
          plans: happened.event === 'opened' ? [] : [plan('sev', [{ do: 'message', text: 'x' }])],
          times: [],
          problems: [],
        }),
      },
    });
    await play.act('kim', { kind: 'severity', to: 'sev2', reason: 'less' });
    await theatre.pass('1 minute');
    await play.act('kim', { kind: 'severity', to: 'sev1', reason: 'more' });
    await play.act('kim', { kind: 'status', to: 'mitigating', note: '' });
    await theatre.pass('1 minute');
    const own = await names(play);
    await play.act('lee', { kind: 'runbook', name: 'sev' });
    await theatre.pass('1 minute');

    assert.deepEqual(own, ['sev']);
    assert.deepEqual(await names(play), ['sev', 'sev']);
    assert.deepEqual(events(play), ['opened', 'severity', 'severity', 'status mitigating', 'by-hand sev']);
    assert.equal((await play.state()).runbooks?.[1]?.startedBy, 'lee');
  });

  it('begin so long after the declaration, and not when it is over by then', async () => {
    const times = { findRunbooks: async ({ happened }: { happened: RunbookEvent }) => timed(happened) };
    const open = await theatre.declare('runbook-time', { activities: times });
    const over = await theatre.declare('runbook-time-over', { input: { number: 143 }, activities: times });
    await theatre.pass('10 minutes');
    await over.act('sam', { kind: 'resolve', cause: 'a', fix: 'b' });
    const early = await names(open);
    await theatre.pass('2 hours');

    assert.equal(early, undefined);
    assert.deepEqual(await names(open), ['late-1800000', 'late-3600000']);
    assert.deepEqual(events(open), ['opened', 'time 1800000', 'time 3600000']);
    assert.equal(await names(over), undefined);
  });

  it('what is left is done no more once it is closed', async () => {
    const play = await theatre.declare('runbook-closed', {
      activities: onOpening([{ do: 'invite', who: { person: 'noor' }, approve: 'lead' }]),
    });
    await theatre.pass('1 minute');
    await play.act('sam', { kind: 'role', role: 'lead', person: 'sam' });
    await play.act('sam', { kind: 'cancel', reason: 'a test' });

    await assert.rejects(play.act('sam', { kind: 'runbook-step', id: 'r1.1', do: 'approve' }));
    assert.deepEqual(await steps(play), ['skipped']);
  });

  it('in a private one nobody is invited and nothing told outside without its lead', async () => {
    const play = await theatre.declare('runbook-private', {
      input: { private: true, rules: sampleRules({ webhooks: [{ id: 'status', severities: [] }] }) },
      activities: onOpening([
        { do: 'invite', who: { person: 'noor' } },
        { do: 'webhook', webhook: 'status', text: 'down' },
      ]),
    });
    await theatre.pass('1 minute');
    const before = [await steps(play), (await play.state()).members];
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' });
    await play.act('kim', { kind: 'runbook-step', id: 'r1.1', do: 'approve' });
    await theatre.pass('1 minute');

    assert.deepEqual(before, [['waiting', 'skipped'], []]);
    assert.deepEqual(await steps(play), ['done', 'skipped']);
    assert.deepEqual(play.of('sendWebhook'), []);
  });

  it('an environment is asked for by somebody, by whatever way', async () => {
    const play = await theatre.declare('runbook-environment', {
      activities: onOpening([{ do: 'environment', template: 'dev' }]),
    });
    await theatre.pass('1 minute');

    await play.act('kim', { kind: 'environment', name: 'debug-142', template: 'dev' });

    const [step] = (await play.state()).runbooks?.[0]?.steps ?? [];
    assert.deepEqual([step?.state, step?.note], ['done', 'debug-142']);
  });

  it('a page is one page, and in a drill only its list is paged and invited', async () => {
    const play = await theatre.declare('runbook-drill', {
      input: { drill: true, severity: 'sev3' },
      activities: onOpening([
        { do: 'page', path: 'main', text: 'look' },
        { do: 'page', path: 'main', text: 'look' },
        { do: 'page', path: 'gone' },
      ]),
    });
    await theatre.pass('1 minute');

    assert.deepEqual(play.paged(), ['dana']);
    assert.deepEqual(await steps(play), ['done', 'done', 'failed']);
  });

  it('those that cannot be used are named where people wait for them', async () => {
    const play = await theatre.declare('runbook-broken', {
      activities: {
        findRunbooks: async ({ happened }) => {
          if (happened.event === 'by-hand')
            throw ApplicationFailure.create({ message: 'There is no runbook “x”.', nonRetryable: true });
          return { plans: [], times: [], problems: ['runbooks/x.yaml: the file: no good'] };
        },
      },
    });
    await play.act('kim', { kind: 'runbook', name: 'x' });
    await theatre.pass('1 minute');

    const said = play.timeline().map(({ text }) => text);
    assert.ok(said.includes('Some runbooks cannot be used: runbooks/x.yaml: the file: no good'));
    assert.ok(said.includes('No runbook has begun: There is no runbook “x”.'));
    assert.equal(play.told().filter((headline) => /runbook/i.test(headline)).length, 2);
  });
});

function plan(name: string, actions: RunbookAction[]): RunbookPlan {
  return {
    name,
    version: 1,
    title: name,
    steps: actions.map((action, at) => ({
      title: `Do it ${at + 1}`,
      action,
      ...('approve' in action && { approve: action.approve }),
    })),
  };
}

function onOpening(actions: RunbookAction[]) {
  return {
    findRunbooks: async ({ happened }: { happened: RunbookEvent }) => ({
      plans: happened.event === 'opened' ? [plan('opened', actions)] : [],
      times: [],
      problems: [],
    }),
  };
}

function timed(event: RunbookEvent) {
  return {
    plans: event.event === 'time' ? [plan(`late-${event.after}`, [{ do: 'message', text: 'late' }])] : [],
    times: [1_800_000, 3_600_000],
    problems: [],
  };
}

function events(play: IncidentPlay): string[] {
  return play.of('findRunbooks').map(({ happened }) => Object.values(happened).join(' '));
}
