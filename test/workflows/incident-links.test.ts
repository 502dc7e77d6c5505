import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { IncidentLink } from '../../src/domain/incidents.ts';
import { linkedSignal } from '../../workflows/incidents/messages.ts';
import { sampleRules } from './fake-incident-activities.ts';
import { type IncidentPlay, type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

describe('incidents that have to do with each other', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const minor = { input: { severity: 'sev3' } };
  const said = (play: IncidentPlay) => play.of('tellIncident').map(({ other, as }) => `${as} of ${other}`);
  const child = (status: 'triaging' | 'resolved', revision: number): IncidentLink => ({
    other: 143,
    as: 'child',
    child: { number: 143, title: 'payments', severity: 'sev2', status, revision },
  });

  it('a child keeps its parent told of its severity, status and title, and of nothing else', async () => {
    const play = await theatre.declare('child', minor);
    const states = () => play.of('tellIncident').map(({ state }) => `${state.severity} ${state.status}`);

    await play.handle.signal(linkedSignal, { other: 140, as: 'parent' });
    await play.called('tellIncident');
    await play.act('kim', { kind: 'note', key: 'm1', text: 'looking' });
    await play.act('kim', { kind: 'status', to: 'mitigating', note: '' });
    await play.called('tellIncident', ({ status }) => status === 'mitigating');
    await play.act('kim', { kind: 'cancel', reason: 'a test' });
    await play.called('tellIncident', ({ status }) => status === 'closed');

    assert.deepEqual(states(), ['sev3 declared', 'sev3 mitigating', 'sev3 closed']);
    assert.deepEqual([...new Set(said(play))], ['child of 140']);
  });

  it('while its parent cannot be told, what it is told in the end is the last of it', async () => {
    let failures = 0;
    const play = await theatre.declare('child-out', {
      ...minor,
      activities: {
        tellIncident: async () => {
          failures += 1;
          if (failures < 20) throw new Error('Temporal does not answer');
        },
      },
    });

    await play.handle.signal(linkedSignal, { other: 140, as: 'parent' });
    await play.act('kim', { kind: 'status', to: 'monitoring', note: '' });
    await theatre.pass('1 hour');

    assert.equal(play.of('tellIncident').at(-1)?.state.status, 'monitoring');
    assert.ok(!play.timeline().some(({ text }) => /could not be told/.test(text)));
  });

  it('a private child tells its parent nothing of how it is', async () => {
    const play = await theatre.declare('child-private', { input: { severity: 'sev3', private: true } });

    await play.handle.signal(linkedSignal, { other: 140, as: 'parent' });
    await play.act('kim', { kind: 'status', to: 'monitoring', note: '' });
    await theatre.pass('1 hour');

    assert.deepEqual(said(play), []);
  });

  it('a child that becomes private has its parent say no more of it', async () => {
    const play = await theatre.declare('child-hides', minor);
    await play.handle.signal(linkedSignal, { other: 140, as: 'parent' });
    await play.called('tellIncident');

    await play.act('kim', { kind: 'make-private', reason: 'customer data' });
    await play.called('tellIncident', (state) => state.private);
    await play.act('kim', { kind: 'status', to: 'monitoring', note: '' });
    await theatre.pass('1 hour');

    assert.deepEqual(said(play), ['child of 140', 'hidden of 140']);
  });

  it('a parent shows the newest of each child, in whichever order it comes', async () => {
    const play = await theatre.declare('parent', minor);

    await play.handle.signal(linkedSignal, child('triaging', 5));
    await play.handle.signal(linkedSignal, child('resolved', 9));
    await play.handle.signal(linkedSignal, child('triaging', 7));
    await play.act('kim', { kind: 'note', key: 'm1', text: 'looking' });

    const { children, links } = await play.state();
    assert.deepEqual(children, [child('resolved', 9).child]);
    assert.deepEqual(links.children, [143]);
    assert.equal(play.timeline().filter(({ text }) => text === '#143 is resolved now').length, 1);
  });

  it('a child that is made private is forgotten by its parent', async () => {
    const play = await theatre.declare('parent-forgets', minor);
    await play.handle.signal(linkedSignal, child('triaging', 5));

    await play.handle.signal(linkedSignal, { other: 143, as: 'hidden' });
    await play.act('kim', { kind: 'note', key: 'm1', text: 'looking' });

    const { children, links } = await play.state();
    assert.deepEqual([children, links.children], [[], []]);
  });

  it('its room reads what stays open when it is resolved', async () => {
    const play = await theatre.declare('parent-resolved', minor);
    await play.handle.signal(linkedSignal, child('triaging', 5));

    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    await play.called('tellRooms', ({ status }) => status === 'resolved');

    const quotes = play.of('tellRooms').at(-1)?.message.quotes;
    assert.deepEqual(quotes?.at(-1), { label: 'Still open', text: '#143' });
  });

  it('a merge that is undone goes on where it was: timers, tasks, room and alerts', async () => {
    const play = await theatre.declare('unmerged');
    await play.act('kim', { kind: 'status', to: 'mitigating', note: '' });
    await play.act('kim', { kind: 'task', text: 'disks', owner: 'lee', followUp: true });
    await play.act('kim', { kind: 'merge', into: 7 });
    await theatre.pass('2 days');
    const quiet = play.reminded().filter((line) => line.includes('update-due')).length;

    await play.act('kim', { kind: 'unmerge' });
    await theatre.pass('40 minutes');

    const state = await play.state();
    assert.equal(state.status, 'mitigating');
    assert.equal(state.links.mergedInto, undefined);
    assert.equal(state.times.closedAt, undefined);
    assert.equal(state.tasks.length, 1);
    assert.deepEqual(said(play), ['merged of 7', 'unmerged of 7']);
    assert.ok(play.of('readAlerts').length > 0, 'its figures are read anew');
    assert.ok(play.reminded().filter((line) => line.includes('update-due')).length > quiet);
    assert.ok(play.told().some((line) => /It goes on here, with its own alerts/.test(line)));
    assert.equal(play.of('archiveRoom').length, 0);
  });

  const PAGER = sampleRules({ webhooks: [{ id: 'pager', severities: [] }] });
  const outside = (play: IncidentPlay) =>
    play.of('sendWebhook').map(({ event, note = 'no note' }) => `${event}: ${note}`);

  it('what was merged is resolved at pagers of others, and rings there again when that is undone', async () => {
    const play = await theatre.declare('merged-outside', { input: { severity: 'sev3', rules: PAGER } });
    await play.called('sendWebhook');

    await play.act('kim', { kind: 'merge', into: 7 });
    await play.called('sendWebhook', ({ status }) => status === 'closed');
    await play.act('kim', { kind: 'unmerge' });
    await theatre.pass('1 hour');

    assert.deepEqual(outside(play), [
      'trigger: no note',
      'resolve: It is the same as #7, and goes on there.',
      'trigger: It is not the same as #7 after all.',
    ]);
  });

  it('a pager that is down for an hour hears of the merge and its undoing in order, each by one key', async () => {
    const heard: string[] = [];
    let isDown = false;
    const play = await theatre.declare('merged-outage', {
      input: { severity: 'sev3', rules: PAGER },
      activities: {
        async sendWebhook({ event, key }) {
          if (isDown) throw new Error('the pager does not answer');
          heard.push(`${event} ${key}`);
          // Killed just after it was sent: the receiver hears it again, and knows it by its key.
          if (event === 'resolve' && heard.length === 2) throw new Error('killed');
          return { note: 'taken' };
        },
      },
    });
    await play.called('sendWebhook');
    isDown = true;

    await play.act('kim', { kind: 'merge', into: 7 });
    await play.act('kim', { kind: 'unmerge' });
    await theatre.pass('1 hour');
    isDown = false;
    await theatre.pass('1 hour');

    assert.deepEqual(
      heard.map((line) => line.split(' ')[0]),
      ['trigger', 'resolve', 'resolve', 'trigger'],
    );
    assert.equal(heard[1], heard[2]);
    assert.equal(new Set(heard).size, 3);
    assert.equal((await play.state()).webhooks[0]?.event, 'trigger');
  });

  it('of two who undo it at once the second finds it undone', async () => {
    const play = await theatre.declare('unmerged-twice', minor);
    await play.act('kim', { kind: 'merge', into: 7 });

    const both = [play.act('kim', { kind: 'unmerge' }, 'k1'), play.act('lee', { kind: 'unmerge' }, 'k2')];
    const settled = await Promise.allSettled(both);
    const again = await play.act('kim', { kind: 'unmerge' }, 'k1').catch(() => undefined);
    const late = await refusalOf(play.act('lee', { kind: 'unmerge' }));

    assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.ok(settled[0]?.status === 'rejected' || again !== undefined, 'the same again is answered alike');
    assert.match(late.message, /#142 is not merged into another/);
    await play.called('tellIncident', ({ links }) => links.mergedInto === undefined);
    assert.deepEqual(said(play), ['merged of 7', 'unmerged of 7']);
  });

  it('the other one lets go of it, also when it is resolved by then, and reads its alerts anew', async () => {
    const play = await theatre.declare('canonical', minor);
    await play.handle.signal(linkedSignal, { other: 143, as: 'merged' });
    await play.act('kim', { kind: 'resolve', cause: 'disk', fix: 'space' });
    const before = play.of('readAlerts').length;

    await play.handle.signal(linkedSignal, { other: 143, as: 'unmerged' });
    await play.handle.signal(linkedSignal, { other: 143, as: 'unmerged' });
    await theatre.pass('1 minute');

    const { links, status } = await play.state();
    assert.deepEqual([links.merged, status], [[], 'resolved']);
    assert.equal(play.told().filter((line) => /#143 was not the same after all/.test(line)).length, 1);
    assert.ok(play.of('readAlerts').length > before);
  });
});
