import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  beginsWith,
  occasionWords,
  planOf,
  type RunbookEvent,
  runbookSchema,
  timesOf,
} from '../../src/domain/runbooks.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { sampleIncident } from '../support/incident-records.ts';
import { sampleIncidentConfig } from '../support/incidents-context.ts';

const runbook = (on: object[], steps: object[] = [{ do: 'message', text: 'x' }]) =>
  runbookSchema.parse({
    apiVersion: 'purser/v1',
    kind: 'Runbook',
    metadata: { name: 'one', version: 2, title: 'One' },
    on,
    steps,
  });

const shop = sampleIncident({ number: 142, severity: 'sev1', service: 'shop' });
const OPENED: RunbookEvent = { event: 'opened' };

for (const [what, on, happened, begins] of [
  ['opened', { event: 'opened' }, OPENED, true],
  ['opened, of its severity', { event: 'opened', severities: ['sev2', 'sev1'] }, OPENED, true],
  ['opened, of another severity', { event: 'opened', severities: ['sev2'] }, OPENED, false],
  ['opened, of another service', { event: 'opened', services: ['platform'] }, OPENED, false],
  ['another severity', { event: 'severity', severities: ['sev1'] }, { event: 'severity' }, true],
  ['something else', { event: 'severity' }, OPENED, false],
  [
    'one of its statuses',
    { event: 'status', statuses: ['mitigating', 'resolved'] },
    { event: 'status', status: 'resolved' },
    true,
  ],
  [
    'another status',
    { event: 'status', statuses: ['mitigating'] },
    { event: 'status', status: 'monitoring' },
    false,
  ],
  ['its time', { event: 'time', after: '30m' }, { event: 'time', after: 1_800_000 }, true],
  ['another time', { event: 'time', after: '1h' }, { event: 'time', after: 1_800_000 }, false],
] as [string, object, RunbookEvent, boolean][]) {
  test(`${what} ${begins ? 'begins it' : 'does not begin it'}`, () => {
    assert.equal(beginsWith(runbook([on]), happened, shop), begins);
  });
}

test('by hand it begins by its name, whatever it is for', () => {
  const one = runbook([{ event: 'opened', services: ['platform'] }]);

  assert.equal(beginsWith(one, { event: 'by-hand', name: 'one' }, shop), true);
  assert.equal(beginsWith(one, { event: 'by-hand', name: 'two' }, shop), false);
});

test('every time after the declaration is looked at once', () => {
  const late = { event: 'time', after: '1h' };

  assert.deepEqual(
    timesOf([runbook([late, { event: 'time', after: '5m' }]), runbook([late])]),
    [300_000, 3_600_000],
  );
});

test('steps and occasions are said in words', () => {
  const all = runbook(
    [
      { event: 'status', statuses: ['monitoring', 'resolved'], severities: ['sev1'] },
      { event: 'time', after: '30m' },
    ],
    [
      { do: 'message', text: 'Roll back the release of today first, and only then look for what it was.' },
      { do: 'invite', who: { person: 'kim' } },
      { do: 'invite', who: { schedule: 'shop' } },
      { do: 'page', path: 'on-call', approve: 'lead' },
      { do: 'webhook', webhook: 'status', text: 'x' },
      { do: 'environment', template: 'dev' },
    ],
  );

  const { steps, version } = planOf(all, sampleIncidentConfig(), sampleDirectory());

  assert.deepEqual(all.on.map(occasionWords), ['when monitoring or resolved, sev1', 'after 30 min']);
  assert.equal(version, 2);
  assert.deepEqual(
    steps.map(({ title }) => title),
    [
      'Say “Roll back the release of today first, and only then look for…”',
      'Invite Kim Sample',
      'Invite whoever is on call (Shop on call)',
      'Page on-call',
      'Tell status',
      'Environment from dev',
    ],
  );
  assert.deepEqual(
    steps.map(({ approve }) => approve),
    [undefined, undefined, undefined, 'lead', undefined, undefined],
  );
});
