import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, type PrivateMessage, readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, editYaml, openPurser } from '../support/purser.ts';
import { actionsOf, answered, assertPostedOnce, create, untilCard, watched } from './acts.ts';
import { startCrashingWorker, untilKilled } from './crashes.ts';

const IMAGE = 'image=docker.io/library/httpd:2.4';
const PLACE = { template: 'preview', owner: 'kim', team: 'shop' };
const WHY = { reason: 'Two branches have to be compared.', extra: '1', lasts: '30d' };

const purser = await watched(openPurser({ manifests: onePreviewEach }));
const { slack } = purser;

describe('who may have no more environments asks for one more', { timeout: 600_000 }, () => {
  let worker: Awaited<ReturnType<typeof purser.startWorker>>;

  before(async () => {
    await purser.startBot();
    worker = await purser.startWorker();
  });

  test('an administrator allows it, both hear of it, and the environment is built', async () => {
    const [first, second, third] = [purser.newName(), purser.newName(), purser.newName()];
    await create(purser, `preview ${first} ${IMAGE}`);
    await untilCard(purser, first, 'is ready');

    const full = await answered(purser, 'U0KIM', () =>
      slack.command('U0KIM', 'C0DEV', `create preview ${second} ${IMAGE}`),
    );
    const said = await ask(full);
    const again = await answered(purser, 'U0KIM', () => slack.click('U0KIM', full, 'quota.ask'));
    const [card, copy] = await untilAsked();
    const onAnOldScreen = structuredClone(copy);
    const own = await answered(purser, 'U0KIM', () => slack.click('U0KIM', copy, 'quota.approve'));
    const stranger = await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', copy, 'quota.approve'));
    await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', card, 'quota.approve'));
    const told = await untilTold('Ravi Sample (administrator) approved 1 more environment of “preview”');
    const late = await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', onAnOldScreen, 'quota.deny'));

    assert.match(readable(full), /You have 1 of 1 environments of “preview”/);
    assert.match(said, /Asked for 1 more environment of “preview”/);
    assert.match(readable(again), /already, and nobody has decided yet/);
    assert.match(readable(own), /somebody else has to decide/);
    assert.match(readable(stranger), /You cannot decide on this/);
    assert.match(readable(late), /already approved by Ravi Sample/);
    for (const message of [card, copy]) {
      await eventually(() => actionsOf(message).length === 0);
      assert.match(readable(message), /Approved by <@U0RAVI>/);
    }

    await slack.click('U0KIM', told, 'environment.request');
    const form = await slack.until(() => slack.modalOf('U0KIM'));
    assert.match(readable(form.view), /Preview of a pull request/);
    await answered(purser, 'U0KIM', () =>
      slack.submitView('U0KIM', { name: second, image: 'docker.io/library/httpd:2.4' }),
    );
    await untilCard(purser, second, 'is ready');
    assert.match(await create(purser, `preview ${third} ${IMAGE}`), /You have 2 of 2 environments/);
    assert.deepEqual(await audited(), [
      'quota.request intended kim',
      'quota.open allowed kim',
      'quota.approve refused kim',
      'quota.approve refused noor',
      'quota.approve allowed ravi',
      'quota.grant intended ravi',
      'quota.deny refused ravi',
    ]);
  });

  test('a worker that is killed between deciding, recording and telling does each of it once', async () => {
    const victim = (activity: string) => [{ name: 'preview', activity }];
    const full = await answered(purser, 'U0KIM', () =>
      slack.command('U0KIM', 'C0DEV', `create preview ${purser.newName()} ${IMAGE}`),
    );
    await ask(full);
    const [card, copy] = await untilAsked();
    worker.signal('SIGKILL');
    await worker.exited;

    const deciding = await startCrashingWorker(purser, victim('grantQuota'), 'before');
    await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', card, 'quota.approve'));
    await untilKilled(deciding);
    await untilKilled(await startCrashingWorker(purser, victim('grantQuota'), 'after'));
    const recorded = (await purser.store.places.count(PLACE)).perOwner;
    for (const when of ['before', 'after'] as const) {
      await untilKilled(await startCrashingWorker(purser, victim('announceQuota decided'), when));
    }
    await purser.startWorker();

    for (const message of [card, copy]) {
      await eventually(() => actionsOf(message).length === 0, 90_000);
      assert.match(readable(message), /Approved by <@U0RAVI>/);
    }
    const { perOwner } = await purser.store.places.count(PLACE);
    assert.deepEqual(perOwner, recorded);
    assert.equal(perOwner.granted, 2);
    const notes = toldKim('approved 1 more environment of “preview”');
    assert.equal(notes.length, 2);
    const rows = await audited();
    assert.equal(rows.filter((row) => row === 'quota.grant intended ravi').length, 2);
    assertPostedOnce(purser);
  });
});

async function ask(full: PrivateMessage): Promise<string> {
  await slack.click('U0KIM', full, 'quota.ask');
  const form = await slack.until(() => slack.modalOf('U0KIM'));
  assert.match(readable(form.view), /Ravi Sample \(administrator\), within 3 days/);
  return readable(await answered(purser, 'U0KIM', () => slack.submitView('U0KIM', WHY)));
}

/** The administrator's card, and the one in the approval channel. */
async function untilAsked(): Promise<[FakeMessage, FakeMessage]> {
  const asks = (message: FakeMessage) => actionsOf(message).includes('quota.approve');
  return await eventually(() => {
    const card = slack.directMessages('U0RAVI').find(asks);
    const copy = slack.messagesIn(APPROVAL_CHANNEL).find(asks);
    return card !== undefined && copy !== undefined && ([card, copy] as [FakeMessage, FakeMessage]);
  }, 30_000);
}

function toldKim(text: string): FakeMessage[] {
  return slack.directMessages('U0KIM').filter((message) => readable(message).includes(text));
}

async function untilTold(text: string): Promise<FakeMessage> {
  return await eventually(() => toldKim(text)[0], 30_000);
}

async function audited(): Promise<string[]> {
  const rows = await purser.auditRows();
  return rows
    .filter(({ action }) => action.startsWith('quota.'))
    .map(({ action, outcome, actor }) => `${action} ${outcome} ${actor}`);
}

async function onePreviewEach(manifests: string): Promise<void> {
  await editYaml<{ quota: unknown }>(join(manifests, 'templates/preview/template.yaml'), (template) => {
    template.quota = { perOwner: 1, perTeam: 20 };
  });
}
