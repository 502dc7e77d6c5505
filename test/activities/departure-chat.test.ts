import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createActivities } from '../../activities/index.ts';
import type { DepartureState } from '../../src/domain/departures.ts';
import {
  approvedDeparture,
  DONE_LEDGER,
  SAMPLE_LEDGER,
  sampleDeparture,
} from '../support/departure-samples.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const begun = { begunAt: '2026-04-01T10:00:01.000Z' };
const leaving = () => approvedDeparture({ ...begun, phase: 'leaving', ledger: SAMPLE_LEDGER, revision: 40 });
const left = () => approvedDeparture({ ...begun, phase: 'left', ledger: DONE_LEDGER, revision: 50 });

describe('what people read of a departure', () => {
  const stage = createStage();
  let scene: Scene;

  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    scene = await stage.scene();
  });

  const show = (state: DepartureState) =>
    scene.run(scene.activities.showDeparture, { state, origin: SHOP_CHANNEL });
  const certify = (state: DepartureState) =>
    scene.run(scene.activities.certifyDeparture, { state, origin: SHOP_CHANNEL });
  const shape = () =>
    scene.chat.messages.map(({ channel, shown }) => `${channel} ${shown.at(-1)?.kind}`).sort();

  test('is asked for where it was asked, directly and where approvals are posted, and the leaver is not told', async () => {
    await show(sampleDeparture());
    await show(sampleDeparture());

    assert.deepEqual(shape(), ['C0APPROVAL approval', 'C0SHOP item-list', 'DU0RAVI approval']);
  });

  test('loses its buttons once it is decided', async () => {
    await show(sampleDeparture());
    await show(approvedDeparture());

    for (const { shown } of scene.chat.in('DU0RAVI')) {
      const view = shown.at(-1);
      assert.ok(view?.kind === 'approval' && view.actions.length === 0);
    }
  });

  test('is asked anew on a new card, and the old one says so', async () => {
    await show(sampleDeparture());
    await show(sampleDeparture({ round: 2, revision: 9 }));

    assert.deepEqual(
      scene.chat.in('DU0RAVI').map(({ shown }) => shown.at(-1)?.kind),
      ['notice', 'approval'],
    );
  });

  test('gives administrators what is to be done by hand, once, and says when nothing is left', async () => {
    await show(leaving());
    await show({ ...leaving(), revision: 41 });
    const tasks = scene.chat.in('DU0RAVI');
    const open = tasks.map(({ shown }) => shown.at(-1)).find((view) => view?.kind === 'item-list');
    await show(left());

    const view = tasks.at(-1)?.shown.at(-1);
    assert.equal(tasks.length, 1);
    assert.deepEqual(open?.kind === 'item-list' && open.items.map(({ action }) => action?.payload.line), [
      'groups:sso',
      'group:cluster:edit@default',
    ]);
    assert.ok(view?.kind === 'item-list' && view.items.length === 0);
  });

  test('comes to whoever asked where the app may not write', async () => {
    scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'forbidden' });

    await show(sampleDeparture());

    assert.ok(shape().includes('DU0LEE item-list'));
  });

  test('hands environments over to whoever is still here', async () => {
    const item = {
      cluster: 'local',
      name: 'pr-42',
      phase: 'ready',
      template: 'dev',
      team: 'shop',
      owner: 'kim',
    } as const;
    const asked: string[] = [];
    const environmentsOf = async (owner: string) => {
      asked.push(owner);
      return [item];
    };
    const { handOver } = createActivities({ ...scene.deps, environmentsOf });
    const run = (heirs: string[]) =>
      scene.run(handOver, { state: { ...leaving(), heirs, id: heirs.join('-') }, origin: SHOP_CHANNEL });

    const names = await run(['old', 'noor']);
    await run(['old']);

    assert.deepEqual([names, asked], [['pr-42'], ['kim', 'kim']]);
    assert.deepEqual(shape(), ['DU0LEE item-list', 'DU0NOOR item-list']);
  });

  test('tells nobody of environments where there are none', async () => {
    const names = await scene.run(scene.activities.handOver, { state: leaving(), origin: SHOP_CHANNEL });

    assert.deepEqual([names, scene.chat.messages.length], [[], 0]);
  });

  test('ends with a certificate in two files, once', async () => {
    await certify(left());
    await certify(left());

    assert.deepEqual(shape(), ['C0SHOP document']);
    assert.deepEqual(
      scene.chat.files.map(({ channel, file }) => `${channel} ${file.name}`),
      ['C0SHOP departure-kim-d-1.md', 'C0SHOP departure-kim-d-1.json'],
    );
    const json: unknown = JSON.parse(`${scene.chat.files[1]?.file.content}`);
    assert.partialDeepStrictEqual(json, { format: 'purser/departure', person: 'kim' });
  });

  test('ends with a certificate on as many cards as it takes where bots have no files', async () => {
    scene.chat.takeFiles(false);

    await certify(left());
    await certify(left());

    const texts = scene.chat.messages.map(({ shown }) => shown.at(-1));
    const content = texts.map((view) => (view?.kind === 'document' ? view.content : '')).join('\n');
    assert.ok(texts.length > 1);
    assert.match(content, /\| sso: login \| disabled/);
    assert.match(content, /\| Environments \| handed over: pr-42/);
    assert.equal(scene.chat.files.length, 0);
  });
});
