import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { eventually } from '../support/eventually.ts';
import { buttonsOf, readable, type TeamsMessage } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, type PurserInTeams, TEAMS_CHANNEL } from '../support/purser-in-teams.ts';
import { approvalsOf, create, untilPhase } from './acts.ts';

const { kim, noor } = PEOPLE;
const DECIDERS = Array.from({ length: 25 }, (_, index) => `approver-${index + 1}`);

describe('Teams that fails, and a crowd on both platforms', () => {
  let purser: PurserInTeams;

  before(async () => {
    purser = await openPurserInTeams({ platform: withManyApprovers });
    for (const [index, id] of DECIDERS.entries()) purser.slack.addUser({ id: slackOf(index), name: id });
    await Promise.all([purser.startWorker(), purser.startBot()]);
  });
  after(async () => {
    const problems = [...purser.slack.problems, ...purser.teams.problems];
    await purser.close();
    assert.deepEqual(problems, []);
  });

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

  test('25 people in Slack and 25 in Teams decide at once: one decision, on every copy of both', async () => {
    const { slack, teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const direct = (index: number) =>
      teams.directMessages(aadOf(index)).find(({ card }) => readable(card).includes(name));
    await eventually(
      () =>
        DECIDERS.every((_, index) => direct(index) !== undefined) &&
        approvalsOf(purser, name).length >= DECIDERS.length + 2,
      90_000,
    );
    const [shared] = approvalsOf(purser, name);
    assert.ok(shared);

    await Promise.all(
      DECIDERS.flatMap((_, index) => {
        const card = direct(index);
        assert.ok(card);
        return [
          slack.click(slackOf(index), shared, 'environment.approve'),
          teams.click(aadOf(index), card, 'Approve'),
        ];
      }),
    );

    const { approval } = await eventually(async () => {
      const state = await purser.state(name);
      return state.approval.decision !== undefined && state;
    });
    assert.equal(approval.votes.length, 1);
    assert.equal(approval.decision?.outcome, 'approved');
    await eventually(
      () =>
        DECIDERS.every((_, index) => {
          const card = direct(index)?.card;
          return readable(card).includes('Approved by') && buttonsOf(card).length === 0;
        }),
      90_000,
    );
    const recorded = DECIDERS.flatMap((_, index) => teams.spokenTo(aadOf(index)));
    assert.ok(recorded.filter((word) => word.includes('is recorded')).length <= 1);
  });

  test('what people type stays text in Teams, whatever it looks like', async () => {
    const { teams } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`);
    const card = await teams.until(() =>
      teams.directMessages(noor).find((message) => readable(message.card).includes(name)),
    );
    await teams.click(noor, card, 'Deny…');
    const hostile =
      '[free](https://evil.test) **no** <at>all</at> {{DATE(2026-01-01T00:00:00Z,SHORT)}} \u202egnp';

    await teams.submit(noor, { reason: hostile });

    const decided = await teams.until(() =>
      teams.directMessages(noor).find((message) => readable(message.card).includes('[free]')),
    );
    const json = JSON.stringify(decided.card);
    assert.doesNotMatch(json, /\{\{DATE\(2026-01-01/);
    assert.doesNotMatch(json, /\u202e/);
    assert.doesNotMatch(json, /"type":"TextBlock"[^}]*free/);
  });

  async function remove(name: string): Promise<void> {
    const card = cardsOf(name).at(-1);
    assert.ok(card);
    await purser.teams.click(kim, card, 'Delete…');
    await purser.teams.submit(kim);
    await untilPhase(purser, name, 'gone');
  }
});

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
