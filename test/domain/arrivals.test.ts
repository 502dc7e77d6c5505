import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivalSteps, dayAt, problemsOf, startMoment } from '../../src/domain/arrivals.ts';
import { roleTemplateSchema } from '../../src/domain/role-templates.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const TEMPLATE = roleTemplateSchema.parse({
  apiVersion: 'purser/v1',
  kind: 'RoleTemplate',
  metadata: { name: 'developer', title: 'Developer' },
  gives: [
    { system: 'own', account: true },
    { system: 'sso', account: true },
    { system: 'sso', group: '/shop' },
  ],
  firstCredential: 'Forgot password.',
});

for (const [day, timeZone, at] of [
  ['2026-12-01', 'UTC', '2026-12-01T08:00:00.000Z'],
  ['2026-03-27', 'Europe/Berlin', '2026-03-27T07:00:00.000Z'],
  // Clocks went forward in the night before.
  ['2026-03-29', 'Europe/Berlin', '2026-03-29T06:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-25T07:00:00.000Z'],
  ['2026-12-01', 'Pacific/Auckland', '2026-11-30T19:00:00.000Z'],
] as const) {
  test(`${day} begins at eight on the clock of ${timeZone}`, () => {
    assert.equal(new Date(startMoment(day, timeZone)).toISOString(), at);
  });
}

test('a day that is none has no beginning', () => {
  for (const day of ['2026-02-30', 'tomorrow', '']) assert.ok(Number.isNaN(startMoment(day, 'UTC')));
});

test('today is what the calendar there says', () => {
  const moment = new Date('2026-12-01T23:30:00.000Z');
  assert.deepEqual([dayAt(moment, 'UTC'), dayAt(moment, 'Pacific/Auckland')], ['2026-12-01', '2026-12-02']);
});

test('what the team has is given with what the role has, and nothing twice', () => {
  const directory = sampleDirectory();
  const shop = directory.teams[0];
  assert.ok(shop);
  shop.also = [
    { system: 'sso', group: '/shop' },
    { system: 'code', group: 'acme/shop' },
  ];

  const steps = arrivalSteps(directory, TEMPLATE, 'shop', 'own');

  assert.deepEqual(
    steps.map(({ system, holding }) => [system, holding.kind === 'group' ? holding.group : 'account']),
    [
      ['own', 'account'],
      ['sso', 'account'],
      ['sso', '/shop'],
      ['own', 'team/shop'],
      ['code', 'acme/shop'],
    ],
  );
});

test('what cannot be is said by field; whoever is known by the same address is taken for themselves', () => {
  const newcomer = {
    person: 'new',
    name: 'New Sample',
    email: 'new@example.test',
    manager: 'lee',
    team: 'shop',
    role: { name: 'developer', title: 'Developer' },
  };
  const problems = (changes: Partial<typeof newcomer>) =>
    Object.entries(problemsOf(sampleDirectory(), [TEMPLATE], { ...newcomer, ...changes }));

  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ person: 'kim', email: 'KIM@example.test' }), []);
  assert.match(`${problems({ person: 'kim' })}`, /^person,“kim” is Kim Sample already/);
  assert.match(
    `${problems({ email: 'Kim@example.test' })}`,
    /^email,That is the address of Kim Sample \(kim\)/,
  );
  assert.match(`${problems({ manager: 'old' })}`, /^manager,Nobody active/);
  assert.match(`${problems({ team: 'gone' })}`, /^team,There is no such team/);
  assert.match(`${problems({ role: { name: 'pilot', title: 'Pilot' } })}`, /^role,There is no such role/);
});
