import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { DepartureState } from '../../src/domain/departures.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { createDepartureLaunchers } from '../../src/temporal/departure-launchers.ts';
import { eventually } from '../support/eventually.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { silentLog } from '../temporal/real-server.ts';
import { sampleDeparture } from '../workflows/departure-theatre.ts';
import { watched } from './acts.ts';
import { startCrashingWorker, untilKilled, type Victim } from './crashes.ts';

/** Each is somebody's who leaves, at which the worker is killed twice. */
const ACTIVITIES = [
  'admitDeparture',
  'authorizeDepartureVote',
  'confirmDeparture',
  'takeHolding purser account',
  'endSessions purser',
  'readHoldings purser',
  'takeHolding purser group',
  'endChatLinks',
  'endTokens',
  'handOver',
  'showDeparture leaving',
  'certifyDeparture',
  'settleDeparture left',
];
const LEFT_MS = 240_000;

const victims: Victim[] = ACTIVITIES.map((activity, at) => ({ name: `leaver-${at}`, activity }));
const purser = await watched(openPurser({ platform: crowd }));
const launchers = createDepartureLaunchers(purser.temporal, silentLog);

describe('a worker that is killed at every boundary of every activity of a departure', {
  timeout: 900_000,
}, () => {
  before(() => purser.startBot());

  test('goes on from there, until everything is gone', async () => {
    const first = await startCrashingWorker(purser, victims, 'before');
    await Promise.all(victims.map(ask));
    const voting = Promise.all(victims.map(untilApproved));
    await untilKilled(first);
    await untilKilled(await startCrashingWorker(purser, victims, 'after'));
    await purser.startWorker();
    await voting;

    for (const victim of victims) await assertLeft(victim);
  });

  async function ask({ name: person }: Victim): Promise<void> {
    const origin = { platform: 'slack', teamId: 'T0SAMPLE', channelId: CHANNEL } as const;
    const started = await launchers.start(sampleDeparture({ person, name: person, id: person, origin }));
    assert.equal(started.ok, true);
  }

  const stateOf = ({ name: person }: Victim): Promise<DepartureState | undefined> =>
    launchers.get({ person, id: person }).catch(() => undefined);

  /** The worker may die over it: then it is pressed again. */
  async function untilApproved(victim: Victim): Promise<void> {
    const { name: person } = victim;
    await eventually(async () => {
      const state = await stateOf(victim);
      if (state === undefined || state.phase === 'requested') return false;
      if (state.phase !== 'awaiting-approval') return true;
      for (const voter of ['ravi', 'noor']) {
        const account = {
          platform: 'slack',
          teamId: 'T0SAMPLE',
          userId: `U0${voter.toUpperCase()}`,
        } as const;
        await launchers.decide(
          { person, id: person },
          { round: state.round, person: voter, account, decision: 'approve' },
        );
      }
      return false;
    }, LEFT_MS);
  }

  async function assertLeft(victim: Victim): Promise<void> {
    const { name: person, activity } = victim;
    const state = await eventually(async () => {
      const found = await stateOf(victim);
      return found?.phase === 'left' && found;
    }, LEFT_MS);
    assert.ok(
      state.ledger.every(({ state: line }) => line === 'done' || line === 'impossible'),
      activity,
    );
    const files = await eventually(() => {
      const found = purser.slack.workspace.files.filter(({ name }) =>
        name.startsWith(`departure-${person}-`),
      );
      return found.length >= 2 && found;
    }, LEFT_MS);
    assert.deepEqual(new Set(files.map(({ name }) => name.replace(/.*\./, ''))), new Set(['md', 'json']));
    const rows = (await purser.auditRows()).filter(
      ({ subject }) => subject === `departure/${person}/${person}`,
    );
    const taken = rows
      .filter(({ action }) => action === 'system.take')
      .map(({ detail }) => detail.group ?? 'account');
    // A try that was cut off and then tried anew is audited as another one.
    assert.deepEqual(new Set(taken), new Set(['account', 'team/shop', 'role/developer']), activity);
    assert.equal(rows.filter(({ action }) => action === 'departure.begin').length, 1, activity);
  }
});

/** So many that none of them is a crowd; two administrators, whom it takes after the fifth. */
function crowd({ people, teams }: PlatformConfig): void {
  const person = (id: string) => ({
    id,
    name: id,
    email: `${id}@example.test`,
    active: true,
    roles: ['developer'],
    accounts: [],
  });
  const leavers = victims.map(({ name }) => name);
  people.push(...leavers.map(person), ...Array.from({ length: 80 }, (_, at) => person(`colleague-${at}`)));
  teams.find(({ id }) => id === 'shop')?.members.push(...leavers);
  people.find(({ id }) => id === 'noor')?.roles.push('admin');
}
