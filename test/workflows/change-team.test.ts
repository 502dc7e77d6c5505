import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { PeopleRequestState } from '../../src/domain/people-requests.ts';
import { createFakeSystems, inWords } from './fake-request-activities.ts';
import { openRequestTheatre, type RequestPlay, type RequestTheatre } from './request-theatre.ts';
import { refusalOf } from './theatre.ts';

const HOUR = 3_600_000;
const approval = { approvers: ['lee'], because: 'a lead decides' };

const step = (system: string, group: string, want: 'held' | 'gone' = 'held') => ({
  system,
  holding: { kind: 'group' as const, group },
  want,
  state: 'waiting' as const,
});

const stepsIn = ({ steps }: PeopleRequestState) => steps.map(inWords);
const phases = (play: RequestPlay) => play.of('announceRequest').map(({ state }) => state.phase);

describe('a change of a team', () => {
  let theatre: RequestTheatre;
  before(async () => {
    theatre = await openRequestTheatre();
  });
  after(() => theatre.close());

  it('is made at once by whoever may, in Purser first, and read back', async () => {
    const play = await theatre.change('at-once', {
      activities: { admitTeamChange: async () => ({ steps: [step('purser', 'team/x'), step('sso', '/x')] }) },
    });

    await play.handle.result();

    assert.deepEqual(stepsIn(await play.state()), ['purser team/x held: done', 'sso /x held: done']);
    assert.deepEqual(
      play.of('giveHolding').map(({ system, person, request, actor }) => [system, person, request, actor]),
      [
        ['purser', 'noor', play.id, 'kim'],
        ['sso', 'noor', play.id, 'kim'],
      ],
    );
    assert.equal(phases(play).at(-1), 'done');
    assert.equal(play.of('settleRequest')[0]?.state.phase, 'done');
  });

  it('waits for an approval, and is made in the name of whoever gave it', async () => {
    const play = await theatre.change('approved', {
      activities: {
        admitTeamChange: async ({ approvedBy }) =>
          approvedBy === undefined ? { approval, steps: [] } : { steps: [step('purser', 'team/x')] },
      },
    });
    await play.called('announceRequest', (state) => state.phase === 'awaiting-approval');

    await play.decide('lee');
    await play.handle.result();

    assert.equal(play.of('giveHolding')[0]?.actor, 'lee');
    const state = await play.state();
    assert.partialDeepStrictEqual(state.approval?.decision, { outcome: 'approved', by: ['lee'] });
  });

  it('asks again when whoever approved may not any more', async () => {
    const asked: (string | undefined)[] = [];
    const play = await theatre.change('asked-again', {
      activities: {
        async admitTeamChange({ approvedBy }) {
          asked.push(approvedBy);
          if (approvedBy === 'ravi') return { steps: [step('purser', 'team/x')] };
          return { approval: { ...approval, approvers: ['lee', 'ravi'] }, steps: [] };
        },
      },
    });
    await play.called('announceRequest', (state) => state.phase === 'awaiting-approval');
    await play.decide('lee');
    await play.called(
      'announceRequest',
      ({ revision, approval: now }) => revision > 3 && now?.decision === undefined,
    );
    await play.decide('ravi');
    await play.handle.result();

    assert.deepEqual(asked, [undefined, 'lee', 'ravi']);
    assert.equal(play.of('giveHolding').length, 1);
  });

  it('is not made when it is denied, and says why', async () => {
    const play = await theatre.change('denied', {
      activities: { admitTeamChange: async () => ({ approval, steps: [] }) },
    });
    await play.called('announceRequest', (state) => state.phase === 'awaiting-approval');

    await play.decide('lee', 'deny', 'not ours');
    await play.handle.result();

    const { phase, approval: how } = await play.state();
    assert.equal(phase, 'refused');
    assert.partialDeepStrictEqual(how?.decision, { outcome: 'denied', by: ['lee'], reason: 'not ours' });
    assert.equal(play.of('giveHolding').length, 0);
  });

  it('closes after a week in which nobody decided', async () => {
    const play = await theatre.change('forgotten', {
      activities: { admitTeamChange: async () => ({ approval, steps: [] }) },
    });

    await play.handle.result();

    assert.equal((await play.state()).approval?.decision?.outcome, 'timed-out');
    assert.equal(play.of('giveHolding').length, 0);
  });

  it('is decided once, never by whoever asked, and stays open for one who may not', async () => {
    const play = await theatre.change('once', {
      activities: {
        admitTeamChange: async ({ approvedBy }) =>
          approvedBy === undefined ? { approval, steps: [] } : { steps: [step('purser', 'team/x')] },
        async authorizeRequestDecision({ decision }) {
          if (decision.person === 'sam') throw ApplicationFailure.nonRetryable('no', 'Forbidden');
        },
        // The end is not reached before everybody has been heard.
        giveHolding: () => gate.promise,
      },
    });
    await play.called('announceRequest', (state) => state.phase === 'awaiting-approval');

    const own = await refusalOf(play.decide('kim'));
    const stranger = await refusalOf(play.decide('sam'));
    await play.decide('lee');
    await play.decide('lee');
    const late = await refusalOf(play.decide('ravi', 'deny'));
    gate.resolve();
    await play.handle.result();

    assert.deepEqual([own.type, stranger.type, late.type], ['SelfDecision', 'Forbidden', 'AlreadyDecided']);
    assert.equal(play.of('authorizeRequestDecision').length, 2);
  });
  const gate = Promise.withResolvers<void>();

  it('goes on for days while a system is down, tells of it once, and leaves the others done', async () => {
    const systems = createFakeSystems();
    const began = await theatre.env.currentTimeMs();
    const play = await theatre.change('down', {
      activities: {
        ...systems.activities,
        admitTeamChange: async () => ({ steps: [step('purser', 'team/x'), step('sso', '/x')] }),
        async giveHolding(input) {
          const isDown = (await theatre.env.currentTimeMs()) - began < 30 * HOUR;
          if (input.system === 'sso' && isDown) throw new Error('sso does not answer');
          await systems.activities.giveHolding(input);
        },
      },
    });

    await play.handle.result();

    const told = play.of('announceRequest').map(({ state }) => stepsIn(state).at(-1));
    assert.deepEqual(
      [...new Set(told)],
      ['sso /x held: waiting', 'sso /x held: trying', 'sso /x held: done'],
    );
    const trying = play.of('announceRequest').filter(({ state }) => state.steps[1]?.state === 'trying');
    assert.equal(trying.length, 1);
    assert.equal(trying[0]?.state.steps[1]?.trouble, 'sso does not answer.');
    assert.equal(trying[0]?.state.steps[0]?.state, 'done');
  });

  it('is left to somebody where a system refuses for good, or is not back within a week', async () => {
    const play = await theatre.change('by-hand', {
      activities: {
        admitTeamChange: async () => ({
          steps: [step('purser', 'team/x'), step('sso', '/x'), step('wiki', 'x')],
        }),
        async giveHolding({ system }) {
          if (system === 'sso') throw ApplicationFailure.nonRetryable('no group “/x”', 'SystemRefused');
          if (system === 'wiki') throw new Error('wiki does not answer');
        },
        readHolding: async () => true,
      },
    });

    await play.handle.result();

    const state = await play.state();
    assert.equal(state.phase, 'done');
    assert.deepEqual(
      state.steps.map(({ state: how, trouble }) => [how, trouble]),
      [
        ['done', undefined],
        ['by-hand', 'no group “/x”.'],
        ['by-hand', 'wiki does not answer.'],
      ],
    );
  });

  it('counts once the system itself says so', async () => {
    let reads = 0;
    const play = await theatre.change('late-read', {
      activities: {
        admitTeamChange: async () => ({ steps: [step('purser', 'team/x')] }),
        readHolding: async () => ++reads > 2,
      },
    });

    await play.handle.result();

    assert.equal(reads, 3);
    assert.equal(play.of('giveHolding').length, 3);
    assert.equal((await play.state()).steps[0]?.state, 'done');
  });

  it('changes nothing elsewhere when Purser itself would not', async () => {
    const play = await theatre.change('refused', {
      activities: {
        admitTeamChange: async () => ({ steps: [step('purser', 'team/x'), step('sso', '/x')] }),
        async giveHolding() {
          throw ApplicationFailure.nonRetryable('there is no team', 'SystemRefused');
        },
      },
    });

    await play.handle.result();

    const { phase, trouble } = await play.state();
    assert.deepEqual([phase, trouble?.reason], ['refused', 'there is no team.']);
    assert.deepEqual(
      play.of('giveHolding').map(({ system }) => system),
      ['purser'],
    );
  });

  it('says what the directory says of a change that cannot be', async () => {
    const detail = { reason: 'There is a team “x” already.', next: 'Choose another name.' };
    const play = await theatre.change('taken', {
      input: { change: 'create', person: 'kim' },
      activities: {
        async createTeam() {
          throw ApplicationFailure.create({
            message: detail.reason,
            type: 'WrongState',
            nonRetryable: true,
            details: [detail],
          });
        },
      },
    });

    await play.handle.result();

    assert.deepEqual((await play.state()).trouble, detail);
    assert.equal(play.of('giveHolding').length, 0);
  });

  it('gives the lead back where two took each other out at once', async () => {
    const systems = createFakeSystems();
    systems.held.add('purser noor leads/two');
    systems.held.add('purser noor team/two');
    const play = await theatre.change('two', {
      input: { change: 'remove' },
      activities: {
        ...systems.activities,
        admitTeamChange: async () => ({
          steps: [step('purser', 'leads/two', 'gone'), step('purser', 'team/two', 'gone')],
        }),
        async requireLead() {
          throw ApplicationFailure.nonRetryable('would have no lead left', 'WrongState');
        },
      },
    });

    await play.handle.result();

    assert.deepEqual([...systems.held].sort(), ['purser noor leads/two', 'purser noor team/two']);
    assert.equal((await play.state()).phase, 'refused');
  });

  it('takes the lead, then the rest, where others lead the team', async () => {
    const systems = createFakeSystems();
    systems.held.add('purser noor leads/led').add('purser noor team/led').add('sso noor /led');
    const play = await theatre.change('led', {
      input: { change: 'remove' },
      activities: {
        ...systems.activities,
        admitTeamChange: async () => ({
          steps: [
            step('purser', 'leads/led', 'gone'),
            step('purser', 'team/led', 'gone'),
            step('sso', '/led', 'gone'),
          ],
        }),
      },
    });

    await play.handle.result();

    assert.deepEqual([...systems.held], []);
    assert.ok(play.of('takeHolding').every(({ whoever }) => whoever));
  });

  it('holds nothing up while chat is down for a day', async () => {
    const play = await theatre.change('no-chat', {
      activities: {
        admitTeamChange: async () => ({ steps: [step('purser', 'team/x')] }),
        async announceRequest() {
          throw new Error('slack is down');
        },
      },
    });

    await play.handle.result();

    assert.equal((await play.state()).phase, 'done');
    assert.equal(play.of('settleRequest').length, 1);
  });
});
