import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable } from '../support/fake-slack.ts';
import { CHANNEL, editYaml, openPurser } from '../support/purser.ts';
import {
  actionsOf,
  answered,
  approvalsOf,
  assertPostedOnce,
  auditOf,
  copiesOf,
  create,
  keyOf,
  namespaceOf,
  runsOf,
  untilCard,
  untilPhase,
  watched,
} from './acts.ts';
import { startCrashingWorker, untilKilled, type Victim } from './crashes.ts';

const TIMEOUT_MS = 120_000;
const NEWCOMER = 'U0SAM';

const purser = await watched(openPurser({ manifests: shortenLives }));

/** What Purser does by itself, long after anybody asked, with a worker that is killed on both sides of each effect. */
describe('promises that fall due while the worker is being killed', () => {
  before(() => purser.startBot());

  test('are kept once: reminder, time-out, warning, expiry, deletion, its quota, and a link', async () => {
    const [reminded, timedOut, warned, deleted, settled] = [
      'remindApprovers',
      'announce gone',
      'warnOfExpiry',
      'teardown',
      'settle',
    ].map((activity): Victim => ({ name: purser.newName(), activity })) as [
      Victim,
      Victim,
      Victim,
      Victim,
      Victim,
    ];
    const link: Victim = { name: NEWCOMER, activity: 'announceLink open' };
    const victims = [reminded, timedOut, warned, deleted, settled, link];
    const expiring = [warned, deleted, settled];

    const first = await startCrashingWorker(purser, victims, 'before');
    await Promise.all([
      request(reminded, 'dev', 'size=l'),
      request(timedOut, 'dev', 'size=m'),
      ...expiring.map((victim) => request(victim, 'preview', 'image=docker.io/library/httpd:2.4')),
      askForLink(),
    ]);
    await untilKilled(first);
    await untilKilled(await startCrashingWorker(purser, victims, 'after'));
    await purser.startWorker();

    for (const victim of expiring) await assertExpiredOnce(victim);
    await assertTimedOutOnce(timedOut);
    await assertRemindedOnce(reminded);
    await assertAskedOnceForLink();
    assertPostedOnce(purser);
  });

  /** A channel each, so that no card has to wait for the pace of another's. */
  async function request({ name }: Victim, template: string, parameters: string): Promise<void> {
    const channel = `C${name.toUpperCase()}`;
    purser.slack.addChannel({ id: channel, name, members: ['U0KIM', 'U0PURSER'] });
    await create(purser, `${template} ${name} ${parameters}`, { channel });
  }

  async function askForLink(): Promise<void> {
    const { slack } = purser;
    const prompt = await answered(purser, NEWCOMER, () => slack.command(NEWCOMER, CHANNEL, 'list'));
    await answered(purser, NEWCOMER, () => slack.click(NEWCOMER, prompt, 'link.request'));
  }

  async function assertExpiredOnce({ name }: Victim): Promise<void> {
    const { end } = await untilPhase(purser, name, 'gone', TIMEOUT_MS);
    assert.equal(end, 'expired');
    const card = await untilCard(purser, name, 'expired', TIMEOUT_MS);
    assert.deepEqual(actionsOf(card), []);
    assert.equal(await namespaceOf(purser, name), undefined);
    assert.equal(direct(name, ':expiry:').length, 1);
    assert.equal((await runsOf(purser, name)).length, 1);
    await untilSettledOnce(name, 'preview');
  }

  async function assertTimedOutOnce({ name }: Victim): Promise<void> {
    const { end, approval } = await untilPhase(purser, name, 'gone', TIMEOUT_MS);
    assert.deepEqual([end, approval.decision?.outcome], ['timed-out', 'timed-out']);
    for (const copy of approvalsOf(purser, name)) {
      await eventually(() => readable(copy).includes('Nobody decided') && actionsOf(copy).length === 0);
    }
    await eventually(() => direct(name, ':timed-out').length === 1);
    assert.equal(await namespaceOf(purser, name), undefined);
    await untilSettledOnce(name, 'dev');
  }

  async function assertRemindedOnce({ name }: Victim): Promise<void> {
    await eventually(() => direct(name, ':reminder:1', 'U0NOOR').length === 1);
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');
  }

  async function assertAskedOnceForLink(): Promise<void> {
    const cards = () =>
      purser.slack.workspace.messages.filter((message) => actionsOf(message).includes('link.decide'));
    await eventually(() => cards().length === 2);
  }

  /** The workflow has ended, and its place in the quota is free again. */
  async function untilSettledOnce(name: string, template: string): Promise<void> {
    const rows = await eventually(async () => {
      const audit = await auditOf(purser, name);
      return audit.some((row) => row.startsWith('environment.end')) && audit;
    }, TIMEOUT_MS);
    assert.equal(rows.filter((row) => row.startsWith('environment.end')).length, 1);
    const places = { template, owner: 'kim', team: 'shop' };
    const left = template === 'dev' ? 1 : 0;
    await eventually(
      async () => (await purser.store.places.count(places)).perOwner.taken === left,
      TIMEOUT_MS,
    );
  }

  function direct(name: string, key: string, user = 'U0KIM'): FakeMessage[] {
    const notes = purser.slack
      .directMessages(user)
      .filter((message) => copiesOf(purser, name).includes(message));
    return notes.filter((message) => keyOf(message)?.includes(key));
  }
});

/** Seconds where an organisation says hours. */
async function shortenLives(manifests: string): Promise<void> {
  await editYaml<{ quota: unknown; approval: unknown }>(
    join(manifests, 'templates/dev/template.yaml'),
    (template) => {
      template.approval = [
        { when: { size: 'l' }, by: { team: 'finops' }, timeout: '4h', remind: ['2s'] },
        { by: { lead: true }, timeout: '2s' },
      ];
    },
  );
  await editYaml<{ lifecycle: unknown }>(join(manifests, 'templates/preview/template.yaml'), (template) => {
    template.lifecycle = { ttl: '20s', maxTtl: '1m', warn: ['10s'] };
  });
}
