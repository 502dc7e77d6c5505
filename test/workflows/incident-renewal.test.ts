import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { linkedSignal } from '../../workflows/incidents/messages.ts';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

describe('an incident with a long history', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  after(() => theatre.close());

  /** Makes its history long enough for a new run, and waits for that. */
  async function renewed(play: IncidentPlay): Promise<void> {
    for (let sent = 0; sent < 4_200; sent += 300) {
      await Promise.all(
        Array.from({ length: 300 }, () => play.handle.signal(linkedSignal, { other: 7, as: 'related' })),
      );
    }
    // Quietly: this server lets no run be continued while signals come in, unlike a real one.
    while (!(await isContinued(play))) await theatre.pass('10 seconds');
  }

  async function isContinued({ handle }: IncidentPlay): Promise<boolean> {
    const { events } = await handle.fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    return (started?.continuedExecutionRunId ?? '') !== '';
  }

  it('goes on in a new run: nothing lost, nothing twice, every time kept', async () => {
    const play = await theatre.declare('renewed');
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' }, 'claimed');
    await play.act('kim', { kind: 'role', role: 'lead', person: 'lee' }, 'offered');
    const before = await play.state();

    await play.act('sam', { kind: 'note', key: 'm1', text: 'looking' });
    await renewed(play);
    const authorised = play.of('authorizeIncidentAct').length;
    await play.act('kim', { kind: 'role', role: 'lead', person: 'kim' }, 'claimed');
    await play.act('sam', { kind: 'note', key: 'm1', text: 'looking' });
    const { update, escalations, roles, entries } = await play.state();
    await theatre.pass('7 minutes');
    const paged = play.paged();
    await theatre.pass('4 minutes');

    assert.equal(play.of('authorizeIncidentAct').length, authorised + 1);
    assert.equal(update.dueAt, before.update.dueAt);
    assert.deepEqual(escalations[0]?.next, before.escalations[0]?.next);
    assert.deepEqual(roles[0]?.offer, before.roles[0]?.offer);
    assert.deepEqual(paged, ['kim', 'lee']);
    assert.equal((await play.state()).roles[0]?.offer, undefined);
    assert.ok(entries > before.entries);
    assert.equal(play.of('openRoom').length, 1);
    const notes = play.timeline().filter(({ kind }) => kind === 'note');
    assert.equal(new Set(notes.map(({ key }) => key)).size, 1);
  });

  it('takes with it what is still to be said, while chat is down', async () => {
    let down = false;
    const posted: string[] = [];
    const play = await theatre.declare('outage', {
      input: { severity: 'sev3' },
      activities: {
        tellRooms: async ({ state, message }) => {
          if (down) throw new Error('Slack does not answer.');
          if (state.rooms.length > 0) posted.push(message.headline);
        },
      },
    });
    await play.called('dressRoom');

    down = true;
    await play.act('sam', { kind: 'rename', title: 'payments are down' });
    await theatre.pass('2 minutes');
    await renewed(play);
    down = false;
    await theatre.pass('10 minutes');

    assert.deepEqual(posted, ['It is called “payments are down” now.']);
  });

  it('goes on to follow its tracker', async () => {
    let isClosed = false;
    const play = await theatre.declare('tracked', {
      input: { severity: 'sev3', rules: sampleRules({ tracker: 'acme/ops' }) },
      activities: {
        lookAtTracker: async () => ({ closed: isClosed ? [{ task: 't1', how: 'closed there' }] : [] }),
      },
    });
    await play.act('kim', { kind: 'task', text: 'bigger disks', followUp: true });
    await play.called('openIssue');

    await renewed(play);
    isClosed = true;
    await theatre.pass('2 hours');

    assert.equal(play.of('openIssue').length, 1);
    assert.equal((await play.state()).tasks[0]?.doneBy, 'purser');
  });
});
