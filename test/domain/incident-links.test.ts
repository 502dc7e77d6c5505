import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named } from '../../src/domain/ids.ts';
import { eventView } from '../../src/domain/incident-room-views.ts';
import { incidentView } from '../../src/domain/incident-views.ts';
import type { Escalation, IncidentState } from '../../src/domain/incidents.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleIncident } from '../support/incident-records.ts';

const directory = sampleDirectory();
const open = (changes: Partial<IncidentState> = {}) =>
  sampleIncident({ status: 'triaging', resolution: undefined, ...changes });

test('lines name people, and whoever is not in the directory by id', () => {
  const headline = `${named('kim')} is Lead now, after ${named('gone')}, says ${named('alerts')}.`;
  const typed = `page-1 ${named('lee')}`;
  const state = open({
    escalations: [chain(typed)],
    resources: [
      {
        id: 'invite:slack',
        title: 'Invitations',
        essential: true,
        state: 'failed',
        note: `${named('lee')}!`,
      },
    ],
  });

  const event = eventView(state, directory, { glyph: '🙋', headline, at: '', quotes: [] }, 'room');
  const header = incidentView(state, directory);

  assert.equal(event.headline, 'Kim Sample is Lead now, after gone, says monitoring.');
  assert.equal(header.paging[0]?.title, 'page-1 Lee Sample');
  assert.equal(header.setup[0]?.note, 'Lee Sample!');
});

test('what is part of it has a line of its own, and only what said nothing of itself is a bare number', () => {
  const child = {
    number: 143,
    title: 'Search is slow',
    severity: 'sev2',
    status: 'triaging' as const,
    revision: 3,
  };
  const state = open({ links: { related: [], children: [143, 144], merged: [] }, children: [child] });

  const { children, related } = incidentView(state, directory);

  assert.deepEqual(children, [
    {
      number: 143,
      title: 'Search is slow',
      severity: { id: 'sev2', title: 'Major', rank: 2 },
      status: 'triaging',
    },
  ]);
  assert.deepEqual(related, [{ number: 144, as: 'child' }]);
});

test('a merge can be undone on the header, after a question', () => {
  const links = { related: [], children: [], merged: [], mergedInto: 141 };

  const { actions } = incidentView(sampleIncident({ status: 'closed', links }), directory);

  const undo = actions.find(({ label }) => label === 'Undo the merge');
  assert.equal(undo?.payload.act, '{"kind":"unmerge"}');
  assert.match(undo?.confirm?.text ?? '', /Nothing is taken away from the record of #141/);
  assert.ok(!actions.some(({ label }) => label === 'Reopen…'));
});

function chain(title: string): Escalation {
  return {
    id: 'e1',
    title,
    message: '',
    startedBy: 'purser',
    startedAt: '2026-04-01T09:02:00.000Z',
    levels: [],
    loops: 1,
    fallback: [],
    pages: [],
    exhausted: false,
  };
}
