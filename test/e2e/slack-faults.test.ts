import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import {
  actionsOf,
  answered,
  approvalsOf,
  assertPostedOnce,
  atWork,
  cardOf,
  create,
  untilCard,
  untilPhase,
} from './acts.ts';

const purser = await atWork(openPurser());

describe('an environment, while Slack misbehaves', () => {
  test('429: waits as long as Slack says, and nothing is lost or said twice', async () => {
    const { slack } = purser;
    const name = purser.newName();
    slack.fail('chat.postMessage', { kind: 'rate-limited', retryAfter: 2 }, 2);
    slack.fail('chat.update', { kind: 'rate-limited', retryAfter: 2 }, 2);
    const earlier = slack.calls.length;

    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    await untilCard(purser, name, 'is ready');
    await untilNoted(name);

    assertPostedOnce(purser);
    const calls = slack.calls.slice(earlier).filter(({ method }) => method.startsWith('chat.'));
    const refused = calls.filter(({ outcome }) => outcome === 'rate-limited');
    assert.equal(refused.length, 4);
    for (const { method, params, at } of refused) {
      const next = calls.find(
        (call) => call.method === method && call.params.channel === params.channel && call.at > at,
      );
      assert.ok(
        next === undefined || next.at - at >= 1_900,
        `${method} again after ${next && next.at - at} ms`,
      );
    }
  });

  test('500 and connections cut before and after the effect: each message once', async () => {
    const { slack } = purser;
    const name = purser.newName();
    slack.fail('chat.postMessage', { kind: 'drop-after' }, 3);
    slack.fail('chat.postMessage', { kind: 'http', status: 500 }, 1);
    slack.fail('chat.postMessage', { kind: 'drop-before' }, 1);
    slack.fail('chat.update', { kind: 'http', status: 503 }, 1);
    slack.fail('chat.update', { kind: 'drop-after' }, 1);

    await create(purser, `dev ${name} size=l`);
    const copies = await eventually(() => {
      const found = approvalsOf(purser, name);
      return found.length === 2 && cardOf(purser, name) !== undefined && found;
    }, 60_000);
    await answered(purser, 'U0NOOR', () => {
      const [copy] = copies;
      assert.ok(copy);
      return slack.click('U0NOOR', copy, 'environment.approve');
    });
    await untilCard(purser, name, 'is ready');
    await untilNoted(name);

    for (const copy of copies) {
      await eventually(
        () => readable(copy).includes('Approved by <@U0NOOR>') && actionsOf(copy).length === 0,
      );
    }
    assert.equal(slack.calls.filter(({ outcome }) => outcome === 'drop-after').length, 4);
    assertPostedOnce(purser);
  });

  test('down for a whole provisioning: the environment gets ready, and the cards catch up', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    slack.goDown();

    await untilPhase(purser, name, 'ready');
    const shown = cardOf(purser, name);
    assert.ok(shown === undefined || !readable(shown).includes('is ready'));
    slack.comeUp();
    const card = await untilCard(purser, name, 'is ready', 90_000);
    await untilNoted(name);

    assert.deepEqual(actionsOf(card), ['environment.delete']);
    assertPostedOnce(purser);
  });

  test('a card that somebody deletes is posted anew', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    const card = await untilCard(purser, name, 'is ready');
    const question = await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'environment.delete'));
    slack.deleteMessage(card);

    await slack.click('U0KIM', question, 'environment.delete-confirmed');
    const again = await untilCard(purser, name, 'was deleted');

    assert.notEqual(again.ts, card.ts);
    assert.equal(again.channel, CHANNEL);
  });

  test('a place where the app may not speak: the card goes to whoever asked, and says why', async () => {
    const { slack } = purser;
    const name = purser.newName();
    slack.addChannel({ id: 'C0SECRET', name: 'secret', members: ['U0KIM'], isPrivate: true });

    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`, { channel: 'C0SECRET' });
    const card = await untilCard(purser, name, 'is ready');

    assert.equal(card.channel, 'D0U0KIM');
    await eventually(() =>
      slack
        .directMessages('U0KIM')
        .some((message) => readable(message).includes(`I may not write where you asked for “${name}”`)),
    );
    assert.equal(
      slack.messagesIn(APPROVAL_CHANNEL).filter((message) => readable(message).includes(name)).length,
      0,
    );
  });

  async function untilNoted(name: string): Promise<void> {
    await eventually(
      () =>
        purser.slack
          .directMessages('U0KIM')
          .some((message) => readable(message).includes(`“${name}” is ready`)),
      90_000,
    );
  }
});
