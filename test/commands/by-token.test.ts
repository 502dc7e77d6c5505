import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotRecordedError } from '../../src/commands/context.ts';
import { createTokenDispatch } from '../../src/commands/dispatch.ts';
import type { TokenRequest } from '../../src/domain/requests.ts';
import { createTestContext, NOW } from '../support/commands-context.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { asNotice, said } from '../support/replies.ts';

let asked = 0;

function told(person: string, text: string): TokenRequest {
  asked += 1;
  const actor = { person, token: 'a1b2c3d4' };
  return {
    kind: 'command',
    command: 'incident',
    text,
    actor,
    dedupeKey: `asked-${asked}`,
    requestId: `request-${asked}`,
  };
}

function byToken(changes: Parameters<typeof createTestContext>[0] = {}, directory = sampleDirectory()) {
  const test = createTestContext(changes, directory);
  const answer = createTokenDispatch(test.context);
  return { ...test, tell: (person: string, text: string) => answer(told(person, text)) };
}

test('three words declare, in no place, where incidents are announced first', async () => {
  const { tell, incidents, audit } = byToken({ incidents: { platforms: () => ['teams', 'slack'] } });

  const reply = await tell('kim', 'sev2 checkout is down');

  assert.match(said(reply), /^#143 is declared/);
  assert.equal(asNotice(reply).incident, 143);
  assert.partialDeepStrictEqual(incidents.declared[0], {
    number: 143,
    title: 'checkout is down',
    declaredBy: 'kim',
    detectedAt: NOW.toISOString(),
    platforms: ['slack', 'teams'],
  });
  assert.equal(incidents.declared[0]?.origin, undefined);
  assert.partialDeepStrictEqual(audit, [{ action: 'incident.declare', actor: 'kim' }]);
});

test('what the form would ask is answered beforehand', async () => {
  const { tell, incidents } = byToken();

  const asks = said(await tell('kim', 'sev1 checkout is down'));
  const [, typed = ''] = /Sure\? Type: \/incident (.*)$/.exec(asks) ?? [];

  assert.match(asks, /^Nothing is declared yet/);
  assert.match(asks, /Will page: .*Sample/);
  assert.deepEqual(incidents.declared, []);
  assert.match(said(await tell('kim', typed)), /is declared/);
  assert.partialDeepStrictEqual(incidents.declared, [{ title: 'checkout is down', severity: 'sev1' }]);
});

test('beside a similar one it is declared when that is said', async () => {
  const { tell, incidents } = byToken();
  incidents.add({ number: 142, service: 'shop', status: 'triaging' });

  const warned = said(await tell('kim', 'sev2 checkout is slow service=shop'));

  assert.match(warned, /There is an open incident of shop already: #142/);
  assert.match(warned, /Show #142: \/incident show 142/);
  assert.match(warned, /Declare anyway… \/incident sev2 checkout is slow service=shop confirm=yes$/m);
  assert.deepEqual(incidents.declared, []);
  assert.match(said(await tell('kim', 'sev2 checkout is slow service=shop confirm=yes')), /is declared/);
});

test('an act goes to its incident by number, as the person of the token', async () => {
  const { tell, incidents } = byToken();
  incidents.add({ number: 142 });

  const reply = await tell('lee', '142 ack');

  assert.equal(asNotice(reply).incident, 142);
  assert.deepEqual(
    incidents.acts.map(({ number, input: { person, act } }) => ({ number, person, act })),
    [{ number: 142, person: 'lee', act: { kind: 'acknowledge' } }],
  );
});

for (const [text, answer] of [
  ['ack', /Which one do you mean\?[\s\S]*#142 .*: \/incident 142 ack$/],
  [
    '142 update',
    /Still to be said: “What is new\?”[\s\S]*\/incident update \[TEXT\] \[impact="…"\] \[next=30m\]/,
  ],
  ['142 resolve cause="bad release"', /“What fixed it\?”[\s\S]*\/incident resolve \[cause="…" fix="…"\]/],
  ['declare', /“What is wrong\?”[\s\S]*\[confirm=yes\]/],
  ['sev9 checkout is down', /There is no severity “sev9”[\s\S]*\/incident \[declare\]/],
  ['142 environment dev', /asked for in Slack or Teams/],
  ['142 join', /from Slack or Teams/],
  ['142 rezolve', /Did you mean \/incident resolve\?/],
] as const) {
  test(`“${text}” is answered by what to type, and nothing is done`, async () => {
    const { tell, incidents } = byToken();
    incidents.add({ number: 142 });

    const reply = await tell('ravi', text);

    assert.match(said(reply), answer);
    assert.notEqual(asNotice(reply).tone, 'success');
    assert.deepEqual([incidents.declared, incidents.acts], [[], []]);
  });
}

test('whoever left is refused, however long the token lasts, and so is who never was', async () => {
  const directory = sampleDirectory();
  const people = directory.people.map((person) =>
    person.id === 'kim' ? { ...person, active: false } : person,
  );
  const { tell, incidents, audit } = byToken({}, { ...directory, people });

  const replies = [await tell('kim', 'sev2 checkout is down'), await tell('nobody', 'list')];

  for (const reply of replies) assert.match(said(reply), /no longer here/);
  assert.deepEqual(incidents.declared, []);
  assert.deepEqual(
    audit.map(({ action, actor, subject, outcome }) => [action, actor, subject, outcome]),
    [
      ['access.refused', 'kim', 'token/a1b2c3d4', 'refused'],
      ['access.refused', 'nobody', 'token/a1b2c3d4', 'refused'],
    ],
  );
});

test('rules of who may what hold as in chat', async () => {
  const { tell, incidents, context } = byToken();
  const policy = await context.policy();
  const strict = byToken({ policy: async () => ({ ...policy, rules: [] }) });
  strict.incidents.add({ number: 142 });
  incidents.add({
    number: 141,
    private: true,
    declaredBy: 'ravi',
    members: ['ravi'],
    roles: [],
    tasks: [],
    escalations: [],
  });

  assert.match(said(await strict.tell('kim', 'sev2 checkout is down')), /^You may not declare incidents\./);
  assert.match(said(await tell('noor', '141')), /^There is no incident #141\./);
  assert.deepEqual(strict.incidents.declared, []);
});

test('what was not recorded is not answered', async () => {
  const { tell } = byToken({
    incidents: {
      launchers: {
        ...createTestContext().incidents.context.launchers,
        declare: async () => ({
          ok: false,
          type: 'Unavailable',
          message: 'The workflow engine did not answer.',
        }),
      },
    },
  });

  await assert.rejects(tell('kim', 'sev2 checkout is down'), NotRecordedError);
});
