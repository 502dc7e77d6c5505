import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUserCommand } from '../../src/commands/users-spec.ts';
import { arrivalWorkflowId } from '../../src/domain/ids.ts';
import {
  action,
  actorOf,
  CHANNEL,
  createTestContext,
  form,
  peopleCommand,
} from '../support/commands-context.ts';
import { asErrors, asForm, said } from '../support/replies.ts';

const TYPED = { now: new Date('2026-04-01T10:00:00.000Z'), key: 'delivery' };
const ROBIN = {
  name: 'Robin Sample',
  email: 'robin.sample@example.test',
  manager: 'lee',
  team: 'shop',
  role: 'developer',
  start: '2026-05-04',
};

function scene() {
  const opened = createTestContext();
  const send = (who: string, changes: Partial<typeof ROBIN> & { person?: string } = {}) =>
    opened.dispatch(form(actorOf(who), 'arrival.request', { ...ROBIN, ...changes }));
  return { ...opened, send };
}

test('the form is filled with what was typed, today, and oneself as the manager', async () => {
  const { dispatch } = scene();

  const opened = asForm(
    await dispatch(peopleCommand(actorOf('lee'), 'user', 'onboard name="Robin Sample" team=Shop')),
  );

  assert.deepEqual(opened.values, {
    start: '2026-04-01',
    role: 'developer',
    name: 'Robin Sample',
    team: 'shop',
    manager: 'lee',
  });
  const teams = opened.fields.find(({ name }) => name === 'team')?.choices?.map(({ value }) => value);
  assert.deepEqual(teams, ['shop']);
});

test('an administrator has somebody come at once, from eight in the morning of the day', async () => {
  const { send, done } = scene();

  const reply = await send('ravi');

  assert.match(said(reply), /You have asked that Robin Sample comes on 2026-05-04/);
  assert.doesNotMatch(said(reply), /Who can approve/);
  assert.partialDeepStrictEqual(done, [
    {
      call: 'startArrival',
      input: {
        id: arrivalWorkflowId('robin-sample'),
        person: 'robin-sample',
        asker: 'ravi',
        manager: 'lee',
        team: 'shop',
        title: 'Shop',
        role: { name: 'developer', title: 'Developer' },
        startsAt: '2026-05-04T08:00:00.000Z',
        origin: CHANNEL,
      },
    },
  ]);
});

test('a lead asks for their own team, and the manager or an administrator approves', async () => {
  const { send, done } = scene();

  const reply = await send('lee', { manager: 'kim' });
  const elsewhere = asErrors(await send('lee', { team: 'finops' }));

  assert.match(said(reply), /Who can approve it: Kim Sample and Ravi Sample/);
  assert.match(elsewhere.team ?? '', /You may not say who comes there/);
  assert.equal(done.length, 1);
});

for (const [what, changes, field, says] of [
  ['no name', { name: ' ' }, 'name', /give a name/],
  ['no address', { email: 'robin' }, 'email', /no e-mail address/],
  ['the address of somebody else', { email: 'kim@example.test', person: 'robin' }, 'email', /address of Kim/],
  ['the id of somebody else', { person: 'kim' }, 'person', /is Kim Sample already/],
  ['an id nobody could type', { person: '../kim' }, 'person', /small letters/],
  ['an unknown manager', { manager: 'nobody' }, 'manager', /Nobody in the directory/],
  ['an unknown team', { team: 'gone' }, 'team', /no such team/],
  ['an unknown role', { role: 'pilot' }, 'role', /no such role/],
  ['a day that is none', { start: '2026-02-30' }, 'start', /write the day as in/],
  ['a day that is over', { start: '2026-03-31' }, 'start', /is over/],
  ['a day years ahead', { start: '2029-01-01' }, 'start', /more than a year ahead/],
] as const) {
  test(`${what} is said at its field, and nothing is started`, async () => {
    const { send, done } = scene();

    const errors = asErrors(await send('ravi', changes));

    assert.match(errors[field] ?? '', says);
    assert.deepEqual(done, []);
  });
}

test('whoever leads nothing may not ask', async () => {
  const { dispatch, done } = scene();

  const reply = await dispatch(peopleCommand(actorOf('kim'), 'user', 'onboard'));
  const errors = asErrors(await dispatch(form(actorOf('noor'), 'arrival.request', ROBIN)));

  assert.match(said(reply), /You may not ask that somebody comes to a team/);
  assert.match(errors.team ?? '', /You may not say who comes there/);
  assert.deepEqual(done, []);
});

test('the first day is moved and the request withdrawn by buttons, whoever may being the workflow’s to say', async () => {
  const { send, dispatch, requests, done } = scene();
  await send('lee', { manager: 'kim' });
  const [state] = [...requests.values()];
  assert.ok(state);
  const button = { id: state.id, requestId: state.requestId };

  const opened = asForm(
    await dispatch(action(actorOf('lee'), 'arrival.move', { ...button, startsOn: '2026-05-04' })),
  );
  const over = asErrors(
    await dispatch(
      form(actorOf('lee'), 'arrival.move', { start: '2026-01-01' }, { context: opened.context }),
    ),
  );
  const moved = await dispatch(
    form(actorOf('lee'), 'arrival.move', { start: '2026-06-01' }, { context: opened.context }),
  );
  const withdrawn = await dispatch(action(actorOf('lee'), 'people.withdraw', button));

  assert.match(over.start ?? '', /is over/);
  assert.match(said(moved), /comes on 2026-06-01 now/);
  assert.match(said(withdrawn), /withdrawn/);
  assert.deepEqual(done.slice(1), [
    {
      call: 'moveArrival',
      input: { ...button, person: 'lee', startsOn: '2026-06-01', startsAt: '2026-06-01T08:00:00.000Z' },
    },
    { call: 'withdrawRequest', input: { ...button, person: 'lee' } },
  ]);
});

test('what is not asked for is not expected', () => {
  const parsed = parseUserCommand('onboard robin', TYPED);
  assert.match(parsed.ok ? '' : parsed.problem, /“robin” is not expected here/);
  assert.ok(parseUserCommand('onboard email=robin@example.test start=2026-12-01', TYPED).ok);
});
