import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { sampleRules, workingIncidentActivities } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

describe('the declaration of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const isSetUp = ({ resources }: IncidentState) => resources.every(({ state }) => state === 'done');

  it('asks whom to page at once, opens, dresses and announces', async () => {
    const play = await theatre.declare('declared', {
      input: { firstEntry: { text: 'help', author: 'Noor', at: '2026-11-24T09:59:00.000Z' } },
    });

    await play.called('announceIncident', isSetUp);

    // Whom to page is asked in the very first task, and needs nothing else to be there.
    const atOnce = await scheduledAtOnce(play);
    assert.ok(atOnce.includes('resolveTargets') && atOnce.includes('openRoom'), atOnce.join());
    assert.deepEqual(play.paged(), ['kim']);
    assert.equal(play.of('openRoom').length, 1);
    // Whoever is paged after the first invitation is invited as well.
    assert.deepEqual([...new Set(play.of('dressRoom').map(({ what }) => what))].sort(), [
      'bookmarks',
      'invite',
      'pin',
      'topic',
    ]);
    const state = await play.state();
    assert.equal(state.escalations[0]?.pages[0]?.reached, true);
    assert.deepEqual(state.escalations[0]?.next?.people, ['lee']);
    assert.equal(state.update.by, 'sam');
    assert.equal(state.update.then, 'kim');
    assert.equal(Date.parse(state.update.dueAt ?? '') - Date.parse(state.times.declaredAt), 30 * 60_000);
    assert.ok(play.timeline().some(({ key, text }) => key === 'origin' && text === 'Noor: help'));
    assert.equal(new Set(play.timeline().map(({ key }) => key)).size, state.entries);
  });

  it('opens a private room once somebody is paged whom it can belong to', async () => {
    const play = await theatre.declare('owned', { input: { declaredBy: 'alerts', private: true } });

    await play.called('announceIncident', isSetUp);

    assert.deepEqual(play.of('openRoom').map(peopleIn), [['kim']]);
  });

  it('opens a private room with whoever is paged next where it cannot belong to the first one', async () => {
    const play = await theatre.declare('owned-by-lee', {
      input: { declaredBy: 'alerts', private: true },
      activities: {
        openRoom: async (input) => {
          if (peopleIn(input).includes('lee')) return await workingIncidentActivities().openRoom(input);
          throw ApplicationFailure.nonRetryable('It needs an owner.', 'Undeliverable');
        },
      },
    });
    await play.called('announceIncident', ({ resources }) =>
      resources.some(({ state }) => state === 'failed'),
    );

    await theatre.pass('6 minutes');

    assert.deepEqual(play.of('openRoom').map(peopleIn), [['kim'], ['kim', 'lee']]);
    assert.ok(isSetUp(await play.state()));
  });

  it('opens rooms on both platforms, and none of them waits for the other', async () => {
    let teamsIsDown = true;
    const play = await theatre.declare('both', {
      input: { platforms: ['slack', 'teams'] },
      activities: {
        openRoom: async ({ platform, state }) => {
          if (platform === 'teams' && teamsIsDown) throw new Error('Teams does not answer.');
          return {
            platform: 'slack',
            kind: 'channel',
            conversation: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0BOTH' },
            name: `inc-${state.number}`,
            ...(platform === 'teams' ? { platform } : {}),
          };
        },
      },
    });

    await play.called('announceIncident', ({ resources }) =>
      resources.some(({ id, state }) => id === 'pin:slack' && state === 'done'),
    );
    await theatre.pass('3 minutes');
    const waiting = await play.state();
    teamsIsDown = false;
    await theatre.pass('10 minutes');
    await play.called('announceIncident', isSetUp);

    const room = waiting.resources.find(({ id }) => id === 'room:teams');
    assert.equal(room?.state, 'running');
    assert.match(room?.note ?? '', /Teams does not answer/);
    assert.deepEqual(
      (await play.state()).rooms.map(({ platform }) => platform),
      ['slack', 'teams'],
    );
  });

  it('gives up what fails, says so, and does it again when asked', async () => {
    let mayOpen = false;
    const play = await theatre.declare('refused', {
      activities: {
        openRoom: async ({ platform }) => {
          if (!mayOpen)
            throw ApplicationFailure.nonRetryable('The app may not open channels.', 'Undeliverable');
          return {
            platform,
            kind: 'channel',
            conversation: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0RETRY' },
            name: 'inc-142',
          };
        },
      },
    });

    const failed = await play.called('announceIncident', ({ resources }) =>
      resources.some(({ state }) => state === 'failed'),
    );
    mayOpen = true;
    await play.act('kim', { kind: 'retry-resource', id: 'room:slack' });
    await play.called('announceIncident', isSetUp);

    const room = failed.state.resources.find(({ id }) => id === 'room:slack');
    assert.equal(room?.note, 'The app may not open channels.');
    assert.deepEqual(play.paged(), ['kim']);
    assert.ok(
      play.timeline().some(({ text }) => text === 'Room in Slack failed: The app may not open channels.'),
    );
  });

  it('gives up after an hour of silence, and the incident goes on', async () => {
    const play = await theatre.declare('silent', {
      activities: {
        openRoom: async () => {
          throw new Error('no answer');
        },
      },
    });

    await theatre.pass('2 hours');

    const { resources, rooms } = await play.state();
    assert.equal(resources.find(({ id }) => id === 'room:slack')?.state, 'failed');
    assert.deepEqual(rooms, []);
    assert.ok(play.paged().length > 1);
  });

  it('sets the topic again when what it says has changed, and nothing else', async () => {
    const play = await theatre.declare('topic');
    await play.called('announceIncident', isSetUp);

    await play.act('kim', { kind: 'severity', to: 'sev2', reason: 'fewer' });
    await play.act('kim', { kind: 'role', role: 'scribe', person: 'sam' });
    await play.called('dressRoom', ({ severity }) => severity === 'sev2');
    await theatre.pass('1 minute');

    const topics = play.of('dressRoom').filter(({ what }) => what === 'topic');
    assert.deepEqual(
      topics.map(({ state }) => state.severity),
      ['sev1', 'sev2'],
    );
    assert.equal(play.of('dressRoom').filter(({ what }) => what === 'pin').length, 1);
    assert.equal(play.of('openRoom').length, 1);
  });

  it('pages only the list of a drill, and says so', async () => {
    const play = await theatre.declare('drill', { input: { drill: true } });

    await play.called('tellRooms');
    await theatre.pass('1 hour');

    assert.deepEqual([...new Set(play.paged())], ['dana']);
    assert.match(play.told()[0] ?? '', /This is a drill: only its volunteers are paged/);
    assert.equal(play.of('sendWebhook').length, 0);
    assert.equal(play.of('resolveTargets').length, 0);
  });

  it('tells other systems, in order, and shows what they answered', async () => {
    let refusals = 3;
    const play = await theatre.declare('webhooks', {
      input: {
        rules: {
          ...sampleRules(),
          webhooks: [
            { id: 'pager', severities: ['sev1'] },
            { id: 'other', severities: ['sev3'] },
          ],
        },
      },
      activities: {
        sendWebhook: async ({ event }) => {
          if (event === 'trigger' && refusals-- > 0) throw new Error('503');
          return { note: `${event} accepted` };
        },
      },
    });

    await play.act('kim', { kind: 'acknowledge' });
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await theatre.pass('10 minutes');

    const sent = play.of('sendWebhook').map(({ event, webhook }) => `${webhook} ${event}`);
    assert.deepEqual([...new Set(sent)], ['pager trigger', 'pager acknowledge', 'pager resolve']);
    const { webhooks } = await play.state();
    assert.deepEqual(
      webhooks.map(({ id, note, ok }) => [id, note, ok]),
      [['pager', 'resolve accepted', true]],
    );
  });
});

/** The activities that the first workflow task asked for. */
function peopleIn({ state }: { state: IncidentState }): string[] {
  return state.escalations.flatMap(({ pages }) => pages.map(({ person }) => person));
}

async function scheduledAtOnce({ handle }: IncidentPlay): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const names: string[] = [];
  let tasks = 0;
  for (const event of events ?? []) {
    if (event.workflowTaskScheduledEventAttributes) tasks += 1;
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (tasks < 2 && typeof name === 'string') names.push(name);
  }
  return names;
}
