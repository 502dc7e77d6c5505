import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { ALERTS_TOKEN, editYaml, INCIDENTS_CHANNEL, openPurser } from '../support/purser.ts';
import { answered, untilPhase, watched } from './acts.ts';
import {
  announcementOf,
  auditOfIncident,
  declareUsable,
  fillIn,
  headerOf,
  inc,
  labelsOf,
  postsOf,
  press,
  timelineTexts,
  untilIncident,
  untilShown,
  untilUsable,
} from './incident-acts.ts';

const purser = await watched(openPurser());

describe('acting from an incident', { timeout: 300_000 }, () => {
  let alertmanager: Alertmanager;

  before(async () => {
    const bot = await purser.startBot();
    alertmanager = await startAlertmanager({
      receiver: `${bot.url}/webhooks/alertmanager`,
      token: ALERTS_TOKEN,
      maxAlerts: 100,
    });
    await editYaml<object>(join(purser.env.PURSER_MANIFESTS ?? '', 'incidents.yaml'), (config) => {
      Object.assign(config, { alertmanager: { url: alertmanager.url } });
    });
    await purser.startWorker();
  });
  after(() => alertmanager.stop());

  const open = (text: string) => declareUsable(purser, text);

  test('an alert of a real Alertmanager is an incident, silenced from its room, and over when it says so', async () => {
    const firing = {
      labels: { alertname: 'CacheCold', instance: 'a', severity: 'warning', service: 'shop' },
      annotations: { summary: 'the cache is cold' },
      startsAt: new Date(Date.now() - 60_000).toISOString(),
    };
    await alertmanager.post([firing]);
    const row = await eventually(async () => {
      const { items } = await purser.store.incidents.list({ limit: 50 });
      return items.find(({ title }) => title === 'CacheCold: the cache is cold');
    });
    const state = await untilUsable(purser, row.number);
    await untilIncident(purser, row.number, ({ alerts }) => alerts?.firing === 1);
    await untilShown(() => labelsOf(headerOf(purser, state)).join(), /Silence…/);

    const said = await fillIn(purser, 'U0LEE', headerOf(purser, state), 'Silence…', {
      for: '2h',
      comment: 'known, and being worked on',
    });
    const silenced = await untilIncident(purser, row.number, ({ silences }) => silences.length > 0);

    assert.match(said, /are being silenced/);
    const silences = (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as {
      id: string;
      comment: string;
      matchers: { name: string; value: string }[];
      status: { state: string };
    }[];
    const [silence] = silences;
    assert.ok(silence !== undefined && silences.length === 1);
    assert.equal(silence.id, silenced.silences[0]?.id);
    assert.equal(silence.status.state, 'active');
    assert.match(silence.comment, /known, and being worked on/);
    assert.ok(silence.matchers.some(({ name, value }) => name === 'alertname' && value === 'CacheCold'));
    await eventually(async () =>
      (await timelineTexts(purser, row.number)).some((text) => /^Silenced until/.test(text)),
    );

    await fetch(`${alertmanager.url}/api/v2/silence/${silence.id}`, { method: 'DELETE' });
    await alertmanager.post([{ ...firing, endsAt: new Date().toISOString() }]);
    const over = await untilIncident(purser, row.number, ({ alerts }) => alerts?.firing === 0);
    assert.equal(over.escalations[0]?.acknowledged?.by, 'alerts');
  });

  test('whoever joins from the announcement is in the room, and reads what happened so far', async () => {
    const { state, channel } = await open('sev3 anybody may help');
    const room = purser.slack.workspace.channels.get(channel);

    await answered(purser, 'U0NOOR', () => press(purser, 'U0NOOR', announcementOf(purser, state), 'Join'));

    await eventually(() => room?.members.includes('U0NOOR'));
    assert.match(await inc(purser, 'catchup', { user: 'U0NOOR', channel }), /anybody may help/);
    assert.match(await inc(purser, 'list mine', { user: 'U0NOOR' }), /anybody may help/);
  });

  test('somebody is paged by hand, with what for', async () => {
    const { state, number, channel } = await open('sev4 only a question');
    assert.deepEqual(postsOf(purser, state, 'page:'), []);

    const said = await inc(purser, 'page @noor please look at the invoices', { channel });
    const [page] = await eventually(() => {
      const pages = postsOf(purser, state, 'page:');
      return pages.length > 0 && pages;
    });
    assert.ok(page);
    await answered(purser, 'U0NOOR', () => press(purser, 'U0NOOR', page, 'Acknowledge'));
    const answeredState = await untilIncident(
      purser,
      number,
      ({ times }) => times.acknowledgedAt !== undefined,
    );

    assert.match(said, /They are being paged/);
    assert.equal(page.channel, 'D0U0NOOR');
    assert.match(readable(page), /please look at the invoices/);
    assert.equal(answeredState.escalations[0]?.acknowledged?.by, 'noor');
  });

  test('an environment to look into it is one of the person who asked, and outlives the incident', async () => {
    const { number, channel } = await open('sev3 only on one kind of browser');
    const name = purser.newName();

    await purser.slack.command('U0KIM', channel, 'environment dev', '/inc');
    await purser.slack.until(() => purser.slack.modalOf('U0KIM'));
    await answered(purser, 'U0KIM', () => purser.slack.submitView('U0KIM', { name }));
    await untilIncident(purser, number, ({ environments }) => environments.includes(name));
    await untilPhase(purser, name, 'ready');
    await inc(purser, 'cancel found it', { channel });

    assert.equal((await purser.state(name)).requester, 'kim');
    await eventually(async () => (await purser.state(name)).phase === 'ready');
    const audit = await auditOfIncident(purser, number);
    assert.ok(audit.includes('incident.environment allowed kim'), audit.join(', '));
  });

  test('late facts: when it began is corrected, and the figures follow', async () => {
    const { state, number, channel } = await open('sev3 it began before');
    await inc(purser, 'resolve cause="a leak" fix="a plug"', { channel });
    await untilShown(() => labelsOf(headerOf(purser, state)).join(), /Times…/);
    const began = new Date(Date.now() - 2 * 3_600_000).toISOString().slice(0, 16);

    await fillIn(purser, 'U0KIM', headerOf(purser, state), 'Times…', { impactAt: began, detectedAt: began });

    const { times } = await untilIncident(purser, number, (now) => now.times.impactAt !== undefined);
    assert.equal(times.impactAt?.slice(0, 16), began);
    assert.equal(times.detectedAt.slice(0, 16), began);
    const row = await eventually(async () => {
      const found = await purser.store.incidents.get(number);
      return found?.times.impactAt !== undefined && found;
    });
    assert.equal(row.times.detectedAt.slice(0, 16), began);
  });

  test('the home tab shows what is open and what is theirs', async () => {
    const { channel } = await open('sev3 shown at home');
    await inc(purser, 'claim lead', { channel });

    await purser.slack.openHome('U0KIM');

    const home = await purser.slack.until(() => {
      const view = purser.slack.homeOf('U0KIM');
      return view !== undefined && /shown at home/.test(readable(view)) && view;
    });
    assert.match(readable(home), /shown at home/);
  });

  test('an update that takes long is put off with a reason', async () => {
    const { state, channel } = await open('sev2 caches are cold');

    const said = await inc(purser, 'snooze 2h waiting for the vendor', { channel });

    assert.match(said, /put off/);
    await untilShown(() => headerOf(purser, state), /Put off by <@U0KIM>[\s\S]*waiting for the vendor/);
  });

  test('outside of a room the open ones are offered, and a press does it', async () => {
    const { number } = await open('sev3 stock is wrong');

    const question = await answered(purser, 'U0KIM', () =>
      purser.slack.command('U0KIM', INCIDENTS_CHANNEL, 'update counted again', '/inc'),
    );
    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', question, `#${number} stock is wrong`));

    await untilIncident(purser, number, ({ update }) => update.last?.what === 'counted again');
  });
});
