import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { INCIDENT_COMMANDS, parseIncidentCommand } from '../../src/commands/incidents-spec.ts';
import { incidentActSchema } from '../../src/domain/incident-acts.ts';
import { intentSchema } from '../../src/domain/intents.ts';

const NOW = new Date('2026-04-01T10:00:00.000Z');

function parse(text: string) {
  return parseIncidentCommand(text, { now: NOW, key: 'delivery' });
}

/** The intent, or a failure that says what the person would read. */
function understood(text: string): Record<string, unknown> {
  const parsed = parse(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem);
  return parsed.intent;
}

function problemOf(text: string): string {
  const parsed = parse(text);
  assert.ok(!parsed.ok, `“${text}” was understood`);
  return parsed.problem;
}

for (const command of INCIDENT_COMMANDS) {
  for (const example of command.examples) {
    test(`the example ${example} of help is understood, and is an intent`, () => {
      const intent = understood(example.replace(/^\/incident/, ''));

      assert.equal(intentSchema.safeParse(intent).success, true);
    });
  }
}

test('every command has an example and another name than the others', () => {
  const names = INCIDENT_COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

  assert.deepEqual(new Set(names).size, names.length);
  assert.deepEqual(
    INCIDENT_COMMANDS.filter(({ examples }) => examples.length === 0),
    [],
  );
});

test('three words declare', () => {
  const intent = understood('SEV1 checkout is down');

  assert.deepEqual(intent, {
    intent: 'incident.declare',
    title: 'checkout is down',
    severity: 'sev1',
    service: undefined,
    summary: undefined,
    private: false,
    drill: false,
    here: false,
    confirmed: false,
  });
});

test('options stand anywhere, and everything else is the title', () => {
  const {
    title,
    service,
    summary,
    private: secret,
  } = understood('declare sev2 checkout service=shop answers=500 private summary="in one region"');

  assert.deepEqual(
    { title, service, summary, secret },
    { title: 'checkout answers=500', service: 'shop', summary: 'in one region', secret: true },
  );
});

for (const [text, about] of [
  ['142', { intent: 'incident.show', number: 142, text: 'show' }],
  ['#142 timeline', { intent: 'incident.timeline', number: 142, text: 'timeline' }],
  [
    '142 resolve',
    { intent: 'incident.form', form: 'incident.resolve', values: {}, number: 142, text: 'resolve' },
  ],
  ['', { intent: 'incident.show', number: undefined, text: '' }],
] as const) {
  test(`“${text}” names its incident`, () => {
    assert.deepEqual(understood(text), about);
  });
}

for (const [text, act] of [
  ['ack', { kind: 'acknowledge' }],
  ['claim lead', { kind: 'role', role: 'lead', person: 'me' }],
  ['role lead @kim', { kind: 'role', role: 'lead', person: '@kim' }],
  ['sev 2 one region only', { kind: 'severity', to: 'sev2', reason: 'one region only' }],
  ['status monitoring looks good', { kind: 'status', to: 'monitoring', note: 'looks good' }],
  ['snooze 30m the vendor looks', { kind: 'snooze', ms: 1_800_000, reason: 'the vendor looks' }],
  ['update rate=5% next=1h', { kind: 'update', what: 'rate=5%', impact: undefined, nextMs: 3_600_000 }],
  ['escalate database now', { kind: 'page', target: 'database', message: 'now' }],
  ['merge into #7', { kind: 'merge', into: 7 }],
  ['unmerge', { kind: 'unmerge' }],
  ['times impact=09:50', { kind: 'times', impactAt: '2026-04-01T09:50:00.000Z' }],
] as const) {
  test(`“${text}” does something at once`, () => {
    const intent = understood(text);

    assert.equal(intent.intent, 'incident.act');
    assert.deepEqual(incidentActSchema.parse(intent.act), incidentActSchema.parse(act));
  });
}

test('a time of day is of the last 24 hours', () => {
  const at = (text: string) => (understood(text).act as { at: string }).at;

  assert.equal(at('note it began at=09:59'), '2026-04-01T09:59:00.000Z');
  assert.equal(at('note it began at=10:01'), '2026-03-31T10:01:00.000Z');
  assert.equal(at('note it began at=2026-03-30T14:05+02:00'), '2026-03-30T12:05:00.000Z');
});

test('what a verb needs and was not given is asked for in its form, filled with what was given', () => {
  assert.deepEqual(understood('severity sev3').values, { severity: 'sev3' });
  assert.deepEqual(understood('task owner=@kim').values, { owner: '@kim', kind: 'task' });
});

for (const [text, problem] of [
  ['resolv', 'There is no command “resolv”. Did you mean /incident resolve?'],
  ['frobnicate', 'There is no command “frobnicate”. Type /incident to see what there is.'],
  ['show abc', "“abc” is no incident's number. /incident list shows them."],
  [
    'status resolved',
    '“resolved” is no status. There are triaging, mitigating, monitoring; /incident resolve ends it.',
  ],
  ['snooze soon because', '“soon” is no length of time. Type one like 30m, 2h or 1d.'],
  ['note it began at=25:00', '“25:00” is no time. Type one like 14:05 or 2026-04-01T14:05, in UTC.'],
  ['update "half', 'A quotation mark is not closed.'],
  ['note', 'Something is missing.'],
  ['stats days=0', 'Give a number of days from 1 to 365, such as days=30.'],
  [`rename ${'x'.repeat(121)}`, 'That is too long: at most 120 characters, please.'],
  [
    `sev1 ${'x'.repeat(121)}`,
    'That title is too long: 120 characters at most. Put the rest into summary="…".',
  ],
] as const) {
  test(`“${text.slice(0, 40)}” is answered with what is wrong`, () => {
    assert.equal(problemOf(text), problem);
  });
}

test('no text makes the parser throw, and whatever it understands is an intent', () => {
  const word = fc.constantFrom(
    ...INCIDENT_COMMANDS.map(({ name }) => name),
    'sev1',
    '142',
    '"',
    '=',
    'at=',
    '__proto__',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 12 }))).map((words) => words.join(' ')),
  );

  fc.assert(
    fc.property(text, (typed) => {
      const parsed = parse(typed);
      return parsed.ok ? intentSchema.safeParse(parsed.intent).success : parsed.problem.length > 0;
    }),
    { numRuns: 500 },
  );
});

test('what would be asked can be answered beforehand, and only by yes', () => {
  const { title, confirmed } = understood('sev1 checkout is down confirm=yes');

  assert.deepEqual({ title, confirmed }, { title: 'checkout is down', confirmed: true });
  assert.match(problemOf('sev1 checkout is down confirm=maybe'), /confirm=yes, or leave it out/);
  assert.match(problemOf('142 times noon'), /“noon” is not expected here/);
});
