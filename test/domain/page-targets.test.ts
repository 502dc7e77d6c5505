import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  type IncidentConfig,
  incidentConfigSchema,
  type PageTarget,
} from '../../src/domain/incident-config.ts';
import { platformsInOrder, rulesOf } from '../../src/domain/incident-rules.ts';
import { resolvePageTargets } from '../../src/domain/on-call.ts';
import { type PlatformConfig, platformSchema } from '../../src/domain/platform.ts';

const CONFIG: IncidentConfig = incidentConfigSchema.parse(
  parse(readFileSync('manifests/incidents.yaml', 'utf8')),
);
const PLATFORM: PlatformConfig = platformSchema.parse(parse(readFileSync('manifests/platform.yaml', 'utf8')));

/** Monday morning in the second week: Lee in working hours. */
const MORNING = new Date('2026-01-12T09:00:00Z');
const NIGHT = new Date('2026-01-12T23:00:00Z');

function resolve(targets: PageTarget[], { at = MORNING, left = [] as string[], config = CONFIG } = {}) {
  const people = PLATFORM.people.map((person) => ({ ...person, active: !left.includes(person.id) }));
  return resolvePageTargets(targets, { config, directory: { ...PLATFORM, people }, at });
}

test('a schedule is who is on call at that moment', () => {
  assert.deepEqual(resolve([{ schedule: 'shop' }]), { people: ['lee'], gaps: [] });
  assert.deepEqual(resolve([{ schedule: 'shop' }], { at: NIGHT }), { people: ['ravi'], gaps: [] });
});

test('a team is its leads, then its members; a role is everybody who has it; nobody comes twice', () => {
  assert.deepEqual(resolve([{ team: 'shop' }]).people, ['lee', 'kim', 'sam']);
  assert.deepEqual(resolve([{ role: 'admin' }, { person: 'kim' }, { team: 'shop' }]).people, [
    'ravi',
    'kim',
    'lee',
    'sam',
  ]);
});

test('who has left is left out, and whom that leaves is named', () => {
  assert.deepEqual(resolve([{ team: 'shop' }], { left: ['lee'] }), { people: ['kim', 'sam'], gaps: [] });
  assert.deepEqual(
    resolve([{ schedule: 'shop' }, { person: 'lee' }, { team: 'finops' }, { role: 'admin' }], {
      left: ['lee', 'noor', 'ravi'],
    }),
    {
      people: [],
      gaps: [
        'Lee Sample (team lead) has left, on call in “Shop on call”',
        'Lee Sample (team lead) has left',
        'nobody is in the team “FinOps”',
        'nobody has the role “admin”',
      ],
    },
  );
});

test('what is not there any more is named, and does not keep the others from being paged', () => {
  const found = resolve([
    { schedule: 'gone' },
    { team: 'gone' },
    { person: 'gone' },
    { role: 'gone' },
    { person: 'kim' },
  ]);

  assert.deepEqual(found, {
    people: ['kim'],
    gaps: [
      'there is no schedule “gone”',
      'there is no team “gone”',
      'nobody knows “gone”',
      'nobody has the role “gone”',
    ],
  });
});

test('a schedule nobody answers in is a gap', () => {
  const at = new Date('2025-12-31T00:00:00Z');

  assert.deepEqual(resolve([{ schedule: 'shop' }], { at }), {
    people: [],
    gaps: ['nobody is on call in “Shop on call”'],
  });
});

test('an incident takes the rules of its service with it', () => {
  const rules = rulesOf(CONFIG, { service: 'shop', private: false, drill: false });

  assert.equal(rules.service?.team, 'shop');
  assert.deepEqual(rules.drillPeople, ['kim', 'ravi']);
  assert.equal(rules.archiveAfterMs, 14 * 86_400_000);
  assert.equal(rulesOf(CONFIG, { service: 'gone', private: false, drill: false }).service, undefined);
});

test('follow-ups and reviews go where the service says; of drills nowhere, of private ones where there is a place', () => {
  const access = { kind: 'github', url: 'https://api.github.com', secret: 'github' } as const;
  const tracker = { ...access, repository: 'acme/ops', services: { shop: 'acme/shop' }, labels: [] };
  const reviews = { ...access, repository: 'acme/reviews', path: '{number}.md' };
  const places = (service: string, kind?: 'private' | 'drill') => {
    const rules = rulesOf(
      { ...CONFIG, tracker, reviews },
      { service, private: kind === 'private', drill: kind === 'drill' },
    );
    return [rules.tracker, rules.reviews];
  };

  assert.deepEqual(places('shop'), ['acme/shop', 'acme/reviews']);
  assert.deepEqual(places('platform'), ['acme/ops', 'acme/reviews']);
  assert.deepEqual(places('shop', 'drill'), [undefined, undefined]);
  assert.deepEqual(places('shop', 'private'), [undefined, undefined]);
  const vault = rulesOf(
    {
      ...CONFIG,
      tracker: { ...tracker, private: 'acme/vault' },
      reviews: { ...reviews, private: 'acme/safe' },
    },
    { service: 'shop', private: true, drill: false },
  );
  assert.deepEqual([vault.tracker, vault.reviews], ['acme/vault', 'acme/safe']);
});

test('platforms come in the order of the announcements, and only those that are connected', () => {
  assert.deepEqual(platformsInOrder(CONFIG, ['teams', 'slack']), ['slack', 'teams']);
  assert.deepEqual(platformsInOrder(CONFIG, ['teams']), ['teams']);
  assert.deepEqual(
    platformsInOrder({ ...CONFIG, rooms: { ...CONFIG.rooms, announce: [] } }, ['teams', 'slack']),
    ['teams', 'slack'],
  );
});
