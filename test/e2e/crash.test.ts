import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { samplePlan } from '../kubernetes/samples.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, editYaml, openPurser } from '../support/purser.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import {
  actionsOf,
  answered,
  approvalsOf,
  assertPostedOnce,
  auditOf,
  copiesOf,
  runsOf,
  untilCard,
  untilPhase,
  watched,
} from './acts.ts';
import { startCrashingWorker, untilKilled, type Victim } from './crashes.ts';

const STEPS = samplePlan('dev', { name: 'any-name' }).steps.map(({ id }) => id);

/** An environment, and the activity of its creation at which the worker is killed. */
interface Creation extends Victim {
  size: 's' | 'l';
}

const purser = await watched(openPurser({ manifests: raiseQuota }));

/**
 * Each environment has an activity of its own, at which the worker is killed twice without warning: before that has
 * done anything, and when it has done everything and nobody knows. Whatever the others are doing is cut off as well.
 */
describe('a worker that is killed at every boundary of every activity of a creation', () => {
  const seen = new Map<string, LiveObject>();

  before(() => purser.startBot());

  test('goes on from there, with the same objects, messages and credentials', async () => {
    const [admitted, decided, checked] = victims('s', ['admit']).concat(
      victims('l', ['authorizeDecision', 'eligibleApprovers']),
    ) as [Creation, Creation, Creation];
    const quick = [admitted, decided, checked];
    const [asked, announced] = victims('l', ['announce awaiting-approval', 'announce provisioning']) as [
      Creation,
      Creation,
    ];
    const steps = STEPS.map((step) => `applyStep ${step}`);
    const others = [...victims('s', [...steps, 'announce ready']), asked, announced];

    // What somebody waits for runs inside of workflow tasks, and is held for seconds only.
    const first = await startCrashingWorker(purser, quick, 'before');
    await request([decided, checked]);
    await Promise.all([decided, checked].map(openApproval));
    await Promise.all([request([admitted]), tryToApprove(decided), tryToApprove(checked)]);
    await killed(first, quick);
    const second = await startCrashingWorker(purser, quick, 'after');
    await Promise.all([tryToApprove(decided), tryToApprove(checked)]);
    await killed(second, quick);

    // Held at a step as well, it is still being provisioned when its turn to announce comes.
    const held = [...others, { ...announced, activity: `applyStep ${STEPS[0]}` }];
    const third = await startCrashingWorker(purser, held, 'before');
    await request(others);
    await Promise.all([untilApproved(announced), killed(third, held)]);
    const fourth = await startCrashingWorker(purser, held, 'after');
    await killed(fourth, held);

    await purser.startWorker();
    await Promise.all([decided, checked, asked, announced].map(untilApproved));
    for (const victim of [...quick, ...others]) await assertAsIfNothingHadHappened(victim);
    assertPostedOnce(purser);
  });

  function victims(size: Creation['size'], activities: string[]): Creation[] {
    return activities.map((activity) => ({ name: purser.newName(), activity, size }));
  }

  /** A channel each, so that no card has to wait for the pace of another's. */
  async function request(wanted: Creation[]): Promise<void> {
    await Promise.all(
      wanted.map(async ({ name, size }) => {
        const channel = `C${name.toUpperCase()}`;
        purser.slack.addChannel({ id: channel, name, members: ['U0KIM', 'U0PURSER'] });
        await purser.slack.command('U0KIM', channel, `create dev ${name} size=${size}`);
      }),
    );
  }

  async function openApproval({ name }: Creation): Promise<FakeMessage> {
    return await eventually(
      () =>
        approvalsOf(purser, name).find(
          (message) => message.channel === 'D0U0NOOR' && actionsOf(message).includes('environment.approve'),
        ),
      60_000,
    );
  }

  /** The worker may die over it: then the person is told to try again. */
  async function tryToApprove(victim: Creation): Promise<void> {
    const card = await openApproval(victim);
    await answered(purser, 'U0NOOR', () => purser.slack.click('U0NOOR', card, 'environment.approve'));
  }

  async function untilApproved(victim: Creation): Promise<void> {
    await eventually(async () => {
      const { phase } = await purser.state(victim.name);
      // It may be asked about before it was admitted: then there is nothing to approve yet.
      if (phase === 'requested') return false;
      if (phase !== 'awaiting-approval') return true;
      await tryToApprove(victim);
      return false;
    }, 90_000);
  }

  async function killed(worker: PurserProcess, crashes: Creation[]): Promise<void> {
    await untilKilled(worker);
    await Promise.all(crashes.map(({ name }) => remember(name)));
  }

  /** What is there at a crash must still be there in the end. */
  async function remember(name: string): Promise<void> {
    const objects = samplePlan('dev', { name }).steps.flatMap((step) => step.objects);
    await Promise.all(
      objects.map(async ({ apiVersion, kind, metadata }) => {
        const ref = { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
        const found = await purser.kube.get(ref);
        if (found !== undefined) keep(found);
      }),
    );
  }

  function keep(found: LiveObject): void {
    const { kind, metadata } = found;
    const place = `${metadata.namespace ?? ''} ${kind} ${metadata.name}`;
    const earlier = seen.get(place);
    if (earlier === undefined) return void seen.set(place, found);
    assert.equal(metadata.uid, earlier.metadata.uid, `${place} is another one now`);
    if (kind === 'Secret') assert.deepEqual(found.data, earlier.data, `${place} has other values now`);
  }

  async function assertAsIfNothingHadHappened({ name, size }: Creation): Promise<void> {
    await untilPhase(purser, name, 'ready', 120_000);
    const card = await untilCard(purser, name, 'is ready', 120_000);
    assert.deepEqual(actionsOf(card), ['environment.reveal', 'environment.delete']);
    await remember(name);
    assert.equal((await runsOf(purser, name)).length, 1);

    const note = await eventually(() =>
      purser.slack.directMessages('U0KIM').find((direct) => readable(direct).includes(name)),
    );
    const approvals = approvalsOf(purser, name);
    assert.deepEqual(
      approvals.map(({ channel }) => channel).sort(),
      size === 'l' ? [APPROVAL_CHANNEL, 'D0U0NOOR'] : [],
    );
    for (const copy of approvals) {
      await eventually(
        () => readable(copy).includes('Approved by <@U0NOOR>') && actionsOf(copy).length === 0,
      );
    }
    assert.deepEqual(new Set(copiesOf(purser, name)), new Set([card, note, ...approvals]));

    const rows = await auditOf(purser, name);
    const applied = rows.filter((row) => row === 'environment.apply intended purser');
    assert.equal(applied.length, STEPS.length);
    // Who waited for an approval is asked about once more before anything is done.
    const asked = rows.filter((row) => row === 'environment.create allowed kim');
    assert.equal(asked.length, size === 'l' ? 2 : 1);
    assert.equal(rows.includes('environment.approve allowed noor'), size === 'l');
  }
});

/** Room for all of them at once. */
async function raiseQuota(manifests: string): Promise<void> {
  await editYaml<{ quota: unknown }>(join(manifests, 'templates/dev/template.yaml'), (template) => {
    template.quota = { perOwner: 100, perTeam: 100 };
  });
}
