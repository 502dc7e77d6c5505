import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

const MAKE_PRIVATE: IncidentAct = { kind: 'make-private', reason: 'names of customers' };

describe('an incident that is made private', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const minor = { severity: 'sev3' };

  it('goes on in a new room with its people, and what was said in public is taken back everywhere', async () => {
    const play = await theatre.declare('switch', {
      input: minor,
      activities: {
        openRoom: async ({ state, platform }) => ({ ...roomOf(platform, state.private), platform }),
      },
    });
    await dressed(play);
    await play.act('lee', { kind: 'role', role: 'lead', person: 'lee' });

    await play.act('ravi', MAKE_PRIVATE);
    await play.called('tellRooms', isPrivate);
    await theatre.pass('1 minute');

    const state = await play.state();
    assert.deepEqual(
      state.rooms.map(({ name }) => name),
      ['private'],
    );
    assert.deepEqual(
      state.madePrivate?.formerRooms.map(({ name }) => name),
      ['public'],
    );
    assert.partialDeepStrictEqual(state, { private: true, madePrivate: { by: 'ravi', ask: 'lee' } });
    assert.ok(state.members.includes('ravi'));
    assert.deepEqual(platformsOf(play), ['slack', 'teams']);
    const dressings = play.of('dressRoom').filter((input) => input.state.private);
    assert.deepEqual([...new Set(dressings.map(({ what }) => what))].sort(), [
      'bookmarks',
      'invite',
      'pin',
      'topic',
    ]);
    assert.ok(dressings.every((input) => input.state.rooms[0]?.name === 'private'));
    const [told] = play.of('tellRooms').filter((input) => input.state.private);
    assert.deepEqual([told?.message.stakeholders, told?.state.rooms[0]?.name], [false, 'private']);
    assert.ok(state.resources.every((resource) => resource.state === 'done'));
  });

  it('has one room, however often opening it fails, and nothing of it is said in the former one meanwhile', async () => {
    let failures = 0;
    const play = await theatre.declare('stubborn', {
      input: minor,
      activities: {
        async openRoom({ state, platform }) {
          if (state.private && ++failures < 4) throw ApplicationFailure.create({ message: 'down' });
          return { ...roomOf(platform, state.private), platform };
        },
      },
    });
    await dressed(play);

    await play.act('sam', MAKE_PRIVATE);
    await play.act('sam', { kind: 'update', what: 'they are told' });
    await theatre.pass('3 minutes');

    const state = await play.state();
    assert.deepEqual(
      state.rooms.map(({ name }) => name),
      ['private'],
    );
    const told = play.of('tellRooms').filter((input) => input.state.private);
    assert.deepEqual(
      told.map((input) => input.state.rooms.map(({ name }) => name)),
      [['private'], ['private']],
    );
  });

  it('leaves behind a public room that was still being opened, and takes back once more what was on its way', async () => {
    const opening = Promise.withResolvers<void>();
    const play = await theatre.declare('late', {
      input: minor,
      activities: {
        async openRoom({ state, platform }) {
          if (!state.private) await opening.promise;
          return { ...roomOf(platform, state.private), platform };
        },
      },
    });
    await play.called('openRoom');

    await play.act('sam', MAKE_PRIVATE);
    await play.called('redactIncident');
    opening.resolve();
    await play.called('redactIncident', ({ madePrivate }) => madePrivate?.formerRooms.length === 1);
    await theatre.pass('1 minute');

    const state = await play.state();
    assert.deepEqual(
      state.rooms.map(({ name }) => name),
      ['private'],
    );
  });

  it('says what could not be taken back until somebody retries it', async () => {
    let fails = true;
    const play = await theatre.declare('left-over', {
      input: minor,
      activities: {
        async redactIncident({ platform }) {
          if (fails && platform === 'slack')
            throw ApplicationFailure.nonRetryable('One message could not be changed.', 'Undeliverable');
        },
      },
    });
    await dressed(play);

    await play.act('sam', MAKE_PRIVATE);
    await play.called('announceIncident', (state) => stateOfLine(state) === 'failed');
    fails = false;
    await play.act('sam', { kind: 'retry-resource', id: 'redact:slack' });
    await play.called('announceIncident', (state) => stateOfLine(state) === 'done');

    const entry = play.timeline().find(({ text }) => text.includes('could not be changed'));
    assert.match(entry?.text ?? '', /Taking back in Slack failed/);
  });

  it('is withdrawn from the systems that were told of it, which hear nothing else', async () => {
    const rules = sampleRules({ webhooks: [{ id: 'pager', severities: [] }] });
    const play = await theatre.declare('outside', { input: { ...minor, rules } });
    await play.called('sendWebhook');

    await play.act('sam', MAKE_PRIVATE);
    await play.act('sam', { kind: 'update', what: 'they are told' });
    await play.act('sam', { kind: 'resolve', cause: 'a bug', fix: 'a patch' });
    await play.called('publishReview');

    assert.deepEqual(
      play.of('sendWebhook').map(({ event }) => event),
      ['trigger', 'withdraw'],
    );
  });

  it('is made private once, and not when it is over', async () => {
    const play = await theatre.declare('twice', { input: minor });
    await play.act('sam', MAKE_PRIVATE, 'the-key');
    await play.act('sam', MAKE_PRIVATE, 'the-key');

    const again = await refusalOf(play.act('lee', MAKE_PRIVATE));
    await play.act('sam', { kind: 'resolve', cause: 'a bug', fix: 'a patch' });
    const over = await refusalOf(play.act('lee', MAKE_PRIVATE));

    assert.match(again.message, /#142 is private already/);
    assert.match(over.message, /#142 is resolved/);
    const made = play.timeline().filter(({ text }) => text.startsWith('Made private'));
    assert.equal(made.length, 1);
  });
});

const isPrivate = (state: IncidentState) => state.private;

async function dressed(play: IncidentPlay): Promise<void> {
  await play.called('announceIncident', ({ resources }) => resources.every(({ state }) => state === 'done'));
}

function roomOf(platform: 'slack' | 'teams', inPrivate: boolean) {
  assert.equal(platform, 'slack');
  const name = inPrivate ? 'private' : 'public';
  const conversation = { platform: 'slack' as const, teamId: 'T0SAMPLE', channelId: `C0${name}` };
  return { kind: 'channel' as const, conversation, name };
}

function platformsOf(play: IncidentPlay): string[] {
  return [...new Set(play.of('redactIncident').map(({ platform }) => platform))].sort();
}

function stateOfLine({ resources }: IncidentState): string | undefined {
  return resources.find(({ id }) => id === 'redact:slack')?.state;
}
