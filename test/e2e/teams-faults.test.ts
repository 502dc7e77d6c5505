import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { eventually } from '../support/eventually.ts';
import { readable as readableInSlack } from '../support/fake-slack.ts';
import { buttonsOf, personalChatOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_APPROVALS, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { actionsOf, approvalsOf, atWork, create, untilPhase } from './acts.ts';

const { kim, noor } = PEOPLE;
const DECIDERS = Array.from({ length: 25 }, (_, index) => `approver-${index + 1}`);

const purser = await atWork(openPurserInTeams({ platform: withManyApprovers }));
for (const [index, id] of DECIDERS.entries()) purser.slack.addUser({ id: slackOf(index), name: id });

describe('Teams that fails, and a crowd on both platforms', () => {
  function cardsOf(name: string): TeamsMessage[] {
    return purser.teams.messagesIn(TEAMS_CHANNEL).filter(({ card }) => readable(card).includes(name));
  }

  async function ask(name: string): Promise<void> {
    await purser.teams.command(
      kim,
      TEAMS_CHANNEL,
      `create preview ${name} image=docker.io/library/httpd:2.4`,
    );
  }

  async function untilReady(name: string): Promise<void> {
    await eventually(() => cardsOf(name).some(({ card }) => readable(card).includes('is ready')), 60_000);
  }

  for (const [status, code] of [
    [412, 'PreconditionFailed'],
    [429, 'TooManyRequests'],
    [502, 'BadGateway'],
  ] as const) {
    test(`Teams answers ${status} to posts and edits: one card, and in the end it is true`, async () => {
      const { teams } = purser;
      const name = purser.newName();
      teams.fail('post', { kind: 'http', status, code }, 1, TEAMS_CHANNEL);
      teams.fail('update', { kind: 'http', status, code }, 2, TEAMS_CHANNEL);

      await ask(name);

      await untilReady(name);
      assert.equal(cardsOf(name).length, 1);
      await remove(name);
    });
  }

  test('an edit whose answer is lost is made again, and changes nothing', async () => {
    const name = purser.newName();
    purser.teams.fail('update', { kind: 'drop-after' }, 2, TEAMS_CHANNEL);

    await ask(name);

    await untilReady(name);
    assert.equal(cardsOf(name).length, 1);
    await remove(name);
  });

  test('a post whose answer is lost is made again, and the card that is left behind does nothing', async () => {
    const { teams } = purser;
    const name = purser.newName();
    teams.fail('post', { kind: 'drop-after' }, 1, TEAMS_CHANNEL);

    await ask(name);

    await untilReady(name);
    const [lost, kept] = cardsOf(name);
    assert.equal(cardsOf(name).length, 2);
    assert.ok(lost && kept);
    assert.match(readable(kept.card), /is ready/);
    assert.deepEqual(buttonsOf(lost.card), []);
    await remove(name);
  });

  test('Teams is down while an environment is set up: it is set up, and the card catches up', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await ask(name);
    await eventually(() => cardsOf(name).length > 0);
    teams.goDown();
    await untilPhase(purser, name, 'ready');

    teams.comeUp();

    await untilReady(name);
    assert.equal(cardsOf(name).length, 1);
    await remove(name);
  });

  test('25 people approve and deny in Slack and in Teams at once: one decision, and everybody reads whose it was', async () => {
    const { slack, teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    await eventually(
      () =>
        DECIDERS.every((_, index) => copyFor(index, name) !== undefined) &&
        cardsIn(TEAMS_APPROVALS, name).length === 1 &&
        approvalsOf(purser, name).length === DECIDERS.length + 2,
      90_000,
    );
    const shared = structuredClone(approvalsOf(purser, name)[0]);
    assert.ok(shared);
    const before = structuredClone(DECIDERS.map((_, index) => copyOf(index, name)));
    // Half of them have their reason ready in Slack, the others in Teams.
    await Promise.all(
      DECIDERS.map(async (_, index) => {
        if (index % 2 === 0) return teams.click(aadOf(index), copyOf(index, name), 'Deny…');
        await slack.click(slackOf(index), shared, 'environment.deny');
        return slack.until(() => slack.modalOf(slackOf(index)));
      }),
    );

    await Promise.all(
      DECIDERS.flatMap((_, index) => {
        const approveInTeams = () =>
          teams.click(aadOf(index), before[index] ?? copyOf(index, name), 'Approve');
        const approveInSlack = () => slack.click(slackOf(index), shared, 'environment.approve');
        const denyInTeams = async () => {
          // Who was told that it is being worked on has nothing left to press.
          if (buttonsOf(teams.dialogOf(aadOf(index))?.card).length === 0) return;
          await teams.submit(aadOf(index), { reason: 'Too big.' });
        };
        const denyInSlack = () => slack.submitView(slackOf(index), { reason: 'Too big.' });
        return [
          untilAnswered(index % 2 === 0 ? approveInSlack : denyInSlack, () => answersInSlack(index)),
          untilAnswered(index % 2 === 0 ? denyInTeams : approveInTeams, () => answersInTeams(index)),
        ];
      }),
    );

    const { approval } = await eventually(async () => {
      const state = await purser.state(name);
      return ['ready', 'gone'].includes(state.phase) && state;
    }, 60_000);
    const { decision, votes } = approval;
    const [vote] = votes;
    assert.equal(votes.length, 1);
    assert.deepEqual(decision?.by, [vote?.person]);
    assert.equal(decision?.outcome, vote?.decision === 'approve' ? 'approved' : 'denied');
    const answers = DECIDERS.flatMap((_, index) => [...answersInSlack(index), ...answersInTeams(index)]);
    assert.equal(answers.filter((answer) => answer.includes('is recorded')).length, 1);
    const lost = new RegExp(`was already ${decision?.outcome} by ${vote?.person} Sample`);
    assert.equal(answers.filter((answer) => lost.test(answer)).length, answers.length - 1);
    const word = vote?.decision === 'approve' ? 'Approved' : 'Denied';
    const winner = DECIDERS.indexOf(vote?.person ?? '');
    for (const copy of approvalsOf(purser, name)) {
      const shown = `${word} by <@${slackOf(winner)}>`;
      await eventually(() => readableInSlack(copy).includes(shown) && actionsOf(copy).length === 0, 90_000);
    }
    const inTeams = [
      ...DECIDERS.map((_, index) => copyOf(index, name)),
      ...cardsIn(TEAMS_APPROVALS, name),
      ...teams.directMessages(noor).filter(({ card }) => readable(card).includes(`Environment ${name}`)),
    ];
    assert.equal(inTeams.length, DECIDERS.length + 2);
    for (const copy of inTeams) {
      const shown = `${word} by ${vote?.person} Sample`;
      await eventually(
        () => readable(copy.card).includes(shown) && buttonsOf(copy.card).length === 0,
        90_000,
      );
    }
  });

  function cardsIn(place: string, name: string): TeamsMessage[] {
    return purser.teams
      .messagesIn(place)
      .filter(({ card }) => readable(card).includes(`Environment ${name}`));
  }

  function copyFor(index: number, name: string): TeamsMessage | undefined {
    return cardsIn(personalChatOf(aadOf(index)), name)[0];
  }

  function copyOf(index: number, name: string): TeamsMessage {
    const copy = copyFor(index, name);
    assert.ok(copy);
    return copy;
  }

  function answersInSlack(index: number): string[] {
    const { slack } = purser;
    const user = slackOf(index);
    return [...slack.privateTo(user), ...slack.directMessages(user)]
      .map((told) => readableInSlack(told))
      .filter(isAboutDecision);
  }

  function answersInTeams(index: number): string[] {
    const { teams } = purser;
    const user = aadOf(index);
    const told = teams.directMessages(user).map(({ card }) => readable(card));
    return [...teams.spokenTo(user), readable(teams.dialogOf(user)?.card), ...told].filter(isAboutDecision);
  }

  /** Whoever reads nothing of a decision, or that nothing was recorded, does it again. */
  async function untilAnswered(act: () => Promise<unknown>, answers: () => string[]): Promise<void> {
    await act();
    const answered = await eventually(() => answers().length > 0, 15_000).catch(() => false);
    if (!answered) await untilAnswered(act, answers);
  }

  async function remove(name: string): Promise<void> {
    const card = cardsOf(name).at(-1);
    assert.ok(card);
    await purser.teams.click(kim, card, 'Delete…');
    await purser.teams.submit(kim);
    await untilPhase(purser, name, 'gone');
  }
});

function isAboutDecision(answer: string): boolean {
  return /of “\w+” is recorded|“\w+” was already/.test(answer);
}

function slackOf(index: number): string {
  return `U0APPROVER${index}`;
}

function aadOf(index: number): string {
  return `00000000-0000-4000-8000-0000000b${`${index}`.padStart(4, '0')}`;
}

function withManyApprovers({ people, teams, approvalChannels }: PlatformConfig): void {
  const tenant = approvalChannels.find(({ platform }) => platform === 'teams');
  const tenantId = tenant?.platform === 'teams' ? tenant.tenantId : '';
  for (const [index, id] of DECIDERS.entries()) {
    people.push({
      id,
      name: `${id} Sample`,
      email: `${id}@example.test`,
      active: true,
      roles: ['developer'],
      accounts: [
        { platform: 'slack', teamId: 'T0SAMPLE', userId: slackOf(index) },
        { platform: 'teams', tenantId, aadObjectId: aadOf(index) },
      ],
    });
  }
  teams.find(({ id }) => id === 'finops')?.members.push(...DECIDERS);
}
