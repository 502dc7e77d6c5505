import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import {
  actionsOf,
  approvalsOf,
  assertPostedOnce,
  auditOf,
  copiesOf,
  create,
  runsOf,
  untilCard,
  untilPhase,
  watched,
} from './acts.ts';

const DECIDERS = Array.from({ length: 25 }, (_, index) => `approver-${index + 1}`);

const purser = await watched(openPurser({ platform: withManyApprovers }));

describe('two bots, one database', () => {
  let bots: PurserProcess[];

  before(async () => {
    for (const person of DECIDERS) purser.slack.addUser({ id: userOf(person), name: person });
    const [, ...started] = await Promise.all([purser.startWorker(), purser.startBot(), purser.startBot()]);
    bots = started;
  });

  test('a command that is delivered again, to both, and by a thief: one request, one card', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const payload = slack.commandPayload(
      'U0KIM',
      CHANNEL,
      `create preview ${name} image=docker.io/library/httpd:2.4`,
    );

    const deliveries = await Promise.all(
      [0, 1, 0, 1].map((bot) => {
        speakTo(bot);
        return slack.deliver('form', payload);
      }),
    );
    await untilCard(purser, name, 'is ready');
    const again = await Promise.all(deliveries.flatMap((delivery) => [delivery.replay(), delivery.retry()]));

    assert.deepEqual(new Set([...deliveries, ...again].map(({ status }) => status)), new Set([200]));
    assert.equal(deliveries.filter(({ text }) => text.includes('Requested')).length, 1);
    assert.equal(again.filter(({ text }) => text !== '').length, 0);
    assert.equal((await runsOf(purser, name)).length, 1);
    assert.equal(
      (await auditOf(purser, name)).filter((row) => row.startsWith('environment.request')).length,
      1,
    );
    assert.equal(copiesOf(purser, name).filter(({ channel }) => channel === CHANNEL).length, 1);
  });

  test('the same name asked for by two people at once: one gets it, the other is offered another', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const asked = ['U0KIM', 'U0NOOR'];

    await Promise.all(
      asked.map((user, bot) => {
        speakTo(bot);
        return slack.command(user, CHANNEL, `create dev ${name} size=l`);
      }),
    );
    const { requester } = await untilPhase(purser, name, 'awaiting-approval');

    const loser = requester === 'kim' ? 'U0NOOR' : 'U0KIM';
    const form = await slack.until(() => slack.modalOf(loser));
    assert.match(readable(form.view), new RegExp(`“${name}” belongs to .* is free`));
    assert.equal((await runsOf(purser, name)).length, 1);
  });

  test('25 people approve and deny at once: one decision, and everybody else reads whose it was', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const copies = await eventually(() => {
      const found = approvalsOf(purser, name);
      return found.length === DECIDERS.length + 2 && found;
    }, 60_000);
    const shared = structuredClone(copies.find(({ channel }) => channel === APPROVAL_CHANNEL)) as FakeMessage;
    const users = DECIDERS.map(userOf);
    await Promise.all(
      users.map(async (user, index) => {
        speakTo(index % 2);
        await slack.click(user, shared, 'environment.deny');
        await slack.until(() => slack.modalOf(user));
      }),
    );

    await Promise.all(users.flatMap((user, index) => [approve(user, index, shared), deny(user, index + 1)]));
    const { approval } = await eventually(async () => {
      const state = await purser.state(name);
      return ['ready', 'gone'].includes(state.phase) && state;
    });

    const { decision, votes } = approval;
    const [vote] = votes;
    assert.equal(votes.length, 1);
    assert.deepEqual(decision?.by, [vote?.person]);
    assert.equal(decision?.outcome, vote?.decision === 'approve' ? 'approved' : 'denied');
    const answers = await eventually(async () => {
      // Whoever was told to wait, and then that nothing was recorded, still has the form open.
      const waiting = users.filter((user) => answersTo(user).length < 2);
      const open = waiting.filter((user) => slack.modalOf(user) !== undefined);
      await Promise.all(open.map((user, index) => deny(user, index)));
      return waiting.length === 0 && users.flatMap(answersTo);
    }, 60_000);
    assert.equal(answers.filter((answer) => answer.includes('is recorded')).length, 1);
    const told = new RegExp(`was already ${decision?.outcome} by ${vote?.person} Sample`);
    assert.equal(answers.filter((answer) => told.test(answer)).length, answers.length - 1);
    const shown = `${vote?.decision === 'approve' ? 'Approved' : 'Denied'} by <@${userOf(vote?.person ?? '')}>`;
    for (const copy of approvalsOf(purser, name)) {
      await eventually(() => readable(copy).includes(shown) && actionsOf(copy).length === 0, 90_000);
    }
    assert.equal(approvalsOf(purser, name).length, DECIDERS.length + 2);
    assertPostedOnce(purser);
  });

  function speakTo(bot: number): void {
    slack().connect(`${bots[bot]?.url}/slack/events`);
  }

  function slack() {
    return purser.slack;
  }

  /** Where they are not in the channel of the card, the answer to a form is a direct message. */
  function answersTo(user: string): string[] {
    const told = [...slack().privateTo(user), ...slack().directMessages(user)];
    return told
      .filter((message) => !actionsOf(message).includes('environment.approve'))
      .map(readable)
      .filter(isAboutDecision);
  }

  /** Whoever reads "not recorded" tries again. */
  async function approve(user: string, index: number, card: FakeMessage): Promise<void> {
    const before = slack().privateTo(user).length;
    speakTo(index % 2);
    await slack().click(user, card, 'environment.approve');
    const answers = await slack().until(() => {
      const fresh = slack().privateTo(user).slice(before).map(readable);
      const outcomes = fresh.filter((answer) => !answer.includes('Working on it'));
      return outcomes.length > 0 && outcomes;
    });
    if (answers.some(isAboutDecision)) return;
    await approve(user, index, card);
  }

  async function deny(user: string, index: number): Promise<void> {
    speakTo(index % 2);
    await slack().submitView(user, { reason: 'Too big.' });
    const { errors = {} } = slack().modalOf(user) ?? {};
    const again = Object.values(errors).some((error) => !error.includes('Working on it'));
    if (again) await deny(user, index);
  }
});

function isAboutDecision(answer: string): boolean {
  return /of “\w+” is recorded|“\w+” was already/.test(answer);
}

function userOf(person: string): string {
  return `U0${person.toUpperCase().replace('-', '')}`;
}

function withManyApprovers({ people, teams }: PlatformConfig): void {
  for (const id of DECIDERS) {
    people.push({
      id,
      name: `${id} Sample`,
      email: `${id}@example.test`,
      active: true,
      roles: ['developer'],
      accounts: [{ platform: 'slack', teamId: 'T0SAMPLE', userId: userOf(id) }],
    });
  }
  teams.find(({ id }) => id === 'finops')?.members.push(...DECIDERS);
}
