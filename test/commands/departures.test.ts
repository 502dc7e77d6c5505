import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import { departureApprovalView, departureView } from '../../src/domain/departure-views.ts';
import type { DepartureInput } from '../../src/domain/departures.ts';
import type { FormView } from '../../src/domain/forms.ts';
import type { ItemListView } from '../../src/domain/incident-view-types.ts';
import { findPerson } from '../../src/domain/people.ts';
import {
  action,
  actorOf,
  CHANNEL,
  createTestContext,
  form,
  peopleCommand,
  type TestContext,
} from '../support/commands-context.ts';
import {
  approvedDeparture,
  DONE_LEDGER,
  SAMPLE_LEDGER,
  sampleDeparture,
} from '../support/departure-samples.ts';
import { sampleState } from '../support/environment-samples.ts';
import { said } from '../support/replies.ts';

const ABOUT = { person: 'kim', id: 'd-1' };
const WHY = 'Goes to another company';

const type = ({ dispatch }: TestContext, who: string, text: string) =>
  dispatch(peopleCommand(actorOf(who), 'user', `offboard ${text}`));
const press = (
  { dispatch }: TestContext,
  who: string,
  actionId: string,
  payload: Record<string, string> = ABOUT,
) => dispatch(action(actorOf(who), actionId, payload));
const submit = (
  scene: TestContext,
  who: string,
  values: Record<string, string>,
  person = 'kim',
  timeZone?: string,
) =>
  scene.dispatch(
    form(actorOf(who, timeZone === undefined ? {} : { timeZone }), 'departure.request', values, {
      context: { person, origin: JSON.stringify(CHANNEL) },
    }),
  );

function asList(reply: ChatReply): ItemListView {
  assert.equal(reply?.kind, 'item-list', reply?.kind === 'notice' ? said(reply) : undefined);
  return reply as ItemListView;
}

function words(reply: ChatReply): string {
  assert.equal(reply?.kind, 'notice');
  return said(reply as Extract<ChatReply, { kind: 'notice' }>);
}

describe('/user offboard', () => {
  test('shows everything somebody would lose, and does nothing', async () => {
    const scene = createTestContext();
    scene.environments.set('pr-42', sampleState());
    scene.environments.set('pr-43', sampleState({ name: 'pr-43', phase: 'awaiting-approval' }));
    const token = { id: 'tok-1', person: 'kim', issuedAt: new Date(0), expiresAt: new Date('2027-01-01') };
    scene.departures.tokens.push(token, { ...token, id: 'tok-2', person: 'lee' });

    const view = asList(await type(scene, 'lee', '@kim when=2026-12-01T18:00 successor=noor'));

    assert.deepEqual(
      view.items.map(({ text }) => text),
      [
        'sso: may log in and shop',
        'Chat accounts: slack:T0SAMPLE:U0KIM',
        'API tokens: tok-1',
        'Environments: pr-42',
        'Open requests for environments: pr-43',
      ],
    );
    assert.deepEqual(
      view.actions?.map(({ actionId, payload }) => ({ actionId, payload })),
      [
        {
          actionId: 'departure.request',
          payload: { person: 'kim', when: '2026-12-01T18:00', successor: 'noor' },
        },
      ],
    );
    assert.deepEqual(
      scene.done.map(({ call }) => call),
      ['readHoldings'],
    );
  });

  for (const [who, whom, because] of [
    ['kim', 'lee', /may not offboard/],
    ['noor', 'kim', /may not offboard/],
    ['lee', 'lee', /Nobody offboards themselves/],
    ['ravi', 'kim', /nobody could approve/],
    ['lee', 'stranger', /Nobody in the directory/],
  ] as const) {
    test(`${who} does not offboard ${whom}`, async () => {
      const scene = createTestContext();

      const typed = words(await type(scene, who, whom));
      const sent = await submit(scene, who, { why: WHY }, whom);

      assert.match(typed, because);
      assert.equal(sent?.kind, 'notice');
      assert.ok(!scene.done.some(({ call }) => call === 'startDeparture'));
    });
  }

  test('refuses whom the file protects, and the last administrator', async () => {
    const scene = createTestContext();
    const kim = findPerson(scene.directory, 'kim');
    if (kim !== undefined) kim.protected = true;
    scene.directory.teams.find(({ id }) => id === 'platform')?.leads.push('lee');

    assert.match(words(await type(scene, 'lee', 'kim')), /is protected in manifests\/platform.yaml/);
    assert.match(words(await type(scene, 'lee', 'ravi')), /is the last administrator/);
  });

  test('shows how far it is with somebody who leaves already, to those who have to do with it', async () => {
    const scene = createTestContext();
    const state = approvedDeparture({ phase: 'leaving', ledger: SAMPLE_LEDGER });
    scene.departures.states.set('d-1', state);
    const kim = findPerson(scene.directory, 'kim');
    if (kim !== undefined) kim.active = false;

    const view = departureView(state, scene.directory);
    assert.deepEqual(await type(scene, 'lee', 'kim'), view);
    assert.deepEqual(await press(scene, 'ravi', 'departure.show'), view);
    assert.match(words(await press(scene, 'noor', 'departure.show')), /no such departure/);
    assert.deepEqual(
      scene.audit.filter(({ outcome }) => outcome === 'refused').map(({ actor }) => actor),
      ['noor'],
    );
  });

  test('lists who leaves to administrators alone', async () => {
    const scene = createTestContext();
    scene.departures.states.set('d-1', sampleDeparture());

    assert.deepEqual(
      asList(await type(scene, 'ravi', '')).items.map(({ text }) => text),
      ['Kim Sample'],
    );
    assert.deepEqual(asList(await type(scene, 'lee', '')).items, []);
  });
});

describe('asking that somebody leaves', () => {
  test('opens the form with what was typed, and starts it once', async () => {
    const scene = createTestContext();
    const request = { person: 'kim', why: WHY, when: '2026-12-01T18:00' };

    const opened = await press(scene, 'lee', 'departure.request', request);
    const answer = await submit(scene, 'lee', {
      why: ` ${WHY} `,
      when: '2026-12-01 18:00',
      successor: 'noor',
    });

    assert.ok(opened?.kind === 'open-form');
    const { values, fields } = opened.form as FormView;
    assert.deepEqual(values, { why: WHY, when: '2026-12-01T18:00' });
    assert.deepEqual(
      fields.map(({ name }) => name),
      ['when', 'why', 'successor'],
    );
    assert.match(words(answer), /Asked for: Kim Sample leaves.*Who can approve it: Ravi Sample/s);
    const started = scene.done
      .filter(({ call }) => call === 'startDeparture')
      .map(({ input }) => input as DepartureInput);
    assert.partialDeepStrictEqual(started, [
      { person: 'kim', requester: 'lee', reason: WHY, at: '2026-12-01T18:00:00.000Z', heirs: ['noor'] },
    ]);
    assert.ok(
      scene.audit.some(({ action, outcome }) => action === 'user.offboard' && outcome === 'intended'),
    );
  });

  test('is at the time that the clock of whoever asks shows, and hands over to the leads', async () => {
    const scene = createTestContext();

    await submit(scene, 'lee', { why: WHY, when: '2026-07-01T18:00' }, 'kim', 'Europe/Amsterdam');
    await submit(scene, 'lee', { why: WHY, when: 'now' });

    const [summer, now] = scene.done
      .filter(({ call }) => call === 'startDeparture')
      .map(({ input }) => input as DepartureInput);
    assert.equal(summer?.at, '2026-07-01T16:00:00.000Z');
    assert.deepEqual([now?.at, now?.heirs], [undefined, ['lee']]);
  });

  for (const [field, values, because] of [
    ['why', { why: ' x ' }, /say why/],
    ['why', {}, /say why/],
    ['when', { why: WHY, when: 'tomorrow' }, /as 2026-12-01T18:00, in UTC/],
    ['when', { why: WHY, when: '2026-02-30T10:00' }, /as 2026-12-01T18:00/],
    ['when', { why: WHY, when: '2026-03-31T10:00' }, /past/],
    ['when', { why: WHY, when: '2028-03-31T10:00' }, /more than a year/],
    ['successor', { why: WHY, successor: 'kim' }, /who leaves/],
    ['successor', { why: WHY, successor: 'nobody' }, /Nobody in the directory/],
  ] as const) {
    test(`says at the field ${field} what is wrong with ${JSON.stringify(values)}`, async () => {
      const scene = createTestContext();

      const reply = await submit(scene, 'lee', values);

      assert.ok(reply?.kind === 'form-errors');
      assert.deepEqual(Object.keys(reply.errors), [field]);
      assert.match(reply.errors[field] ?? '', because);
    });
  }
});

test('a time is on the clock that the form named, whichever device it is sent from', async () => {
  const scene = createTestContext();
  const context = { person: 'kim', origin: JSON.stringify(CHANNEL), zone: 'Europe/Amsterdam' };

  await scene.dispatch(
    form(actorOf('lee'), 'departure.request', { why: WHY, when: '2026-07-01T18:00' }, { context }),
  );

  const started = scene.done.find(({ call }) => call === 'startDeparture');
  assert.partialDeepStrictEqual(started?.input, { at: '2026-07-01T16:00:00.000Z' });
});

describe('deciding, doing and undoing', () => {
  function asked() {
    const scene = createTestContext();
    scene.departures.states.set('d-1', sampleDeparture());
    return scene;
  }
  const card = { ...ABOUT, round: '1' };

  test('is recorded with the round of the card', async () => {
    const scene = asked();

    await press(scene, 'ravi', 'departure.approve', card);
    const denied = await scene.dispatch(
      form(actorOf('ravi'), 'departure.deny', { reason: 'she stays' }, { context: card }),
    );

    assert.match(words(denied), /denial is recorded/);
    assert.partialDeepStrictEqual(scene.done, [
      { call: 'decideDeparture', input: { round: 1, person: 'ravi', decision: 'approve' } },
      { call: 'decideDeparture', input: { round: 1, person: 'ravi', decision: 'deny', reason: 'she stays' } },
    ]);
  });

  test('asks whoever denies for a reason, and tells whoever comes too late', async () => {
    const scene = asked();
    const opened = await press(scene, 'ravi', 'departure.deny', card);
    scene.departures.states.set('d-1', approvedDeparture());
    const late = await press(scene, 'ravi', 'departure.deny', card);
    const lateApproval = await press(scene, 'lee', 'departure.approve', card);

    assert.equal(opened?.kind, 'open-form');
    assert.match(words(late), /not asked on that card any more/);
    assert.match(words(lateApproval), /already approved by ravi/);
  });

  test('is neither for who asked nor for a card of an earlier round', async () => {
    const scene = asked();
    const own = await press(scene, 'lee', 'departure.approve', card);
    scene.departures.states.set('d-1', sampleDeparture({ round: 2 }));
    const old = await press(scene, 'ravi', 'departure.approve', card);

    assert.match(words(own), /asked for this yourself/);
    assert.match(words(old), /asked anew/);
    assert.deepEqual(scene.done, []);
  });

  test('shows the card to those concerned, with buttons for those who decide', async () => {
    const scene = asked();
    const full = departureApprovalView(sampleDeparture(), scene.directory);

    assert.deepEqual(await press(scene, 'ravi', 'departure.approval'), full);
    assert.deepEqual(await press(scene, 'lee', 'departure.approval'), { ...full, actions: [] });
    assert.match(words(await press(scene, 'kim', 'departure.approval')), /no such departure/);
  });

  test('hands every act to the workflow, which decides', async () => {
    const scene = asked();
    await press(scene, 'lee', 'departure.withdraw');
    scene.departures.states.set('d-1', approvedDeparture({ phase: 'leaving', ledger: SAMPLE_LEDGER }));
    await press(scene, 'ravi', 'departure.done', { ...ABOUT, line: 'groups:sso' });
    await press(scene, 'ravi', 'departure.undo');
    const late = await press(scene, 'lee', 'departure.withdraw');

    assert.deepEqual(
      scene.done.map(({ input }) => input),
      [
        { act: 'withdraw', person: 'lee' },
        { act: 'done', line: 'groups:sso', person: 'ravi' },
        { act: 'undo', person: 'ravi' },
      ],
    );
    assert.match(words(late), /cannot be taken back any more/);
  });

  test('gives the certificate to those concerned', async () => {
    const scene = createTestContext();
    scene.departures.states.set('d-1', approvedDeparture({ phase: 'left', ledger: DONE_LEDGER }));

    const reply = await press(scene, 'ravi', 'departure.certificate');
    const refused = await press(scene, 'noor', 'departure.certificate');

    assert.ok(reply?.kind === 'document');
    assert.match(reply.content, /# Kim Sample has left/);
    assert.equal(refused?.kind, 'notice');
  });

  test('takes nothing from a button that was made up', async () => {
    const scene = asked();

    for (const payload of [{ ...ABOUT, round: 'x' }, { person: 'kim', id: '../x', round: '1' }, {}]) {
      assert.match(words(await press(scene, 'ravi', 'departure.approve', payload)), /older version/);
    }
    assert.deepEqual(scene.done, []);
  });
});
