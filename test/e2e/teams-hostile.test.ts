import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { buttonsOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import type { Card } from '../support/fake-teams-world.ts';
import { openPurserInTeams, PEOPLE, TEAMS_APPROVALS, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { atWork, create, NOT_WATCHES } from './acts.ts';
import { HOSTILE } from './hostile-words.ts';

const { kim, lee, noor, ravi } = PEOPLE;
const ASKING = [kim, lee, noor, ravi];

const IN_TEAMS: Record<string, string> = {
  ...HOSTILE,
  'a link of markdown': '[click here](https://evil.example.test) **bold**',
  'a mention': '<at>everyone</at> <at id="0">Noor</at>',
  'a date of a card': '{{DATE(2020-01-01T00:00:00Z,SHORT)}} {{{{TIME(2020-01-01T00:00:00Z)}}',
};

const COMMANDS = [
  (text: string) => text,
  (text: string) => `create preview some-name image="${text}"`,
  (text: string) => `show ${text}`,
];

const purser = await atWork(openPurserInTeams());

describe('hostile strings in Teams', () => {
  test('in commands: an answer within 3 s, and nothing else', async () => {
    const { teams } = purser;
    const typed = Object.values(IN_TEAMS).flatMap((text) => COMMANDS.map((command) => command(text)));

    for (const [index, text] of typed.entries()) {
      const user = ASKING[index % ASKING.length] ?? kim;
      const delivered = await teams.command(user, 'me', text);
      assert.equal(delivered.status, 200);
      assert.ok(delivered.tookMs < 3_000);
    }

    await eventually(
      () => ASKING.flatMap((user) => teams.directMessages(user)).length >= typed.length,
      60_000,
    );
    assert.equal((await purser.temporal.workflow.count(NOT_WATCHES)).count, 0);
    assert.deepEqual([...teams.messagesIn(TEAMS_CHANNEL), ...teams.messagesIn(TEAMS_APPROVALS)], []);
    assertHarmless();
  });

  test('in the fields of a form: an error at the field, and nothing is requested', async () => {
    const { teams } = purser;
    await teams.command(kim, TEAMS_CHANNEL, 'create preview');
    const launcher = await teams.until(() => teams.messagesIn(TEAMS_CHANNEL)[0]);
    await teams.click(kim, launcher, 'Fill in the form…');

    for (const text of Object.values(IN_TEAMS)) {
      await teams.submit(kim, { name: text, image: text });

      const form = readable(teams.dialogOf(kim)?.card);
      assert.equal(form.split('⚠️').length, 3, form);
      assertHarmless();
    }

    assert.equal((await purser.temporal.workflow.count(NOT_WATCHES)).count, 0);
  });

  test('as the reason of a denial: every copy shows it as text', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const about = (messages: TeamsMessage[]) =>
      messages.find(({ card }) => readable(card).includes(`Environment ${name}`));
    const direct = await teams.until(() => about(teams.directMessages(noor)), 60_000);
    const { '3,001 characters': long = '', ...short } = IN_TEAMS;
    await teams.click(noor, direct, 'Deny…');
    await teams.submit(noor, { reason: long });
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');
    await teams.click(noor, direct, 'Deny…');

    await teams.submit(noor, { reason: Object.values(short).join(' ').slice(0, 1_000) });

    for (const place of [teams.directMessages(noor), teams.messagesIn(TEAMS_APPROVALS)]) {
      const copy = about(place);
      assert.ok(copy);
      await teams.until(() => readable(copy.card).includes('click here'), 60_000);
      assert.deepEqual(buttonsOf(copy.card), []);
    }
    assertHarmless();
  });

  test('as somebody’s name: the administrators read it as text', async () => {
    const { teams } = purser;
    const mallory = '00000000-0000-4000-8000-00000000a0f3';
    const name = ['a link of markdown', 'a mention', 'a date of a card', 'text that runs backwards']
      .map((what) => IN_TEAMS[what])
      .join(' ');
    teams.addUser({ aadObjectId: mallory, name, email: 'ravi@example.test' });
    await teams.say(mallory, 'me', 'env');
    const prompt = await teams.until(() => teams.directMessages(mallory)[0]);
    await teams.click(mallory, prompt, 'link.request');
    const card = await teams.until(
      () => teams.directMessages(ravi).find((message) => readable(message.card).includes('Link a chat')),
      60_000,
    );

    await teams.click(ravi, card, 'Choose the person…');

    assert.match(readable(teams.dialogOf(ravi)?.card), /click here/);
    assertHarmless();
  });

  /** No mention, link, date or direction of theirs is in anything that Teams would draw or read out. */
  function assertHarmless(): void {
    const { messages, dialogs, ownCards, spoken } = purser.teams.world;
    const cards = [
      ...messages.flatMap(({ card, edits }) => [card, ...edits]),
      ...[...dialogs.values()].map(({ card }) => card),
      ...ownCards.values(),
    ];
    for (const { type, text } of cards.flatMap(texts)) {
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Bidi_Control}\p{Cc}\u200b]/u);
      assert.doesNotMatch(text.replace(OUR_DATES, ''), /\{\{/);
      if (type === 'TextBlock') assert.doesNotMatch(text, /evil|bold|click|<|\[|rm -rf|passwd/);
    }
    for (const { text } of spoken) {
      assert.doesNotMatch(text, /\]\(|<at|\{\{|\p{Bidi_Control}/u);
    }
    for (const { body } of purser.teams.calls) assert.equal(body.entities, undefined);
    for (const { summary = '' } of messages) assert.doesNotMatch(summary, /[\p{Bidi_Control}\p{Cc}]/u);
  }
});

const OUR_DATES = /\{\{(DATE|TIME)\(202[6-9]-[-\dT:]+Z(,SHORT)?\)\}\}/g;

/** Everything a card draws as text, and as what. What an input holds is never markup. */
function texts(node: Card): { type: string; text: string }[] {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (typeof node !== 'object' || node === null) return [];
  const own = typeof node.text === 'string' ? [{ type: `${node.type}`, text: node.text }] : [];
  return [...own, ...Object.entries(node).flatMap(([key, value]) => (key === 'data' ? [] : texts(value)))];
}
