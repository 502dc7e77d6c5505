import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  declare,
  headerOf,
  headerText,
  pagesTo,
  postsOf,
  press,
  roomOf,
  timelineTexts,
  toldIn,
  untilIncident,
  untilShown,
  untilUsable,
} from './incident-acts.ts';

const PEOPLE = ['KIM', 'LEE', 'NOOR', 'RAVI'];

const purser = await atWork(openPurser());

describe('several people at once', { timeout: 300_000 }, () => {
  before(() => Promise.all([purser.startBot(), purser.startWorker()]));

  test('of all who claim lead at once one leads, and the others are told who', async () => {
    const state = await untilUsable(purser, await declare(purser, 'sev3 everybody wants to lead'));
    const header = headerOf(purser, state);

    const answers = await Promise.all(
      PEOPLE.map((person) =>
        answered(purser, `U0${person}`, () => press(purser, `U0${person}`, header, 'Claim: Lead')).then(
          readable,
        ),
      ),
    );
    const { roles } = await purser.incident(state.number);

    const [lead] = roles;
    assert.equal(answers.filter((said) => said.includes('Recorded')).length, 1);
    const refused = answers.filter((said) => !said.includes('Recorded'));
    assert.ok(
      refused.every((said) => new RegExp(`${lead?.person} .*is Lead`, 'i').test(said)),
      refused.join('\n'),
    );
    await untilShown(
      () => headerOf(purser, state),
      new RegExp(`\\*Lead\\* {2}<@U0${lead?.person?.toUpperCase()}>`),
    );
    const entries = await eventually(async () => {
      const texts = await timelineTexts(purser, state.number);
      return texts.some((text) => text.startsWith('Lead: ')) && texts;
    });
    assert.equal(entries.filter((text) => text.startsWith('Lead: ')).length, 1);
  });

  test('twenty acts at once are twenty acts, each of them told once', async () => {
    const state = await untilUsable(purser, await declare(purser, 'sev3 everybody knows something'));
    const { channel } = roomOf(state);
    const said = Array.from({ length: 20 }, (_, at) => `fact number ${at + 1}.`);

    await Promise.all(
      said.map((text, at) => purser.slack.command(`U0${PEOPLE[at % 4]}`, channel, `update ${text}`, '/inc')),
    );
    const answers = await eventually(() => {
      const all = PEOPLE.flatMap((person) => purser.slack.privateTo(`U0${person}`).map(readable));
      const given = all.filter((answer) => /Your update of #\d+ is out|^⚠️ Not recorded/.test(answer));
      return given.length === said.length && given;
    });
    // On a machine that is too busy somebody is asked to try again; nobody is told that it is out when it is not.
    const out = answers.filter((answer) => answer.includes('is out')).length;
    await untilIncident(purser, state.number, ({ update }) => update.kept >= out);
    await eventually(async () => {
      const { update } = await purser.incident(state.number);
      const entries = (await timelineTexts(purser, state.number)).filter((text) => said.includes(text));
      const told = toldIn(purser, state).filter((text) => text.includes('fact number'));
      assert.equal(entries.length, update.kept);
      assert.equal(told.length, update.kept);
      assert.equal(new Set(entries).size, entries.length, 'recorded twice');
      assert.ok(
        entries.every((fact) => told.filter((text) => text.includes(fact)).length === 1),
        'told twice',
      );
      assert.ok(headerText(purser, state).includes(update.last?.what ?? 'nothing'));
      assert.equal(update.missed, 0);
      return true;
    });
  });

  test('the same press, form and event delivered again are one act', async () => {
    const { slack } = purser;
    const state = await untilUsable(purser, await declare(purser, 'sev2 once is enough'));
    const { channel } = roomOf(state);
    const [page] = pagesTo(purser, state, 'U0LEE');
    assert.ok(page);

    const acknowledged = await press(purser, 'U0LEE', page, 'Acknowledge');
    const updated = await slack.command('U0KIM', channel, 'update said once', '/inc');
    const message = await slack.say('U0KIM', channel, 'kept once');
    const kept = await slack.react('U0KIM', message, 'pushpin');
    await slack.command('U0KIM', channel, 'task', '/inc');
    await slack.until(() => slack.modalOf('U0KIM'));
    const filled = await slack.submitView('U0KIM', { text: 'done once' });
    const deliveries = [acknowledged, updated, kept, filled];
    await Promise.all(deliveries.flatMap((delivery) => [delivery.replay(), delivery.retry()]));
    const entries = await eventually(async () => {
      const texts = await timelineTexts(purser, state.number);
      const there = ['Acknowledged', 'said once', 'kept once', 'done once'];
      return there.every((wanted) => texts.some((text) => text.includes(wanted))) && texts;
    });

    for (const once of ['Acknowledged', 'said once', 'kept once', 'done once']) {
      assert.equal(entries.filter((text) => text.includes(once)).length, 1, once);
    }
    const { tasks } = await purser.incident(state.number);
    assert.equal(tasks.length, 1);
    const history = await purser.temporal.workflow.getHandle(incidentWorkflowId(state.number)).describe();
    assert.ok(history.historyLength < 400, `${history.historyLength} events`);
    assert.equal(postsOf(purser, state, 'header:').length, 1);
  });
});
