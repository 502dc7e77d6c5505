import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { eventually } from '../support/eventually.ts';
import { readable as readableInSlack } from '../support/fake-slack.ts';
import { buttonsOf, personalChatOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_APPROVALS, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import {
  actionsOf,
  approvalsOf,
  atWork,
  auditOf,
  cardOf,
  create,
  namespaceOf,
  secretOf,
  untilCard,
  untilPhase,
} from './acts.ts';

const { kim, lee, noor, sam } = PEOPLE;

/** Promised are 5 s; what two busy cores make of it is printed. */
const WAIT_MS = 30_000;

const purser = await atWork(openPurserInTeams({ platform: withTwoInFinOps }));

describe('Purser in Slack and in Teams at once', () => {
  /** The newest message of a conversation in Teams that is about the environment and says the text. */
  function inTeams(place: string, name: string, text: string): Promise<TeamsMessage> {
    const { teams } = purser;
    const messages = () => (place.startsWith('19:') ? teams.messagesIn(place) : teams.directMessages(place));
    return teams.until(
      () => messages().findLast(({ card }) => readable(card).includes(name) && readable(card).includes(text)),
      60_000,
    );
  }

  /** Until everybody who decides has the card, on both platforms. */
  async function untilAsked(name: string): Promise<void> {
    for (const place of [noor, lee, TEAMS_APPROVALS]) await inTeams(place, name, 'Please decide');
    await purser.slack.until(() => approvalsOf(purser, name).length >= 3, WAIT_MS);
  }

  const titles = (message: TeamsMessage) => buttonsOf(message.card).map(({ title }) => title);

  /** How long until every copy on both platforms says who decided, and nothing can be pressed any more. */
  async function untilAllSay(name: string, says: string): Promise<number> {
    const { teams } = purser;
    const began = performance.now();
    const inBoth = () => [
      ...approvalsOf(purser, name).map((copy) => ({ text: readableInSlack(copy), buttons: actionsOf(copy) })),
      ...[teams.messagesIn(TEAMS_APPROVALS), teams.directMessages(noor), teams.directMessages(lee)]
        .flat()
        .filter(({ card }) => readable(card).includes(`Environment ${name}`))
        .map((copy) => ({ text: readable(copy.card), buttons: titles(copy) })),
    ];
    const settled = () => inBoth().every(({ text, buttons }) => text.includes(says) && buttons.length === 0);
    assert.ok(inBoth().length >= 6, `${inBoth().length} copies`);
    await eventually(settled, WAIT_MS);
    return performance.now() - began;
  }

  test('asked for in Slack, approved in Teams: every copy in both says so', async (t) => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const card = await inTeams(noor, name, 'Please decide');
    await untilAsked(name);

    const [tookMs] = await Promise.all([
      untilAllSay(name, 'Approved by'),
      teams.click(noor, card, 'Approve'),
    ]);

    t.diagnostic(`click in Teams → last copy: ${Math.round(tookMs)} ms`);
    assert.match(teams.spokenTo(noor).at(-1) ?? '', /is recorded/);
    await inTeams(noor, name, 'Approved by Noor Sample');
    await inTeams(TEAMS_APPROVALS, name, 'Approved by Noor Sample');
    await untilCard(purser, name, 'is ready');
  });

  test('asked for in Teams, approved in Slack', async (t) => {
    const { slack, teams } = purser;
    const name = purser.newName();
    await teams.command(kim, TEAMS_CHANNEL, `create dev ${name} size=l`);
    await inTeams(TEAMS_CHANNEL, name, 'Waiting for');
    const card = await slack.until(() => approvalsOf(purser, name)[0]);
    await untilAsked(name);

    const [tookMs] = await Promise.all([
      untilAllSay(name, 'Approved by'),
      slack.click('U0NOOR', card, 'environment.approve'),
    ]);

    t.diagnostic(`click in Slack → last copy: ${Math.round(tookMs)} ms`);
    await inTeams(TEAMS_CHANNEL, name, 'is ready');
    await inTeams(noor, name, 'Approved by Noor Sample');
    assert.equal(cardOf(purser, name), undefined);
  });

  test('whoever asked in Slack cannot approve from their account in Teams', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`, { user: 'U0NOOR' });
    const card = await inTeams(lee, name, 'Please decide');
    const approve = buttonsOf(card.card).find(({ title }) => title === 'Approve');
    const { verb, data } = approve;

    const answer = await teams.sendRaw(
      teams.activityOf(noor, TEAMS_APPROVALS, {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: card.id,
        value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
      }),
      `Bearer ${await teams.tokens.token()}`,
    );

    assert.match(answer.body.value, /You asked for this yourself/);
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');
  });

  test('an approval card that was posted twice shows the decision on the one left behind, once it is pressed', async () => {
    const { slack, teams } = purser;
    const name = purser.newName();
    teams.fail('post', { kind: 'drop-after' }, 1, personalChatOf(noor));
    await create(purser, `dev ${name} size=l`);
    const [lost, kept] = await teams.until(() => {
      const cards = teams.directMessages(noor).filter(({ card }) => readable(card).includes(name));
      return cards.length === 2 && cards;
    }, 60_000);
    const card = await slack.until(() => approvalsOf(purser, name)[0]);
    await slack.click('U0LEE', card, 'environment.deny');
    await slack.until(() => slack.modalOf('U0LEE'));
    await slack.submitView('U0LEE', { reason: 'Size m is enough.' });
    assert.ok(lost && kept);
    await teams.until(() => readable(kept.card).includes('Denied by Lee Sample'), 60_000);
    assert.deepEqual(titles(lost), ['Approve', 'Deny…']);

    await teams.click(noor, lost, 'Approve');

    await teams.until(() => readable(lost.card).includes('Denied by Lee Sample'));
    assert.deepEqual(titles(lost), []);
    const told = teams.directMessages(noor).map((message) => readable(message.card));
    assert.ok(told.some((text) => text.includes(`“${name}” was already denied by Lee Sample`)));
  });

  test('a form in a dialog: errors at the field, a preview that follows, credentials for one person, the end', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await teams.command(kim, TEAMS_CHANNEL, 'create dev');
    const launcher = await teams.until(() =>
      teams
        .messagesIn(TEAMS_CHANNEL)
        .findLast(({ card }) => buttonsOf(card)[0]?.title === 'Fill in the form…'),
    );
    await teams.click(kim, launcher, 'Fill in the form…');
    const form = teams.dialogOf(kim);
    assert.match(readable(form?.card), /Will be created/);

    await teams.submit(kim, { name: 'Not A Name' });
    assert.match(readable(teams.dialogOf(kim)?.card), /⚠️/);
    await teams.submit(kim, { name, size: 'l' }, 'Update the preview');
    assert.match(readable(teams.dialogOf(kim)?.card), /FinOps/);
    await teams.submit(kim, { name, size: 's' });
    assert.match(readable(teams.dialogOf(kim)?.card), /changes who has to approve/);
    await teams.submit(kim);

    const ready = await inTeams(TEAMS_CHANNEL, name, 'is ready');
    await teams.click(kim, ready, 'Reveal credentials');
    const credentials = teams.dialogOf(kim);
    const { url } = await secretOf(purser, name, 'postgres');
    assert.ok(JSON.stringify(credentials?.card).includes(JSON.stringify(url).slice(1, -1)));
    assert.ok(!JSON.stringify(teams.world.messages).includes(`${url}`));
    await teams.click(kim, ready, 'Delete…');
    await teams.submit(kim);

    await inTeams(TEAMS_CHANNEL, name, 'was deleted');
    assert.equal(await namespaceOf(purser, name), undefined);
  });

  test('a denial needs a reason, which the requester reads on every copy', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const card = await inTeams(noor, name, 'Please decide');

    await teams.click(noor, card, 'Deny…');
    await teams.submit(noor, { reason: 'x' });
    assert.match(readable(teams.dialogOf(noor)?.card), /Please say why/);
    await teams.submit(noor, { reason: 'Size m is enough.' });

    await untilCard(purser, name, 'Size m is enough.');
    await inTeams(TEAMS_APPROVALS, name, 'Size m is enough.');
  });

  test('in the approval channel an approver’s client brings their buttons, and nobody else’s does', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await teams.say(noor, 'me', 'hello');
    await teams.say(lee, 'me', 'hello');
    await create(purser, `dev ${name} size=l`);
    const card = await inTeams(TEAMS_APPROVALS, name, 'Please decide');
    assert.deepEqual(titles(card), []);

    const unasked = await teams.refresh(kim, card);
    const asked = await teams.sendRaw(
      teams.activityOf(kim, TEAMS_APPROVALS, {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: card.id,
        value: { action: card.card.refresh.action, trigger: 'manual' },
      }),
      `Bearer ${await teams.tokens.token()}`,
    );
    await teams.refresh(noor, card);
    await teams.click(noor, card, 'Approve');

    assert.equal(unasked, undefined);
    assert.equal(asked.body.type, 'application/vnd.microsoft.card.adaptive');
    assert.match(readable(asked.body.value), new RegExp(`Environment ${name}`));
    assert.deepEqual(buttonsOf(asked.body.value), []);
    await inTeams(TEAMS_APPROVALS, name, 'Approved by Noor Sample');
  });

  test('an account nobody is linked to asks to be linked, and an administrator decides in Teams', async () => {
    const { teams } = purser;
    await teams.say(sam, 'me', 'env');
    const prompt = await teams.until(() => teams.directMessages(sam).at(-1));
    await teams.click(sam, prompt, 'link.request');
    const card = await inTeams(PEOPLE.ravi, 'Link a chat account', 'Please decide');

    await teams.click(PEOPLE.ravi, card, 'Choose the person…');
    await teams.submit(PEOPLE.ravi, { person: 'sam' });

    await teams.until(() =>
      teams.directMessages(sam).some((told) => readable(told.card).includes('is linked')),
    );
  });

  test('a guest and somebody of another tenant are refused, whatever they ask', async () => {
    const { teams } = purser;
    const guest = '00000000-0000-4000-8000-00000000a0f1';
    const stranger = '00000000-0000-4000-8000-00000000a0f2';
    teams.addUser({ aadObjectId: guest, name: 'A guest', role: 'guest' });
    teams.addUser({
      aadObjectId: stranger,
      name: 'A stranger',
      tenantId: '00000000-0000-4000-8000-0000000000ff',
    });

    await teams.command(guest, 'me', 'list');
    const foreign = await teams.command(stranger, 'me', 'list');

    const told = await teams.until(() => teams.directMessages(guest)[0]);
    assert.match(readable(told.card), /guest/i);
    assert.equal(foreign.status, 401);
  });

  test('whom the app is not installed for is told so in the channel, without the content', async () => {
    const { teams } = purser;
    await teams.uninstall(lee);
    const before = teams.directMessages(lee).length;

    await teams.command(lee, TEAMS_CHANNEL, 'list');

    const said = await teams.until(() =>
      teams.messagesIn(TEAMS_CHANNEL).find(({ card }) => readable(card).includes('cannot write to you')),
    );
    assert.doesNotMatch(readable(said.card), /Environments/);
    await teams.install(lee);
    const greeting = await teams.until(() => teams.directMessages(lee)[before]);
    assert.match(readable(greeting.card), /Hello Lee Sample/);
  });

  test('an invoke that Teams repeats, twice and at once, has one effect', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await teams.extension(lee, TEAMS_CHANNEL, 'environment.request');
    const sent = await teams.submit(lee, { name, team: 'shop' });

    const again = await Promise.all([teams.redeliver(sent, 'fresh'), teams.redeliver(sent, 'fresh')]);

    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([200]));
    await untilPhase(purser, name, 'ready');
    const requests = (await auditOf(purser, name)).filter((row) => row.startsWith('environment.request'));
    assert.equal(requests.length, 1);
  });

  test('a press that Teams repeats to another replica has one effect', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l team=shop`, { user: 'U0LEE' });
    const card = await inTeams(noor, name, 'Please decide');
    const sent = await teams.click(noor, card, 'Approve');
    await purser.startBot();

    const repeated = await teams.redeliver(sent, 'fresh');

    assert.match(`${repeated.body.value}`, /being done already/);
    const decisions = (await auditOf(purser, name)).filter((row) => row.startsWith('environment.approve'));
    assert.deepEqual(decisions, ['environment.approve allowed noor']);
  });
});

function withTwoInFinOps({ teams }: PlatformConfig): void {
  teams.find(({ id }) => id === 'finops')?.members.push('lee');
}
