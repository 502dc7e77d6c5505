import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { IncidentActivities } from '../../activities/incidents/contract.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { workingIncidentActivities } from './fake-incident-activities.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

const BOTH: Platform[] = ['slack', 'teams'];
const SAID = ['first', 'second', 'third'];

/** Chat of which a part is down: what it was asked then did not happen, and what it took is kept in order. */
function createChat() {
  const down = new Set<Platform>();
  const told: { where?: Platform; key: string; text: string }[] = [];
  const paged: string[] = [];
  let shown = 0;
  const reach = (platforms: Platform[]) => {
    for (const platform of platforms) if (down.has(platform)) throw new Error(`${platform} does not answer`);
  };
  const working = workingIncidentActivities();
  const activities: Partial<IncidentActivities> = {
    async openRoom(input) {
      reach([input.platform]);
      return await working.openRoom(input);
    },
    async dressRoom({ platform }) {
      reach([platform]);
      return { left: [] };
    },
    async announceIncident({ state }) {
      reach(state.rooms.map(({ platform }) => platform));
      shown = state.revision;
      return { undelivered: [] };
    },
    async tellRooms({ state, message: { key, quotes } }) {
      const where = state.rooms[0]?.platform;
      reach(state.rooms.map(({ platform }) => platform));
      told.push({ where, key, text: quotes[0]?.text ?? '' });
    },
    async page({ record }) {
      if (BOTH.every((platform) => down.has(platform))) throw new Error('nothing answers');
      paged.push(record.key);
      return { reached: true };
    },
  };
  return {
    activities,
    down,
    paged,
    shown: () => shown,
    /** What people said, as one platform was told. */
    heardIn: (platform: Platform) =>
      told.filter(({ where, text }) => where === platform && SAID.includes(text)).map(({ text }) => text),
    doubles: () => told.length - new Set(told.map(({ where, key }) => `${where} ${key}`)).size,
  };
}

describe('an incident while chat is down', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  for (const [title, platforms] of [
    ['Slack', ['slack']],
    ['Teams', ['teams']],
    ['both', BOTH],
  ] as [string, Platform[]][]) {
    for (const duration of ['10 minutes', '1 hour']) {
      it(`${title} for ${duration}: it catches up in order, and says nothing twice`, async () => {
        const chat = createChat();
        const play = await theatre.declare(`outage-${title}-${duration}`, {
          input: { platforms: BOTH },
          activities: chat.activities,
        });
        await theatre.pass('10 seconds');
        await play.act('kim', { kind: 'acknowledge' });

        for (const platform of platforms) chat.down.add(platform);
        for (const what of SAID) await play.act('kim', { kind: 'update', what });
        await theatre.pass('1 minute');
        const during = BOTH.map((platform) => chat.heardIn(platform));
        await theatre.pass(duration);
        chat.down.clear();
        await theatre.pass('15 minutes');

        for (const [index, platform] of BOTH.entries()) {
          assert.deepEqual(during[index], platforms.includes(platform) ? [] : SAID, `${platform} meanwhile`);
          assert.deepEqual(chat.heardIn(platform), SAID, platform);
        }
        assert.equal(chat.doubles(), 0);
        assert.equal(new Set(chat.paged).size, chat.paged.length);
        const { revision, resources } = await play.state();
        assert.equal(chat.shown(), revision);
        assert.ok(resources.every(({ state }) => state === 'done'));
      });
    }
  }

  it('whoever is to be paged while nothing answers is paged once it does', async () => {
    const chat = createChat();
    for (const platform of BOTH) chat.down.add(platform);
    const play = await theatre.declare('outage-page', {
      input: { platforms: BOTH },
      activities: chat.activities,
    });
    await theatre.pass('10 minutes');
    assert.deepEqual(chat.paged, []);

    chat.down.clear();
    await theatre.pass('6 minutes');

    const { resources } = await play.state();
    assert.ok(chat.paged.length > 0);
    assert.equal(new Set(chat.paged).size, chat.paged.length);
    assert.ok(resources.every(({ state }) => state === 'done'));
  });
});
