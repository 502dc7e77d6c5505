import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { openPurser, STAKEHOLDERS_CHANNEL } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import {
  announcementOf,
  auditOfIncident,
  declareUsable,
  figures,
  fillIn,
  headerOf,
  inc,
  labelsOf,
  pagesTo,
  postsOf,
  press,
  roomOf,
  timelineTexts,
  toldIn,
  untilIncident,
  untilShown,
} from './incident-acts.ts';

const purser = await atWork(openPurser());

describe('working on an incident', { timeout: 600_000 }, () => {
  const open = (text: string) => declareUsable(purser, text);

  const filesIn = (channel: string) =>
    purser.slack.workspace.files.filter((file) => file.channel === channel).map(({ name }) => name);

  /** Entries of the one message that is kept in these tests. */
  const kept = async (number: number) =>
    (await purser.store.incidents.timeline(number)).filter(({ text }) => text.includes('it began'));

  const direct = (user: string, text: RegExp) =>
    eventually(() => purser.slack.directMessages(user).find((message) => text.test(readable(message))));

  test('a page is answered by its button, and every copy says by whom', async () => {
    const { state, number } = await open('sev2 search is slow');
    const [page] = pagesTo(purser, state, 'U0LEE');
    assert.ok(page);

    const answer = await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', page, 'Acknowledge'));
    const answeredState = await untilIncident(
      purser,
      number,
      ({ times }) => times.acknowledgedAt !== undefined,
    );

    assert.match(readable(answer), /You are on #\d+: paging stops/);
    assert.equal(answeredState.escalations[0]?.acknowledged?.by, 'lee');
    assert.equal(answeredState.escalations[0]?.next, undefined);
    await untilShown(() => page, /<@U0LEE> is on it/);
    assert.deepEqual(labelsOf(page), ['Show']);
    await untilShown(() => headerOf(purser, state), /answered by <@U0LEE>/);
    const late = await inc(purser, `${number} ack`);
    assert.match(late, /has answered already/);
    assert.deepEqual(
      (await purser.incident(number)).escalations.map(({ pages }) => pages.length),
      [1],
    );
  });

  test('an update goes to the room, to the header and, of the worst, to stakeholders', async () => {
    const { state, number, channel } = await open('sev2 payments fail service=shop');
    const before = (await purser.incident(number)).update.dueAt ?? '';

    const said = await inc(purser, 'update rolled back 1.42 impact="no payments in the EU" next=45m', {
      channel,
    });
    const updated = await untilIncident(purser, number, ({ update }) => update.last !== undefined);

    assert.match(said, /Your update of #\d+ is out/);
    assert.equal(updated.update.kept, 1);
    assert.notEqual(updated.update.dueAt, before);
    await untilShown(() => headerOf(purser, state), /rolled back 1\.42[\s\S]*/);
    await untilShown(() => headerOf(purser, state), /Impact[\s\S]*no payments in the EU/);
    await untilShown(() => announcementOf(purser, state), /rolled back 1\.42/);
    await eventually(() => toldIn(purser, state).some((text) => text.includes('rolled back 1.42')));
    assert.deepEqual(purser.slack.messagesIn(STAKEHOLDERS_CHANNEL), []);

    await inc(purser, 'severity sev1 all of Europe', { channel });
    await inc(purser, 'update the cause is known', { channel });
    const outside = await eventually(() =>
      purser.slack
        .messagesIn(STAKEHOLDERS_CHANNEL)
        .map(readable)
        .find((text) => text.includes('the cause is known')),
    );

    assert.match(outside, /payments fail/);
    const worse = await purser.incident(number);
    assert.deepEqual(
      worse.escalations.map(({ title }) => title),
      ['on-call', 'all-hands'],
    );
    assert.ok(Date.parse(worse.update.dueAt ?? '') - Date.now() <= 30 * 60_000);
    await untilShown(() => headerOf(purser, state), /SEV1 Critical/);
    await untilShown(() => announcementOf(purser, state), /SEV1 Critical/);
    await inc(purser, 'cancel the test is over', { channel });
  });

  test('status by form, with a sentence that is the update', async () => {
    const { state, number } = await open('sev3 reports are late');

    const said = await fillIn(purser, 'U0KIM', headerOf(purser, state), 'Status…', {
      status: 'mitigating',
      note: 'the queue is being drained',
    });
    await untilIncident(purser, number, ({ status }) => status === 'mitigating');

    assert.match(said, /The status of #\d+ is changed/);
    await untilShown(() => headerOf(purser, state), /· mitigating[\s\S]*the queue is being drained/);
    await untilShown(() => announcementOf(purser, state), /· mitigating/);
    await eventually(() => toldIn(purser, state).some((text) => /mitigating now, after declared/.test(text)));
    await eventually(() =>
      /mitigating/.test(purser.slack.workspace.channels.get(roomOf(state).channel)?.topic ?? ''),
    );
  });

  test('a role is claimed, handed over, declined and accepted', async () => {
    const { state, number, channel } = await open('sev3 logins are slow');

    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', headerOf(purser, state), 'Claim: Lead'));
    await direct('U0KIM', new RegExp(`You are Lead now: #${number} `));
    await untilShown(() => announcementOf(purser, state), /lead <@U0KIM>/);

    const offered = await inc(purser, 'role lead @lee', { channel });
    const offer = await direct('U0LEE', new RegExp(`asks you to take over as Lead: #${number} `));
    assert.match(offered, /they are asked to hand over|Recorded/);
    await answered(purser, 'U0LEE', () => press(purser, 'U0LEE', offer, 'Decline'));
    await eventually(() =>
      toldIn(purser, state).some((text) =>
        /Lee Sample.* cannot take it, so it stays with Kim Sample/.test(text),
      ),
    );
    assert.equal((await purser.incident(number)).roles[0]?.person, 'kim');

    await inc(purser, 'role lead @ravi', { channel });
    const again = await direct('U0RAVI', new RegExp(`asks you to take over as Lead: #${number} `));
    await answered(purser, 'U0RAVI', () => press(purser, 'U0RAVI', again, 'Accept'));
    await untilIncident(purser, number, ({ roles }) => roles[0]?.person === 'ravi');
    await untilShown(() => headerOf(purser, state), /\*Lead\* {2}<@U0RAVI>/);
    const room = purser.slack.workspace.channels.get(channel);
    await eventually(() => room?.members.includes('U0RAVI'));
  });

  test('tasks, notes and a kept message are in the timeline, and follow what becomes of the message', async () => {
    const { number, channel } = await open('sev3 mails are late');
    const { slack } = purser;

    await inc(purser, 'task restart the relay owner=@lee due=30m', { channel });
    await inc(purser, 'note the queue is at 40k', { channel });
    const message = await slack.say('U0LEE', channel, 'it began with the deploy at nine');
    await slack.react('U0KIM', message, 'pushpin');
    await eventually(async () =>
      (await timelineTexts(purser, number)).some((text) => text.includes('it began with the deploy at nine')),
    );
    await slack.react('U0KIM', message, 'pushpin');
    await slack.editMessage(message, 'it began with the deploy at ten');
    await eventually(async () =>
      (await timelineTexts(purser, number)).some((text) => text.includes('deploy at ten')),
    );
    assert.deepEqual(
      (await kept(number)).map(({ text, struck }) => [text, struck === true]),
      [
        ['lee: it began with the deploy at nine', true],
        ['lee: it began with the deploy at ten', false],
      ],
    );
    await slack.unreact('U0KIM', message, 'pushpin');
    await eventually(async () => (await kept(number)).every(({ struck }) => struck === true));
    await slack.react('U0LEE', message, 'pushpin');
    await eventually(async () => (await kept(number)).length === 3);
    await slack.removeMessage(message);
    await eventually(async () => (await kept(number)).every(({ struck }) => struck === true));
    const done = await inc(purser, 'done t1', { channel });

    assert.match(done, /Ticked off/);
    const { tasks } = await purser.incident(number);
    assert.deepEqual(
      tasks.map(({ text, owner, doneBy }) => [text, owner, doneBy]),
      [['restart the relay', 'lee', 'kim']],
    );
    const shown = await inc(purser, 'timeline', { channel });
    assert.match(shown, /restart the relay[\s\S]*the queue is at 40k/);
    assert.match(shown, /~.*deploy at nine~/);
  });

  test('two that have to do with each other are linked, and one is merged into the other', async () => {
    const first = await open('sev3 images are missing');
    const second = await open('sev3 pictures are gone');

    await inc(purser, `link ${first.number} child`, { channel: second.channel });
    await untilIncident(purser, first.number, ({ links }) => links.parent === second.number);
    await untilShown(() => headerOf(purser, first.state), new RegExp(`part of #${second.number}`));
    const merged = await inc(purser, `merge into ${first.number}`, { channel: second.channel });

    assert.match(merged, /is merged\. Its room points to the other one/);
    await untilIncident(purser, second.number, ({ status }) => status === 'closed');
    await untilIncident(purser, first.number, ({ links }) => links.merged.includes(second.number));
    await untilShown(() => headerOf(purser, second.state), new RegExp(`goes on in #${first.number}`));
    await eventually(() =>
      toldIn(purser, first.state).some((text) => text.includes(`#${second.number} was the same`)),
    );
    const refused = await inc(purser, 'update still there?', { channel: second.channel });
    assert.match(refused, new RegExp(`#${first.number}`));

    const back = await inc(purser, `unmerge ${second.number}`, { channel: first.channel });
    assert.match(back, /is on its own again/);
    await untilIncident(purser, first.number, ({ links }) => links.merged.length === 0);
    await untilShown(() => headerOf(purser, second.state), new RegExp(`#${first.number} · SEV3`));
    await inc(purser, 'status monitoring', { channel: first.channel });
    await untilShown(() => headerOf(purser, second.state), /SEV3 Minor · monitoring · images are missing/);
    await purser.slack.command('U0KIM', second.channel, 'resolve cause="a rule" fix="another"', '/inc');
    const asked = await purser.slack.until(() => purser.slack.modalOf('U0KIM'));
    assert.match(readable(asked.view), /“images are missing” is part of it and still open/);
  });

  test('resolved with cause and fix, reviewed, reopened, resolved again and closed', async () => {
    const { state, number, channel } = await open('sev3 coupons are refused');
    await inc(purser, 'claim lead', { channel });

    const said = await fillIn(purser, 'U0KIM', headerOf(purser, state), 'Resolve…', {
      cause: 'a rule expired',
      fix: 'renewed it',
    });
    assert.match(said, /A draft of its review comes into the room/);
    const review = await eventually(() => postsOf(purser, state, 'review:')[0]);
    assert.match(readable(review), new RegExp(`Review of #${number} \\(draft\\)`));
    await eventually(() => filesIn(channel).some((name) => name.includes('review')));
    await untilShown(() => headerOf(purser, state), /a rule expired[\s\S]*renewed it/);
    await untilShown(() => announcementOf(purser, state), /🟢.*resolved/);

    await fillIn(purser, 'U0LEE', headerOf(purser, state), 'Reopen…', { reason: 'it came back' });
    const reopened = await untilIncident(purser, number, ({ status }) => status === 'triaging');
    assert.equal(reopened.roles[0]?.person, 'kim');
    assert.ok(reopened.update.dueAt !== undefined);
    await inc(purser, 'resolve cause="another rule" fix="renewed all of them"', { channel });
    await eventually(() => labelsOf(headerOf(purser, state)).includes('Close'));
    await inc(purser, 'followup watch when rules expire owner=@kim due=7d', { channel });
    await answered(purser, 'U0KIM', () => press(purser, 'U0KIM', headerOf(purser, state), 'Close'));
    await untilIncident(purser, number, ({ status }) => status === 'closed');

    await untilShown(() => announcementOf(purser, state), /⚪.*closed/);
    const audit = await auditOfIncident(purser, number);
    for (const act of [
      'declare intended',
      'role allowed',
      'resolve allowed',
      'reopen allowed',
      'close allowed',
    ]) {
      assert.ok(
        audit.some((row) => row.startsWith(`incident.${act}`)),
        `${act} is not among ${audit.join(', ')}`,
      );
    }
    const refused = await inc(purser, 'severity sev1 again', { channel });
    assert.match(refused, /closed/);
  });

  test('what was none is cancelled, with why', async () => {
    const { state, number, channel } = await open('sev3 nothing at all');

    await inc(purser, 'cancel a false alarm', { channel });
    await untilIncident(purser, number, ({ cancelled }) => cancelled !== undefined);

    await untilShown(() => headerOf(purser, state), /cancelled[\s\S]*a false alarm/);
    const { escalations } = await purser.incident(number);
    assert.ok(escalations.every(({ acknowledged }) => acknowledged !== undefined));
  });

  test('whoever asks is told what there is: lists, one incident, who is on call, figures', async () => {
    const { number, channel } = await open('sev3 prices are odd');
    await inc(purser, 'claim lead', { channel });
    await inc(purser, 'update prices are being compared', { channel });

    assert.match(await inc(purser, 'list'), new RegExp(`#${number} prices are odd`));
    assert.match(await inc(purser, 'list mine', { user: 'U0NOOR' }), /None is open/);
    assert.match(await inc(purser, `show ${number}`), /prices are odd/);
    assert.match(await inc(purser, 'catchup', { channel }), /prices are being compared[\s\S]*<@U0KIM>/);
    assert.match(await inc(purser, 'oncall'), /Shop on call, now[\s\S]*<@U0LEE>/);
    assert.match(await inc(purser, 'escalations', { channel }), /on-call/);
    assert.match(await figures(purser), /By severity[\s\S]*sev3/);
    const exported = await inc(purser, 'export', { channel });
    assert.match(exported, new RegExp(`#${number} “prices are odd”`));
    assert.match(await inc(purser, 'export json', { channel }), /incident-\d+\.json/);
  });
});
