import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type FakeUser, readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import { actionsOf, answered, assertPostedOnce, atWork, create, NOT_WATCHES, untilCard } from './acts.ts';

const ACCOUNTS: (Partial<FakeUser> & { what: string; says: RegExp })[] = [
  { what: 'a guest', isRestricted: true, says: /this account is a guest/ },
  { what: 'a guest of one channel', isUltraRestricted: true, says: /this account is a guest/ },
  { what: 'somebody of another workspace', teamId: 'T0OTHER', says: /belongs to another one/ },
  { what: 'a stranger from a shared channel', isStranger: true, says: /belongs to another one/ },
  { what: 'a bot', isBot: true, says: /takes no orders from bots/ },
  { what: 'a deactivated account', deleted: true, says: /deactivated/ },
];

const purser = await atWork(openPurser());

describe('who may speak to it', () => {
  for (const [index, { what, says, ...flags }] of ACCOUNTS.entries()) {
    test(`${what} reads privately why not, and nothing is started`, async () => {
      const id = `U0NOBODY${index}`;
      purser.slack.addUser({ id, name: `nobody${index}`, email: 'kim@example.test', ...flags });
      const before = purser.slack.workspace.messages.length;

      const said = await create(purser, 'preview any-name image=docker.io/library/httpd:2.4', { user: id });

      assert.match(said, says);
      assert.equal(purser.slack.workspace.messages.length, before);
      assert.equal((await purser.temporal.workflow.count(NOT_WATCHES)).count, 0);
      const rows = (await purser.auditRows()).filter(({ actor }) => actor.endsWith(`:${id}`));
      assert.deepEqual(
        rows.map(({ action, outcome }) => [action, outcome]),
        [['access.refused', 'refused']],
      );
    });
  }

  test('an account nobody knows asks to be linked, an administrator decides, and then it may work', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const command = `preview ${name} image=docker.io/library/httpd:2.4`;

    const prompt = await answered(purser, 'U0SAM', () =>
      slack.command('U0SAM', CHANNEL, `create ${command}`),
    );
    assert.match(readable(prompt), /not linked to anybody/);
    await answered(purser, 'U0SAM', () => slack.click('U0SAM', prompt, 'link.request'));
    const card = await slack.until(() =>
      slack.directMessages('U0RAVI').find((message) => actionsOf(message).includes('link.decide')),
    );
    const copy = await slack.until(() =>
      slack.messagesIn(APPROVAL_CHANNEL).find((message) => actionsOf(message).includes('link.decide')),
    );
    const refused = await answered(purser, 'U0KIM', () => slack.click('U0KIM', copy, 'link.decide'));
    await slack.click('U0RAVI', card, 'link.decide');
    const form = await slack.until(() => slack.modalOf('U0RAVI'));
    await slack.submitView('U0RAVI', { person: 'sam' });

    assert.match(readable(refused), /You may not link chat accounts/);
    assert.match(readable(form.view), /Make sure in another way than by the profile/);
    await eventually(() =>
      slack.directMessages('U0SAM').some((message) => readable(message).includes('is linked')),
    );
    for (const message of [card, copy]) await eventually(() => actionsOf(message).length === 0);
    await eventually(async () => /Requested/.test(await create(purser, command, { user: 'U0SAM' })));
    await untilCard(purser, name, 'is ready');
    assert.equal((await purser.state(name)).requester, 'sam');
    assertPostedOnce(purser);
  });

  test('an account that is unlinked again is nobody from the next word on', async () => {
    const { slack } = purser;
    const ask = () => slack.command('U0RAVI', CHANNEL, 'unlink <@U0SAM|sam>', '/user');
    const question = await answered(purser, 'U0RAVI', ask);
    const done = await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', question, 'link.end'));
    const said = await create(purser, 'preview', { user: 'U0SAM' });

    assert.match(readable(question), /Which account is Sam Sample \(newcomer\) no more/);
    assert.match(readable(done), /U0SAM.* is Sam Sample/);
    assert.match(said, /not linked to anybody/);
    await slack.until(() =>
      slack.directMessages('U0SAM').some((message) => /Ravi.* unlinked .* from you/.test(readable(message))),
    );
  });
});
