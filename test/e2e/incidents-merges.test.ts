import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createIncidentLaunchers } from '../../src/temporal/incident-launchers.ts';
import { eventually } from '../support/eventually.ts';
import { openPurser } from '../support/purser.ts';
import { silentLog } from '../temporal/real-server.ts';
import { answered, atWork } from './acts.ts';
import { declareUsable, headerOf, inc, labelsOf, press, untilIncident, untilShown } from './incident-acts.ts';

const NOTES = 40;

const purser = await atWork(openPurser());

describe('incidents that are merged', { timeout: 300_000 }, () => {
  const launchers = createIncidentLaunchers(purser.temporal, silentLog);
  const began = Date.now() - NOTES * 60_000;

  /** One a minute, in whatever order they are written down. */
  async function noteAll(number: number, second: number): Promise<void> {
    const minutes = Array.from({ length: NOTES }, (_, minute) => minute).toReversed();
    for (const minute of minutes) {
      const at = new Date(began + minute * 60_000 + second * 1_000).toISOString();
      const act = { kind: 'note', key: `n${minute}`, text: `minute ${minute} of ${second}`, at } as const;
      const outcome = await launchers.act(number, { key: `${number}:${minute}`, person: 'kim', act });
      assert.ok(outcome.ok);
    }
  }

  const notesIn = async (number: number) => {
    const timeline = await purser.store.incidents.timeline(number);
    return timeline.filter(({ kind }) => kind === 'note').map(({ text }) => text);
  };

  test('two long timelines become one, in order and with nothing twice, and both again when it is undone', async () => {
    const into = await declareUsable(purser, 'sev3 images are missing');
    const copy = await declareUsable(purser, 'sev3 pictures are gone');
    await Promise.all([noteAll(into.number, 10), noteAll(copy.number, 20)]);
    await inc(purser, `merge into ${into.number}`, { channel: copy.channel });
    await untilIncident(purser, into.number, ({ links }) => links.merged.includes(copy.number));
    await noteAll(into.number, 10);

    const ordered = Array.from({ length: NOTES }, (_, minute) => [
      `minute ${minute} of 10`,
      `#${copy.number}: minute ${minute} of 20`,
    ]).flat();
    await eventually(async () => (await notesIn(into.number)).length >= ordered.length);
    assert.deepEqual(await notesIn(into.number), ordered);
    await inc(purser, 'export json', { channel: into.channel });
    const file = await eventually(() =>
      purser.slack.workspace.files.find(({ name }) => name === `incident-${into.number}.json`),
    );
    assert.equal(file.content.toString().match(/minute \d+ of/g)?.length, ordered.length);

    await inc(purser, 'unmerge', { channel: copy.channel });
    await eventually(async () => (await notesIn(into.number)).length === NOTES);
    assert.equal((await notesIn(copy.number)).length, NOTES);
  });

  test('a merge into what was merged onward is undone step by step, and says so at its button', async () => {
    const [last, middle, first] = [
      await declareUsable(purser, 'sev3 mails are late'),
      await declareUsable(purser, 'sev3 mails come twice'),
      await declareUsable(purser, 'sev3 no mails'),
    ];
    const merge = async (one: typeof first, into: typeof first) => {
      await inc(purser, `merge into ${into.number}`, { channel: one.channel });
      await untilIncident(purser, into.number, ({ links }) => links.merged.includes(one.number));
      await eventually(
        async () => (await purser.store.incidents.get(one.number))?.mergedInto === into.number,
      );
    };
    await merge(first, middle);
    await merge(middle, last);
    const card = () => headerOf(purser, first.state);
    await untilShown(() => labelsOf(card()).join(), /Undo the merge/);

    const early = await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', card(), 'Undo the merge'));
    await inc(purser, 'unmerge', { channel: middle.channel });
    await untilIncident(purser, last.number, ({ links }) => links.merged.length === 0);
    await eventually(async () => (await purser.store.incidents.get(middle.number))?.mergedInto === undefined);
    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', card(), 'Undo the merge'));
    await untilIncident(purser, middle.number, ({ links }) => links.merged.length === 0);

    assert.match(
      JSON.stringify(early),
      new RegExp(`#${middle.number} has been merged into #${last.number} since.*unmerge ${middle.number}`),
    );
    assert.equal((await purser.incident(first.number)).status, 'declared');
  });
});
