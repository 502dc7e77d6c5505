import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schedule } from '../../src/domain/incident-config.ts';
import { gaps, onCallAt, personOnCall, upcoming } from '../../src/domain/on-call.ts';
import { createModel } from './on-call-model.ts';

type Rotation = Schedule['rotations'][number];
type Weekday = NonNullable<Rotation['hours']>['days'][number];

const EVERY_DAY: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WORKDAYS = EVERY_DAY.slice(0, 5);

function schedule(over: Partial<Schedule> = {}): Schedule {
  return {
    id: 'primary',
    title: 'Primary',
    timeZone: 'Europe/Berlin',
    rotations: [{ people: ['kim', 'lee', 'ravi'], starts: '2026-01-05T09:00', every: '1w' }],
    overrides: [],
    ...over,
  };
}

// Clocks go forward on March 29 at 02:00 CET (01:00Z) and on March 8 at 02:00 EST (07:00Z), and back on October 25 at
// 03:00 CEST (01:00Z) and on November 1 at 02:00 EDT (06:00Z).
for (const [what, timeZone, rotation, moments] of [
  [
    'a weekly hand-over keeps its time of day when clocks go forward',
    'Europe/Berlin',
    { starts: '2026-03-23T09:00', every: '1w' },
    [
      ['2026-03-23T07:59:59Z', undefined],
      ['2026-03-23T08:00:00Z', 'kim'],
      ['2026-03-30T06:59:59Z', 'kim'],
      ['2026-03-30T07:00:00Z', 'lee'],
    ],
  ],
  [
    'a weekly hand-over keeps its time of day when clocks go back',
    'America/New_York',
    { starts: '2026-10-26T09:00', every: '1w' },
    [
      ['2026-10-26T12:59:59Z', undefined],
      ['2026-10-26T13:00:00Z', 'kim'],
      ['2026-11-02T13:59:59Z', 'kim'],
      ['2026-11-02T14:00:00Z', 'lee'],
    ],
  ],
  [
    'a hand-over in the hour that does not exist is at the change, Berlin',
    'Europe/Berlin',
    { starts: '2026-03-28T02:30', every: '1d' },
    [
      ['2026-03-29T00:59:59Z', 'kim'],
      ['2026-03-29T01:00:00Z', 'lee'],
      ['2026-03-30T00:29:59Z', 'lee'],
      ['2026-03-30T00:30:00Z', 'ravi'],
    ],
  ],
  [
    'a hand-over in the hour that does not exist is at the change, New York',
    'America/New_York',
    { starts: '2026-03-07T02:30', every: '1d' },
    [
      ['2026-03-08T06:59:59Z', 'kim'],
      ['2026-03-08T07:00:00Z', 'lee'],
      ['2026-03-09T06:30:00Z', 'ravi'],
    ],
  ],
  [
    'a hand-over in the hour that comes twice is in the first of the two, Berlin',
    'Europe/Berlin',
    { starts: '2026-10-24T02:30', every: '1d' },
    [
      ['2026-10-25T00:29:59Z', 'kim'],
      ['2026-10-25T00:30:00Z', 'lee'],
      ['2026-10-25T01:10:00Z', 'lee'],
      ['2026-10-25T01:30:00Z', 'lee'],
      ['2026-10-26T01:30:00Z', 'ravi'],
    ],
  ],
  [
    'a hand-over in the hour that comes twice is in the first of the two, New York',
    'America/New_York',
    { starts: '2026-10-31T01:30', every: '1d' },
    [
      ['2026-11-01T05:29:59Z', 'kim'],
      ['2026-11-01T05:30:00Z', 'lee'],
      ['2026-11-01T06:10:00Z', 'lee'],
      ['2026-11-02T06:30:00Z', 'ravi'],
    ],
  ],
] as [string, string, Pick<Rotation, 'starts' | 'every'>, [string, string | undefined][]][]) {
  test(what, () => {
    const subject = schedule({ timeZone, rotations: [{ people: ['kim', 'lee', 'ravi'], ...rotation }] });

    const found = moments.map(([at]) => [at, personOnCall(subject, new Date(at))]);

    assert.deepEqual(found, moments);
  });
}

test('who answers now, and until when, over a change of clocks', () => {
  const shift = onCallAt(schedule(), new Date('2026-03-25T12:00:00Z'));

  assert.deepEqual(shift, {
    person: 'ravi',
    from: '2026-03-23T08:00:00.000Z',
    until: '2026-03-30T07:00:00.000Z',
  });
});

test('nobody answers before the first shift begins, and that is a gap', () => {
  const before = new Date('2026-01-01T00:00:00Z');

  assert.equal(onCallAt(schedule(), before), undefined);
  assert.deepEqual(gaps(schedule(), before, new Date('2026-01-12T00:00:00Z')), [
    { from: '2026-01-01T00:00:00.000Z', to: '2026-01-05T08:00:00.000Z' },
  ]);
  assert.deepEqual(upcoming(schedule(), before, 2), [
    { person: 'kim', from: '2026-01-05T08:00:00.000Z', until: '2026-01-12T08:00:00.000Z' },
    { person: 'lee', from: '2026-01-12T08:00:00.000Z', until: '2026-01-19T08:00:00.000Z' },
  ]);
});

test('somebody who is never relieved has no end', () => {
  const alone = schedule({ rotations: [{ people: ['kim'], starts: '2026-03-01T00:00', every: '1d' }] });

  assert.deepEqual(onCallAt(alone, new Date('2026-03-05T00:00:00Z')), {
    person: 'kim',
    from: '2026-02-28T23:00:00.000Z',
  });
  assert.deepEqual(upcoming(alone, new Date('2026-03-05T00:00:00Z'), 3), []);
});

test('hours name the day on which they begin, also over midnight, and leave gaps that are found', () => {
  const nights = schedule({
    rotations: [
      {
        people: ['kim'],
        starts: '2026-03-23T00:00',
        every: '1w',
        hours: { from: '22:00', to: '06:00', days: ['sat'] },
      },
      {
        people: ['lee'],
        starts: '2026-03-23T00:00',
        every: '1w',
        hours: { from: '00:00', to: '24:00', days: WORKDAYS },
      },
    ],
  });

  const found = gaps(nights, new Date('2026-03-27T00:00:00Z'), new Date('2026-03-31T00:00:00Z'));

  // From Friday midnight to Saturday 22:00 CET, and from Sunday 06:00 CEST to midnight.
  assert.deepEqual(found, [
    { from: '2026-03-27T23:00:00.000Z', to: '2026-03-28T21:00:00.000Z' },
    { from: '2026-03-29T04:00:00.000Z', to: '2026-03-29T22:00:00.000Z' },
  ]);
});

test('the last override that covers the moment wins, also where nobody would answer', () => {
  const covered = schedule({
    overrides: [
      { person: 'noor', from: '2026-01-01T00:00', to: '2026-01-03T00:00' },
      { person: 'sam', from: '2026-01-02T00:00', to: '2026-01-02T12:00' },
    ],
  });

  const people = ['2026-01-01T12:00:00Z', '2026-01-02T06:00:00Z', '2026-01-02T18:00:00Z'].map((at) =>
    personOnCall(covered, new Date(at)),
  );

  assert.deepEqual(people, ['noor', 'sam', 'noor']);
});

const CHANGES: [string, string][] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  // By half an hour, and at midnight.
  ['Australia/Lord_Howe', '2026-04-05'],
  ['America/Havana', '2026-11-01'],
];

for (const [timeZone, day] of CHANGES) {
  const model = createModel(timeZone, day);
  const person = fc.constantFrom('kim', 'lee', 'ravi', 'noor');
  const date = fc.integer({ min: 1, max: 16 }).map((at) => model.dates[at] ?? day);
  // Half of them are about the hours in which clocks change.
  const clock = fc
    .tuple(fc.boolean(), fc.nat(23), fc.constantFrom('00', '15', '30', '59'))
    .map(([near, hour, minute]) => `${String(near ? hour % 4 : hour).padStart(2, '0')}:${minute}`);
  const local = fc.tuple(fc.oneof(date, fc.constant(day)), clock).map(([on, at]) => `${on}T${at}`);
  const rotation: fc.Arbitrary<Rotation> = fc.record({
    people: fc.array(person, { minLength: 1, maxLength: 4 }),
    starts: local,
    every: fc.constantFrom('1d', '2d', '3d', '1w'),
    hours: fc.option(
      fc.record({
        from: clock,
        to: fc.oneof(clock, fc.constant('24:00')),
        days: fc.subarray(EVERY_DAY, { minLength: 1 }),
      }),
      { nil: undefined },
    ),
  });
  const overrides = fc.array(
    fc.tuple(person, local, local).map(([who, ...ends]) => {
      const [from = '', to = ''] = ends.sort();
      return { person: who, from, to };
    }),
    { maxLength: 3 },
  );
  const schedules = fc.record({
    rotations: fc.array(rotation, { minLength: 1, maxLength: 3 }),
    overrides,
  });

  test(`in ${timeZone} around ${day} it is as a clock on the wall would have it, minute by minute`, () => {
    fc.assert(
      fc.property(schedules, fc.nat(model.minutes.length - 1), (parts, at) => {
        const subject = schedule({ timeZone, ...parts });
        const minute = new Date(model.minutes[at] ?? 0);
        const [answer, expected] = [model.answers(subject), model.stretches(subject)];

        assert.equal(personOnCall(subject, minute), answer(at));
        assert.equal(onCallAt(subject, minute)?.person, answer(at));
        assert.deepEqual(
          gaps(subject, model.from, model.to),
          expected.filter(({ person }) => person === undefined).map(({ from, to }) => ({ from, to })),
        );
        assert.deepEqual(
          upcoming(subject, model.from, 1_000)
            .filter((shift) => (shift.from ?? '') < model.to.toISOString())
            .map(({ person, from }) => ({ person, from })),
          expected
            .slice(1)
            .filter(({ person }) => person !== undefined)
            .map(({ person, from }) => ({ person, from })),
        );
      }),
      { numRuns: 40 },
    );
  });
}
