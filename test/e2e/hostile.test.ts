import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import { actionsOf, answered, approvalsOf, atWork, create, NOT_WATCHES, untilCard } from './acts.ts';
import { assertHarmless, HOSTILE } from './hostile-words.ts';

const COMMANDS = [
  (text: string) => text,
  (text: string) => `create ${text}`,
  (text: string) => `create dev ${text}`,
  (text: string) => `create dev some-name team=${text}`,
  (text: string) => `create preview some-name image="${text}"`,
  (text: string) => `create dev some-name ${text}=1`,
  (text: string) => `list team=${text}`,
  (text: string) => `show ${text}`,
  (text: string) => `explain ${text}`,
  (text: string) => `delete ${text}`,
];

const purser = await atWork(openPurser());

describe('hostile strings', () => {
  for (const [what, text] of Object.entries(HOSTILE)) {
    test(`${what}, in every command: an answer within 3 s, and nothing else`, async () => {
      const { slack } = purser;

      for (const command of COMMANDS) {
        const delivered = await slack.command('U0KIM', CHANNEL, command(text));
        assert.equal(delivered.status, 200);
        assert.ok(delivered.tookMs < 3_000);
      }

      assert.equal((await purser.temporal.workflow.count(NOT_WATCHES)).count, 0);
      assert.deepEqual(slack.workspace.messages, []);
      assertHarmless(slack.workspace);
      const failures = purser
        .output()
        .split('\n')
        .filter((line) => /"level":"(error|fatal)"/.test(line));
      assert.deepEqual(failures, []);
    });
  }

  test('in the fields of a form: an error at the field, and nothing is requested', async () => {
    const { slack } = purser;
    slack.workspace.modals.clear();
    await slack.command('U0KIM', CHANNEL, 'create preview');
    const { view } = await slack.until(() => slack.modalOf('U0KIM'));
    assert.ok(view.blocks.some(({ block_id }) => block_id === 'image'));

    for (const text of Object.values(HOSTILE)) {
      await slack.submitView('U0KIM', { name: text, image: text });
      assert.deepEqual(Object.keys(slack.modalOf('U0KIM')?.errors ?? {}).sort(), ['image', 'name']);
    }

    assert.equal((await purser.temporal.workflow.count(NOT_WATCHES)).count, 0);
    assertHarmless(slack.workspace);
  });

  test('as the reason of a denial: every copy shows it as text', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const copy = await eventually(() =>
      approvalsOf(purser, name).find(({ channel }) => channel === APPROVAL_CHANNEL),
    );
    const { '3,001 characters': long, ...short } = HOSTILE;

    await openDenial(copy);
    await slack.submitView('U0NOOR', { reason: long ?? '' });
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');
    await openDenial(copy);
    await answered(purser, 'U0NOOR', () =>
      slack.submitView('U0NOOR', { reason: Object.values(short).join(' ') }),
    );
    const card = await untilCard(purser, name, 'was denied');

    assert.match(readable(card), /click here/);
    assert.deepEqual(actionsOf(card), []);
    await slack.until(() =>
      slack.directMessages('U0KIM').some((message) => readable(message).includes('denied by')),
    );
    assertHarmless(slack.workspace);
  });

  test('as somebody’s name: the administrators read it as text', async () => {
    const { slack } = purser;
    const text = `${HOSTILE['a mention of everybody']} ${HOSTILE['a link']} ${HOSTILE['text that runs backwards']}`;
    slack.addUser({ id: 'U0MALLORY', name: text, realName: text, email: 'ravi@example.test' });
    slack.workspace.channels.get(CHANNEL)?.members.push('U0MALLORY');

    const prompt = await answered(purser, 'U0MALLORY', () => slack.command('U0MALLORY', CHANNEL, 'list'));
    await answered(purser, 'U0MALLORY', () => slack.click('U0MALLORY', prompt, 'link.request'));
    const card = await slack.until(() =>
      slack.directMessages('U0RAVI').find((message) => actionsOf(message).includes('link.decide')),
    );
    await slack.click('U0RAVI', card, 'link.decide');
    await slack.until(() => slack.modalOf('U0RAVI'));

    assertHarmless(slack.workspace);
  });

  async function openDenial(copy: FakeMessage): Promise<void> {
    const { slack } = purser;
    slack.workspace.modals.clear();
    await slack.click('U0NOOR', copy, 'environment.deny');
    await slack.until(() => slack.modalOf('U0NOOR'));
  }
});
