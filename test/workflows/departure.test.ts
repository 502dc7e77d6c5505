import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SystemError } from '../../src/domain/systems.ts';
import {
  ACCOUNT,
  ADMINS,
  type DeparturePlay,
  type DepartureTheatre,
  EDIT,
  openDepartureTheatre,
  SHOP,
} from './departure-theatre.ts';
import { refusalOf } from './theatre.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const down = new SystemError('sso does not answer', { retryable: true });
const refuses = new SystemError('sso does not let Purser do this (403)', { retryable: false });

describe('somebody who leaves', () => {
  let theatre: DepartureTheatre;
  before(async () => {
    theatre = await openDepartureTheatre();
  });
  after(() => theatre.close());

  const askedIn = ({ of }: DeparturePlay) =>
    [...of('takeHolding'), ...of('endSessions')].map((input) => input.system).sort();

  it('loses everything at once: logins first, then sessions, then groups, then the rest', async () => {
    const play = await theatre.leave('now');
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    const before = askedIn(play);

    await play.vote('ravi');
    await play.called('certifyDeparture');
    const state = await play.state();

    assert.deepEqual(before, []);
    assert.equal(play.hasAnything(), false);
    assert.equal(state.phase, 'left');
    assert.deepEqual(state.ledger.map(({ id, state: at }) => `${id} ${at}`).sort(), [
      'account:purser done',
      'account:sso done',
      'group:cluster:edit@default done',
      'group:purser:team/shop done',
      'group:sso:admins done',
      'groups:cluster done',
      'groups:purser done',
      'groups:sso done',
      'hand-over done',
      'links done',
      'sessions:cluster impossible',
      'sessions:purser done',
      'sessions:sso done',
      'tokens done',
    ]);
    assert.deepEqual(orderOf(play), ['account', 'sessions', 'group', 'chat']);
    await play.handle.result();
    assert.equal((await play.state()).end, 'done');
  });

  /** The kinds of steps in the order in which the last of each was asked for. */
  function orderOf({ calls }: DeparturePlay): string[] {
    const kinds = calls.flatMap(({ activity, input }) => {
      if (activity === 'takeHolding') return [(input as { holding: { kind: string } }).holding.kind];
      if (activity === 'endSessions') return ['sessions'];
      return activity === 'endChatLinks' ? ['chat'] : [];
    });
    return kinds.filter((kind, at) => kinds.lastIndexOf(kind) === at);
  }

  it('keeps everything until the time has come', async () => {
    const at = new Date((await theatre.env.currentTimeMs()) + 3 * DAY).toISOString();
    const play = await theatre.leave('scheduled', { input: { at } });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');

    await theatre.pass('2 days');
    const waiting = { phase: (await play.state()).phase, asked: askedIn(play) };
    await theatre.pass('2 days');
    await play.handle.result();

    assert.deepEqual(waiting, { phase: 'scheduled', asked: [] });
    assert.equal(play.hasAnything(), false);
    assert.ok(Date.parse((await play.state()).begunAt ?? '') >= Date.parse(at));
  });

  it('loses everything at once when the time has passed before it was approved', async () => {
    const at = new Date((await theatre.env.currentTimeMs()) - HOUR).toISOString();
    const play = await theatre.leave('late', { input: { at } });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await play.called('certifyDeparture');

    assert.equal(play.hasAnything(), false);
    await play.handle.result();
  });

  it('loses everything else while one system is down for two days, and that as soon as it is back', async () => {
    const play = await theatre.leave('two-days', { prepare: ({ sso }) => sso.fail(down) });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await theatre.pass('2 days');
    const meanwhile = await play.state();
    const others = [
      play.systems.purser.holds('two-days', ACCOUNT),
      play.systems.cluster.holds('two-days', EDIT),
    ];

    play.systems.sso.fail(undefined);
    await play.handle.result();

    const account = meanwhile.ledger.find(({ id }) => id === 'account:sso');
    assert.equal(meanwhile.phase, 'leaving');
    assert.deepEqual(others, [false, false]);
    assert.deepEqual([account?.state, account?.trouble], ['stuck', 'sso does not answer']);
    assert.ok(Date.parse(account?.nextTryAt ?? '') > Date.parse(meanwhile.begunAt ?? '') + 2 * DAY);
    assert.equal(meanwhile.ledger.find(({ id }) => id === 'links')?.state, 'done');
    const tries = play.of('readHolding').filter(({ system }) => system === 'sso').length;
    assert.ok(tries < 100, `asked ${tries} times`);
    assert.equal(play.hasAnything(), false);
    assert.equal((await play.state()).end, 'done');
  });

  it('has sessions ended only where they cannot log in again', async () => {
    const play = await theatre.leave('sessions', { prepare: ({ sso }) => sso.fail(down) });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await theatre.pass('10 minutes');
    const early = play.of('endSessions').map(({ system }) => system);

    play.systems.sso.fail(undefined);
    await play.handle.result();

    assert.deepEqual(early, ['purser']);
    assert.deepEqual(
      play.of('endSessions').map(({ system }) => system),
      ['purser', 'sso'],
    );
  });

  it('is a task for a person where Purser may not, and over when the system says so and not before', async () => {
    const play = await theatre.leave('by-hand', { prepare: ({ sso }) => sso.fail(refuses) });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await play.called('showDeparture', ({ ledger }) =>
      ledger.some(({ id, state }) => id === 'groups:sso' && state === 'by-hand'),
    );
    const task = await play.line('account:sso');

    await play.act('ravi', 'done', 'account:sso');
    await theatre.pass('1 minute');
    const early = await play.line('account:sso');
    play.systems.sso.fail(undefined);
    await play.act('ravi', 'done', 'account:sso');
    await play.act('ravi', 'done', 'groups:sso');
    await play.handle.result();

    assert.deepEqual(
      [task?.state, task?.trouble, task?.next],
      ['by-hand', 'sso does not let Purser do this (403).', 'Mend it there.'],
    );
    assert.equal(early?.state, 'by-hand');
    const line = await play.line('account:sso');
    assert.deepEqual([line?.state, line?.handledBy?.person], ['done', 'ravi']);
    assert.equal(play.hasAnything(), false);
  });

  it('is given back what they had, and nothing else, when it was a mistake', async () => {
    const play = await theatre.leave('undone', {
      prepare: ({ purser }) =>
        purser.connector.revoke({
          identity: { person: 'undone', name: '', email: '' },
          holding: ACCOUNT,
          key: 'before',
        }),
    });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await play.called('certifyDeparture');
    await theatre.pass('6 days');

    await play.act('noor', 'undo');
    await play.handle.result();

    const { end, undo, ledger } = await play.state();
    assert.deepEqual([end, undo?.by], ['undone', 'noor']);
    assert.equal(play.systems.purser.holds('undone', ACCOUNT), false);
    for (const [system, holding] of [
      ['sso', ACCOUNT],
      ['sso', ADMINS],
      ['purser', SHOP],
      ['cluster', EDIT],
    ] as const) {
      assert.equal(
        play.systems[system].holds('undone', holding),
        true,
        `${system} ${JSON.stringify(holding)}`,
      );
    }
    assert.equal(ledger.find(({ id }) => id === 'tokens')?.state, 'done');
    assert.equal(play.of('certifyDeparture').length, 2);
  });

  it('is given back what was taken, when it is undone while a system is down', async () => {
    const play = await theatre.leave('undone-early', { prepare: ({ sso }) => sso.fail(down) });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await theatre.pass('1 hour');

    await play.act('noor', 'undo');
    play.systems.sso.fail(undefined);
    await play.handle.result();

    assert.equal((await play.state()).end, 'undone');
    for (const [system, holding] of [
      ['purser', ACCOUNT],
      ['sso', ACCOUNT],
      ['sso', ADMINS],
      ['purser', SHOP],
    ] as const) {
      assert.equal(
        play.systems[system].holds('undone-early', holding),
        true,
        `${system} ${JSON.stringify(holding)}`,
      );
    }
  });

  it('cannot be brought back after a week', async () => {
    const play = await theatre.leave('week');
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await play.handle.result();

    await assert.rejects(play.act('noor', 'undo'));
    assert.equal((await play.state()).end, 'done');
  });

  it('goes on in a new run when the history has grown long', async () => {
    const carried = { ...(await carriedState(theatre)), person: 'carried' };
    const play = await theatre.leave('carried', { input: { carried } });
    await play.handle.result();

    assert.equal(play.of('admitDeparture').length, 0);
    assert.deepEqual(new Set(play.of('takeHolding').map(({ system }) => system)), new Set(['sso']));
    assert.equal(play.systems.sso.holds('carried', ACCOUNT), false);
    assert.equal(play.systems.sso.holds('carried', ADMINS), false);
    assert.equal((await play.state()).end, 'done');
  });

  /** As another one left it in the middle. */
  async function carriedState({ leave }: DepartureTheatre) {
    const play = await leave('carrier', { prepare: ({ sso }) => sso.fail(down) });
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
    await play.vote('ravi');
    await theatre.pass('1 hour');
    const state = await play.state();
    play.systems.sso.fail(undefined);
    await play.handle.result();
    return state;
  }

  it('is refused a button of a line that is not there', async () => {
    const play = await theatre.leave('no-line');
    await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');

    const refusal = await refusalOf(play.act('ravi', 'done', 'account:nowhere'));

    assert.equal(refusal.type, 'WrongState');
    await play.act('lee', 'withdraw');
    await play.handle.result();
  });
});
