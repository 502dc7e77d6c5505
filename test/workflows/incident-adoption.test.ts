import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { IncidentRoom } from '../../src/domain/incidents.ts';
import { workingIncidentActivities } from './fake-incident-activities.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

const SHOP = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' } as const;
const ADOPTED: IncidentRoom = {
  platform: 'slack',
  kind: 'channel',
  conversation: SHOP,
  name: 'shop-talk',
  adopted: true,
};

describe('an incident that is declared to be run where it is', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const here = { severity: 'sev3', adopt: SHOP };

  it('is run there, says so, and gives it back when its rooms are archived', async () => {
    const play = await theatre.declare('here', {
      input: here,
      activities: { openRoom: async () => ADOPTED },
    });
    await play.called('dressRoom');
    await play.act('sam', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await play.act('sam', { kind: 'close' });
    await theatre.pass('13 days');
    assert.deepEqual((await play.state()).rooms, [ADOPTED]);

    await theatre.pass('2 days');

    assert.deepEqual(play.of('openRoom')[0]?.adopt, SHOP);
    assert.match(play.told()[0] ?? '', /^This channel is the room of #142 from here on\./);
    assert.equal(play.of('archiveRoom').length, 1);
    assert.deepEqual((await play.state()).rooms, [], 'what is typed there is about it no more');
    assert.deepEqual(play.of('recordIncident').at(-1)?.state.rooms, []);
    assert.ok(play.timeline().some(({ text }) => text === 'Slack: shop-talk is its room.'));
  });

  it('gets a channel of its own when that one cannot be had any more, and says why', async () => {
    const play = await theatre.declare('too-late', { input: here });
    await play.called('tellRooms');

    assert.match(play.told()[0] ?? '', /where it was declared could not become its room any more/);
    assert.equal((await play.state()).rooms[0]?.name, 'inc-142');
  });

  it('is asked of the platform it was declared on only', async () => {
    const play = await theatre.declare('two-platforms', {
      input: { ...here, platforms: ['slack', 'teams'] },
    });
    await play.called('openRoom', ({ rooms }) => rooms.length === 0);
    await theatre.pass('1 minute');

    const asked = play.of('openRoom').map(({ platform, adopt }) => `${platform} ${adopt?.platform}`);
    assert.deepEqual(asked.sort(), ['slack slack', 'teams undefined']);
  });

  it('made private it goes on in a room of its own, and gives the channel back in the end', async () => {
    const play = await theatre.declare('here-private', {
      input: here,
      activities: {
        openRoom: async (input) =>
          input.adopt === undefined ? await workingIncidentActivities().openRoom(input) : ADOPTED,
      },
    });
    await play.called('dressRoom');

    await play.act('sam', { kind: 'make-private', reason: 'names' });
    await play.called('redactIncident');
    await play.called('tellRooms', (state) => state.private && state.rooms.length > 0);

    const { rooms, madePrivate } = await play.state();
    assert.equal(rooms[0]?.adopted, undefined);
    assert.deepEqual(madePrivate?.formerRooms, [ADOPTED]);
    assert.equal(play.of('openRoom').at(-1)?.adopt, undefined);
  });
});
