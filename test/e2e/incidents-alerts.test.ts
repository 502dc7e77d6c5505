import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser, STAKEHOLDERS_CHANNEL } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  alert,
  announcementOf,
  botOf,
  declare,
  figures,
  headerOf,
  inc,
  labelsOf,
  numberIn,
  pagerdutyEvent,
  pagesTo,
  postsOf,
  roomOf,
  timelineTexts,
  toldIn,
  untilIncident,
  untilShown,
  untilUsable,
} from './incident-acts.ts';

const purser = await atWork(openPurser());

describe('incidents from alerts', { timeout: 600_000 }, () => {
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

  test('firing, repeated, from a pair at once: one incident, one page, one header', async () => {
    const firing = { alertname: 'DiskFull', startsAt: ago(60_000) };

    const answers = await Promise.all([alert(purser, firing), alert(purser, firing), alert(purser, firing)]);
    const number = answers[0]?.incidents[0] ?? 0;
    const state = await untilUsable(purser, number);
    await alert(purser, firing);
    const after = await untilIncident(purser, number, ({ alerts }) => alerts !== undefined);

    assert.deepEqual([...new Set(answers.flatMap(({ incidents }) => incidents))], [number]);
    assert.deepEqual(
      [after.alerts?.firing, after.alerts?.total, after.alerts?.repeats],
      [1, 1, 1],
      'doubles are not counted',
    );
    assert.equal(state.severity, 'sev1');
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
    assert.deepEqual(
      (await purser.store.incidents.list({ limit: 100 })).items.map((row) => row.number),
      [number],
    );
    await untilShown(() => headerOf(purser, state), /declared by monitoring/);
  });

  test('what speaks to PagerDuty pages, acknowledges and ends it here', async () => {
    const payload = { summary: 'Queue of mails is stuck', source: 'mail-1', severity: 'warning' };

    const triggered = await pagerdutyEvent(purser, 'trigger', { payload });
    const row = await eventually(async () =>
      (await purser.store.incidents.list({ limit: 100 })).items.find(
        ({ title }) => title === payload.summary,
      ),
    );
    const state = await untilUsable(purser, row.number);
    await eventually(() => pagesTo(purser, state, 'U0LEE').length === 1);
    await pagerdutyEvent(purser, 'acknowledge');
    await untilShown(() => headerOf(purser, state), /answered by monitoring/);
    await pagerdutyEvent(purser, 'resolve');

    assert.deepEqual(triggered, { status: 'success', message: 'Event processed', dedup_key: 'mails' });
    await untilIncident(purser, row.number, ({ alerts }) => alerts?.firing === 0 && alerts.total === 1);
  });

  test('what is over before it is said to fire does not fire; when all is over, paging stops and the room is asked', async () => {
    const a = { alertname: 'QueueStuck', instance: 'a', severity: 'warning', startsAt: ago(120_000) };
    const b = { ...a, instance: 'b', startsAt: ago(90_000) };
    const { incidents } = await alert(purser, a);
    const number = incidents[0] ?? 0;
    const state = await untilUsable(purser, number);
    await alert(purser, { ...b, status: 'resolved', endsAt: ago(10_000) });
    await alert(purser, b);
    await alert(purser, { ...a, status: 'resolved', endsAt: ago(5_000) });

    const over = await untilIncident(purser, number, ({ alerts }) => alerts?.firing === 0);

    assert.equal(over.alerts?.total, 2);
    assert.deepEqual(
      over.escalations.map(({ acknowledged, next }) => [acknowledged?.by, next]),
      [['alerts', undefined]],
    );
    assert.equal(over.status, 'declared');
    await eventually(() =>
      toldIn(purser, state).some((text) => text.includes('If it is over, /incident resolve')),
    );
    const [page] = pagesTo(purser, state, 'U0LEE');
    assert.ok(page);
    await untilShown(() => page, /✅ Answered[\s\S]*monitoring is on it|✅/);
    assert.deepEqual(labelsOf(page), ['Show']);
    await untilShown(() => headerOf(purser, state), /None of 2 alerts is firing any more/);
  });

  test('it fires again soon after it was resolved: the same incident, and whoever resolved it is asked', async () => {
    const first = { alertname: 'SearchDown', severity: 'warning', startsAt: ago(60_000) };
    const { incidents } = await alert(purser, first);
    const number = incidents[0] ?? 0;
    const state = await untilUsable(purser, number);
    await alert(purser, { ...first, status: 'resolved' });
    await untilIncident(purser, number, ({ alerts }) => alerts?.firing === 0);
    await inc(purser, `${number} resolve cause="a full index" fix="made room"`);

    const again = await alert(purser, { ...first, startsAt: new Date().toISOString() });
    await untilIncident(purser, number, ({ alerts }) => alerts?.firing === 1);

    assert.deepEqual(again.incidents, [number]);
    await eventually(() => toldIn(purser, state).some((text) => text.includes('It fires again')));
    const asked = await eventually(() =>
      purser.slack.directMessages('U0KIM').find((message) => /It fires again/.test(readable(message))),
    );
    assert.deepEqual(labelsOf(asked), ['Reopen…', 'Show']);
    assert.equal((await purser.incident(number)).status, 'resolved');
  });

  test('after closing, the same alert is another incident', async () => {
    const first = { alertname: 'LoginDown', severity: 'warning', startsAt: ago(60_000) };
    const { incidents } = await alert(purser, first);
    const number = incidents[0] ?? 0;
    await untilUsable(purser, number);
    await alert(purser, { ...first, status: 'resolved' });
    await inc(purser, `${number} resolve cause="a" fix="b"`);
    await inc(purser, `${number} close`);

    const second = await eventually(async () => {
      const next = await alert(purser, { ...first, startsAt: new Date().toISOString() });
      return next.incidents[0] !== number && next.incidents[0];
    });

    await untilUsable(purser, second);
    assert.ok(second > number);
  });

  test('what no route wants, or one ignores, makes nothing; a stranger is refused', async () => {
    const before = (await purser.store.incidents.list({ limit: 1 })).total;

    const answer = await alert(
      purser,
      { alertname: 'Watchdog', severity: 'none' },
      { alertname: 'SomethingElse', severity: 'info' },
    );
    const [bot] = purser.processes();
    const refused = await fetch(`${bot?.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: 'Bearer guessed' },
      body: '{}',
    });

    assert.deepEqual(answer, { taken: 0, ignored: 2, incidents: [] });
    assert.equal(refused.status, 401);
    assert.equal((await purser.store.incidents.list({ limit: 1 })).total, before);
  });

  test('a drill is the same, but for whom it pages, and counts nowhere', async () => {
    const { slack } = purser;
    const counted = await figures(purser);

    await slack.command('U0NOOR', CHANNEL, 'drill sev1 the lights go out', '/inc');
    const form = await slack.until(() => slack.modalOf('U0NOOR'));
    assert.match(readable(form.view), /Will page[\s\S]*Kim Sample.*Ravi Sample/);
    const said = await answered(purser, 'U0NOOR', () => slack.submitView('U0NOOR', {})).then(readable);
    const number = numberIn(said);
    const state = await untilUsable(purser, number);
    await inc(purser, 'update it is dark', { user: 'U0NOOR', channel: roomOf(state).channel });
    await eventually(() => toldIn(purser, state).some((text) => text.includes('it is dark')));

    assert.equal(state.drill, true);
    assert.match(
      slack.workspace.channels.get(roomOf(state).channel)?.name ?? '',
      /^drill-inc-\d+-the-lights-go-out$/,
    );
    assert.deepEqual(
      postsOf(purser, state, 'page:')
        .map(({ channel }) => channel)
        .sort(),
      ['D0U0KIM', 'D0U0RAVI'],
    );
    assert.ok(
      pagesTo(purser, state, 'U0KIM').every((page) => /🧪 Drill, you are paged/.test(readable(page))),
    );
    await untilShown(() => announcementOf(purser, state), /🧪 drill/);
    assert.ok(toldIn(purser, state).some((text) => text.includes('This is a drill')));
    assert.ok(
      !slack.messagesIn(STAKEHOLDERS_CHANNEL).some((message) => readable(message).includes('it is dark')),
    );
    const compared = (text: string) => text.split('\n').filter((line) => !/Not counted|drill/.test(line));
    const after = await figures(purser);
    assert.deepEqual(compared(after), compared(counted));
    assert.match(after, /1 drill/);
    assert.equal(
      (await timelineTexts(purser, number)).filter((text) => text.startsWith('This is a drill')).length,
      1,
    );
    assert.ok((await declare(purser, 'sev4 and this is none')) > number);
  });

  test('the bot is killed while alerts come in: those that are sent again are no other incident', async () => {
    const firing = { alertname: 'MailDown', severity: 'warning', startsAt: new Date().toISOString() };
    const numbers = async () => {
      const { items } = await purser.store.incidents.list({ limit: 100 });
      return items.filter(({ title }) => title.startsWith('MailDown')).map(({ number }) => number);
    };
    const lost = alert(purser, firing).catch(() => undefined);
    await Promise.race([lost, eventually(async () => (await numbers()).length > 0)]);
    botOf(purser).signal('SIGKILL');
    await lost;
    await purser.startBot();

    const { incidents } = await alert(purser, firing);

    const state = await untilUsable(purser, incidents[0] ?? 0);
    await untilIncident(purser, state.number, ({ alerts }) => alerts?.total === 1);
    assert.deepEqual(await numbers(), [state.number]);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
  });
});
