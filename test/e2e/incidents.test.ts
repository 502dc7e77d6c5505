import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  alert,
  announcementOf,
  auditOfIncident,
  declare,
  headerOf,
  labelsOf,
  numberIn,
  pagesTo,
  postsOf,
  roomOf,
  timelineTexts,
  untilIncident,
  untilSetUp,
  untilShown,
} from './incident-acts.ts';

const purser = await atWork(openPurser());

describe('declaring an incident', { timeout: 600_000 }, () => {
  /** What every incident has, however it was declared. */
  async function assertComplete(state: IncidentState, { invited = ['U0KIM', 'U0LEE'] } = {}): Promise<void> {
    const { slack } = purser;
    const { channel } = roomOf(state);
    const room = slack.workspace.channels.get(channel);
    assert.ok(room);
    assert.match(room.name, new RegExp(`^inc-${state.number}-[a-z0-9-]+$`));
    await eventually(() => invited.every((user) => room.members.includes(user)));
    await eventually(() => room.topic?.includes(`#${state.number} ${state.title}`));
    const header = headerOf(purser, state);
    assert.equal(header.channel, channel);
    await eventually(() => room.pins?.includes(header.ts));
    const announced = await untilShown(() => announcementOf(purser, state), new RegExp(`<#${channel}>`));
    assert.ok(announced.includes(state.title));
    assert.deepEqual(labelsOf(announcementOf(purser, state)), ['Join', 'Show']);
    assert.equal(
      slack.callsOf('conversations.create').filter(({ params }) => params.name === room.name).length,
      1,
    );
  }

  test('three words: room, header, announcement, page, and nothing is left on the list', async () => {
    const number = await declare(purser, 'sev2 checkout is slow');
    const state = await untilSetUp(purser, number);

    await assertComplete(state);
    assert.deepEqual([state.severity, state.declaredBy, state.status], ['sev2', 'kim', 'declared']);
    assert.equal(
      purser.slack.workspace.channels.get(roomOf(state).channel)?.name,
      `inc-${number}-checkout-is-slow`,
    );
    const [page] = pagesTo(purser, state, 'U0LEE');
    assert.ok(page);
    await untilShown(() => page, /You are paged: #\d+ · SEV2 Major[\s\S]*checkout is slow/);
    assert.deepEqual(labelsOf(page), ['Acknowledge', 'Show']);
    await untilShown(() => headerOf(purser, state), /Next update due .* by <@U0KIM>, then <@U0LEE> is asked/);
    assert.deepEqual(await auditOfIncident(purser, number), ['incident.declare intended kim']);
    const entries = await eventually(async () => {
      const texts = await timelineTexts(purser, number);
      return texts.length >= state.entries && texts;
    });
    assert.equal(entries[0], 'Declared as SEV2: checkout is slow');
  });

  test('the worst is asked about first, and says who will be paged', async () => {
    const { slack } = purser;

    await slack.command('U0KIM', CHANNEL, 'sev1 nobody can pay', '/inc');
    const form = await slack.until(() => slack.modalOf('U0KIM'));
    assert.match(readable(form.view), /Will page[\s\S]*Lee Sample/);
    const said = await answered(purser, 'U0KIM', () =>
      slack.submitView('U0KIM', { service: 'shop', summary: 'The button does nothing.' }),
    ).then(readable);
    const number = numberIn(said);
    const state = await untilSetUp(purser, number);

    await assertComplete(state);
    assert.deepEqual([state.severity, state.service], ['sev1', 'shop']);
    const room = slack.workspace.channels.get(roomOf(state).channel);
    await eventually(() => (room?.bookmarks ?? []).length === 3);
    assert.deepEqual(
      room?.bookmarks?.map(({ title }) => title),
      ['Checkout is down', 'Roll back a release', 'Shop'],
    );
    await untilShown(() => headerOf(purser, state), /The button does nothing\./);
  });

  test('from a message, which is the first thing in the timeline', async () => {
    const { slack } = purser;
    const message = await slack.say('U0NOOR', CHANNEL, 'invoices are empty\nsince this morning');

    await slack.messageShortcut('U0KIM', message, 'incident.declare-from-message');
    const form = await slack.until(() => slack.modalOf('U0KIM'));
    assert.equal(form.view.callback_id, 'incident.declare');
    const said = await answered(purser, 'U0KIM', () => slack.submitView('U0KIM', {})).then(readable);
    const state = await untilSetUp(purser, numberIn(said));

    await assertComplete(state);
    assert.equal(state.title, 'invoices are empty');
    const origin = await eventually(async () =>
      (await purser.store.incidents.timeline(state.number)).find(({ key }) => key === 'origin'),
    );
    assert.match(origin.text, /noor.*: invoices are empty\nsince this morning/i);
    assert.match(origin.link ?? '', /^https:\/\/sample\.slack\.com\/archives\/C0DEV\//);
  });

  test('from an alert: nobody has to type anything', async () => {
    const { incidents } = await alert(purser, { alertname: 'CheckoutDown', severity: 'warning' });
    const [number = 0] = incidents;
    const state = await untilSetUp(purser, number);

    await assertComplete(state, { invited: ['U0LEE'] });
    assert.deepEqual(
      [state.severity, state.service, state.declaredBy, state.title],
      ['sev3', 'shop', 'alerts', 'CheckoutDown: CheckoutDown on a'],
    );
    await untilIncident(purser, number, ({ alerts }) => alerts?.firing === 1);
    await untilShown(() => headerOf(purser, state), /1 of 1 alert is firing: CheckoutDown/);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
  });

  test('the same command delivered twice is one incident', async () => {
    const { slack } = purser;
    const delivered = await slack.command('U0KIM', CHANNEL, 'sev3 twice is once', '/inc');
    await delivered.replay();
    await delivered.retry();

    const said = await slack.until(() =>
      slack
        .privateTo('U0KIM')
        .map(readable)
        .find((text) => /#\d+ is declared/.test(text) && text.includes('Paged first')),
    );
    assert.ok(said);
    const rows = await eventually(async () => {
      const { items } = await purser.store.incidents.list({ limit: 100 });
      const found = items.filter(({ title }) => title === 'twice is once');
      return found.length > 0 && found;
    });
    const [row] = rows;
    assert.ok(row !== undefined && rows.length === 1);
    const state = await untilSetUp(purser, row.number);
    assert.equal(postsOf(purser, state, 'header:').length, 1);
    const { items } = await purser.store.incidents.list({ limit: 100 });
    assert.equal(items.filter(({ title }) => title === 'twice is once').length, 1);
  });
});
