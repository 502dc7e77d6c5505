import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable as readableInSlack } from '../support/fake-slack.ts';
import { readable } from '../support/fake-teams.ts';
import { openPurserInTeams, PEOPLE, TEAMS_INCIDENTS } from '../support/purser-in-teams.ts';
import { atWork } from './acts.ts';
import { alert, declare, headerOf, untilSetUp, untilUsable } from './incident-acts.ts';

const { kim, lee, noor } = PEOPLE;
const GROUP = '00000000-0000-4000-8000-0000000000ff';

const purser = await atWork(
  openPurserInTeams({
    incidents(config) {
      config.rooms.teamsGroup = GROUP;
      const when = { severity: 'secret' };
      config.routes.unshift({ id: 'secret', when, groupBy: [], title: '{alertname}', private: true });
    },
  }),
);

purser.teams.addTeam(GROUP, { members: [...purser.teams.world.users.keys()] });

describe('rooms in Teams where Purser may open channels', { timeout: 300_000 }, () => {
  test('a channel of its own; a private one is private on both platforms', async () => {
    const open = await untilSetUp(purser, await declare(purser, 'sev3 open to all'));
    const hidden = await untilUsable(purser, await declare(purser, 'sev3 not for all private'));

    const channels = purser.teams.world.teams.get(GROUP)?.channels ?? [];
    assert.deepEqual(
      channels.map(({ displayName, membershipType }) => [displayName, membershipType]),
      [
        [`inc-${open.number}-open-to-all`, 'standard'],
        [`priv-inc-${hidden.number}-not-for-all`, 'private'],
      ],
    );
    const secret = channels.find(({ membershipType }) => membershipType === 'private');
    await eventually(() => [kim, lee].every((member) => secret?.members.includes(member)));
    assert.ok(!secret?.members.includes(noor));
    for (const state of [open, hidden]) {
      const room = state.rooms.find(({ platform }) => platform === 'teams');
      assert.equal(room?.kind, 'channel');
      const id = room?.conversation.platform === 'teams' ? room.conversation.conversationId : '';
      await eventually(() =>
        purser.teams.messagesIn(id).some(({ card }) => readable(card).includes(`#${state.number} `)),
      );
    }
    assert.ok(readableInSlack(headerOf(purser, open)).includes(`inc-${open.number}-open-to-all`));
    assert.ok(
      purser.teams.messagesIn(TEAMS_INCIDENTS).every(({ card }) => !readable(card).includes('not for all')),
    );
  });

  test('a private one that monitoring declares belongs to whoever is paged first', async () => {
    const { incidents } = await alert(purser, { alertname: 'KeysLeaked', severity: 'secret' });

    const { number } = await untilUsable(purser, incidents[0] ?? 0);

    const channels = purser.teams.world.teams.get(GROUP)?.channels ?? [];
    const room = channels.find(({ displayName }) => displayName === `priv-inc-${number}-keysleaked`);
    assert.deepEqual(room?.members, [lee]);
  });
});
