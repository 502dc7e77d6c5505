import assert from 'node:assert/strict';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { RunbookStep } from '../../src/domain/runbooks.ts';
import { openListener } from '../outside/listener.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { editYaml, openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  auditOfIncident,
  declareUsable,
  headerOf,
  inc,
  labelsOf,
  pagesTo,
  press,
  timelineTexts,
  toldIn,
  untilIncident,
  untilShown,
} from './incident-acts.ts';

const outside = await openListener();
const purser = await atWork(
  openPurser({
    incidents(config) {
      config.webhooks = [{ id: 'status', kind: 'generic', url: outside.url, severities: ['sev2'] }];
      config.drills.people = ['ravi'];
    },
    // Whoever has no account in chat cannot be invited, and then the room is not complete.
    platform({ people }) {
      for (const person of people.filter(({ id }) => id === 'sam')) {
        person.accounts = [{ platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' }];
      }
    },
    manifests: writeRunbooks,
  }),
);

/** The shipped one; and one of our own, which nothing begins. */
async function writeRunbooks(manifests: string): Promise<void> {
  const folder = join(manifests, 'runbooks');
  await mkdir(folder);
  await cp('manifests/runbooks/checkout-down.yaml', join(folder, 'checkout-down.yaml'));
  await cp('manifests/runbooks/checkout-down.yaml', join(folder, 'tell.yaml'));
  await editYaml<object>(join(folder, 'tell.yaml'), (runbook) => {
    Object.assign(runbook, {
      metadata: { name: 'tell', version: 3, title: 'Tell the others' },
      on: [],
      steps: [{ do: 'webhook', webhook: 'status', text: 'Known, and being worked on' }],
    });
  });
}

describe('runbooks of an incident', { timeout: 300_000 }, () => {
  after(() => outside.close());

  const steps = async (number: number): Promise<RunbookStep[]> =>
    ((await purser.incident(number)).runbooks ?? []).flatMap((run) => run.steps);
  const untilSteps = (number: number, wanted: string) =>
    untilIncident(
      purser,
      number,
      ({ runbooks = [] }) => `${runbooks.flatMap((run) => run.steps.map(({ state }) => state))}` === wanted,
    );

  test('one begins with the incident it is for, and what it asks for is pressed on the card', async () => {
    const { state, number, channel } = await declareUsable(
      purser,
      'sev1 nobody can pay service=shop confirm=yes',
    );
    await untilSteps(number, 'done,done,waiting,waiting');
    const card = () => headerOf(purser, state);
    await untilShown(card, /Checkout is down: 2 of 4 steps done[\s\S]*Page all-hands: waits for the Lead/);

    const before = readable(await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', card(), 'Approve')));
    await inc(purser, 'ack', { user: 'U0LEE', channel });
    await inc(purser, 'claim lead', { user: 'U0LEE', channel });
    await untilIncident(purser, number, ({ roles }) => roles.some(({ person }) => person === 'lee'));
    await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', card(), 'Approve'));
    await untilSteps(number, 'done,done,done,waiting');
    const name = purser.newName();
    await press(purser, 'U0KIM', card(), 'Request…');
    const form = await purser.slack.until(() => purser.slack.modalOf('U0KIM'));
    await answered(purser, 'U0KIM', () => purser.slack.submitView('U0KIM', { name }));
    const done = await untilSteps(number, 'done,done,done,done');

    assert.match(before, /That is for the Lead to say, and nobody is/);
    assert.match(JSON.stringify(form), /"dev"/);
    await eventually(() => pagesTo(purser, state, 'U0LEE').length === 2);
    const room = purser.slack.workspace.channels.get(channel);
    await eventually(() => room?.members.includes('U0KIM') && room.members.includes('U0LEE'));
    assert.equal(toldIn(purser, state).filter((text) => text.includes('Roll it back first')).length, 1);
    assert.equal(done.runbooks?.[0]?.steps[3]?.note, name);
    await untilShown(card, /Checkout is down: 4 of 4 steps done/);
    assert.ok(!labelsOf(card()).includes('Approve'));
    const audit = await auditOfIncident(purser, number);
    for (const row of [
      'incident.runbook-step allowed purser',
      'incident.runbook-step allowed lee',
      'incident.runbook-step done lee',
    ])
      assert.ok(audit.includes(row), `${row}: ${audit}`);
  });

  test('one is begun by hand; what fails is on the card with what went wrong, and is tried again from there', async () => {
    const { state, number, channel } = await declareUsable(purser, 'sev4 a question of the press');
    outside.answer({ status: 400 });

    const list = await inc(purser, 'runbook', { channel });
    const said = await inc(purser, 'runbook tell', { channel });
    await untilSteps(number, 'failed');
    const card = () => headerOf(purser, state);
    await untilShown(card, /Tell the others: 0 of 1 step done[\s\S]*❌ +Tell status: .*400/);
    await untilShown(() => labelsOf(card()).join(), /Retry/);
    await answered(purser, 'U0NOOR', () => press(purser, 'U0NOOR', card(), 'Retry'));
    await untilSteps(number, 'done');

    assert.match(list, /Checkout is down[\s\S]*checkout-down · when opened, sev1, shop/);
    assert.match(list, /Tell the others[\s\S]*tell · by hand/);
    assert.match(said, /The runbook begins/);
    const events = outside.heard.map(({ body }) => JSON.parse(body) as { event: string; note: string });
    assert.deepEqual(
      events.map(({ event, note }) => ({ event, note })).slice(-2),
      Array.from({ length: 2 }, () => ({ event: 'update', note: 'Known, and being worked on' })),
    );
    assert.equal(new Set(outside.heard.slice(-2).map(({ headers }) => headers['idempotency-key'])).size, 1);
    const texts = await timelineTexts(purser, number);
    assert.ok(texts.includes('Runbook “Tell the others” (version 3) has begun'), `${texts}`);
    assert.match(await inc(purser, 'runbook nothing', { channel }), /begins/);
    await eventually(() =>
      toldIn(purser, state).some((text) => text.includes('There is no runbook “nothing”')),
    );
    assert.deepEqual((await steps(number)).length, 1);
  });

  test('a drill runs it with the people of its list only, and tells nobody outside', async () => {
    const heard = outside.heard.length;
    const { state, number, channel } = await declareUsable(
      purser,
      'drill sev1 checkout is down service=shop confirm=yes',
    );
    await inc(purser, 'runbook tell', { channel });
    await untilSteps(number, 'done,failed,waiting,waiting,done');

    const people = (await purser.incident(number)).members.filter((person) => person !== 'kim');
    assert.deepEqual(people, []);
    assert.deepEqual(pagesTo(purser, state, 'U0LEE'), []);
    assert.equal(pagesTo(purser, state, 'U0RAVI').length, 1);
    assert.equal(outside.heard.length, heard);
  });
});
