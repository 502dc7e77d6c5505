import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { GrantState } from '../../src/domain/access.ts';
import type { GrantView } from '../../src/domain/access-view-types.ts';
import { activeGrant, sampleExtension, sampleGrant } from '../support/access-samples.ts';
import { action, actorOf, createTestContext, form, peopleCommand } from '../support/commands-context.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const GRANT = { beneficiary: 'kim', id: '3f9a0c1288' };
const WHY = 'the restore takes longer';

function scene(...states: GrantState[]) {
  const opened = createTestContext();
  for (const state of states) opened.grants.add(state);
  return opened;
}

type Scene = ReturnType<typeof scene>;

const type = (at: Scene, text: string, who = 'kim') =>
  at.dispatch(peopleCommand(actorOf(who), 'access', text));
const press = (at: Scene, actionId: string, who = 'kim') =>
  at.dispatch(action(actorOf(who), actionId, GRANT));
const textsOf = (reply: ChatReply) => {
  assert.equal(reply?.kind, 'item-list');
  return reply?.kind === 'item-list' ? reply.items.map(({ text }) => text) : [];
};

test('more time is asked for in one go, and prolongs nothing by itself', async () => {
  const at = scene(activeGrant());

  const reply = said(await type(at, `extend 3f9a0c1288 1h ${WHY}`));

  assert.partialDeepStrictEqual(at.done, [
    { call: 'extend', input: { ...GRANT, person: 'kim', extraMs: 3_600_000, reason: WHY } },
  ]);
  assert.match(
    reply,
    /Asked for 1 hour more of “Edit in the cluster”\.\n.*Until then the end stays as it is/,
  );
});

test('the button opens the form, which says how much is left and who decides', async () => {
  const at = scene(activeGrant());

  const opened = asForm(await press(at, 'access.extend'));
  const fill = (values: Record<string, string>) =>
    at.dispatch(form(actorOf('kim'), 'access.extend', values, { context: opened.context }));
  const errors = asErrors(await fill({ extra: '7h', reason: '' }));
  await fill({ extra: '1h', reason: WHY });

  assert.match(opened.intro ?? '', /goes on for 1 hour 21 minutes/);
  assert.match(opened.fields[0]?.hint ?? '', /6 hours at most/);
  assert.match(opened.notes[0]?.text ?? '', /One of the leads of team Shop: Lee Sample/);
  assert.deepEqual(errors, {
    extra: 'That is too long: it can be had for 8 hours in all, and 2 hours of it are given.',
    reason: 'Please say why, in at least 10 characters: whoever approves reads it, and it is kept.',
  });
  assert.equal(at.done.length, 1);
});

test('what is wrong in a command is said in the form', async () => {
  const at = scene(activeGrant());

  const form = asForm(await type(at, 'extend 3f9a0c1288 soon please'));

  assert.match(form.errors?.extra ?? '', /“soon” is no length of time/);
  assert.match(form.errors?.reason ?? '', /at least 10 characters/);
  assert.deepEqual(form.values, { extra: 'soon', reason: 'please' });
});

for (const [what, state, words] of [
  ['waits for approval', sampleGrant(), /has no end to put off/],
  ['is over', activeGrant({ phase: 'ended', end: 'expired' }), /has no end to put off/],
  ['waits for more time already', activeGrant({ extensions: [sampleExtension()] }), /asked for already/],
] as const) {
  test(`what ${what} is not extended`, async () => {
    const at = scene(state);

    assert.match(said(await type(at, `extend 3f9a0c1288 1h ${WHY}`)), words);
    assert.deepEqual(at.done, []);
  });
}

test('a lead extends for their team, and nobody else does', async () => {
  const at = scene(activeGrant());

  await type(at, `extend 3f9a0c1288 1h ${WHY}`, 'lee');
  const refused = said(await type(at, `extend 3f9a0c1288 1h ${WHY}`, 'noor'));

  assert.partialDeepStrictEqual(at.done, [{ call: 'extend', input: { person: 'lee' } }]);
  assert.match(refused, /You may not extend the access of Kim Sample/);
});

for (const who of ['kim', 'lee', 'noor', 'ravi']) {
  test(`${who}, who has to do with it, ends it after being asked`, async () => {
    const at = scene(activeGrant());

    const question = asNotice(await press(at, 'access.end', who));
    const [button] = question.actions ?? [];
    await at.dispatch(action(actorOf(who), button?.actionId ?? '', button?.payload));

    assert.equal(question.text, 'End “Edit in the cluster” of Kim Sample now?');
    assert.match(question.details?.[0] ?? '', /taken back at once/);
    assert.partialDeepStrictEqual(at.done, [{ call: 'end', input: { ...GRANT, person: who } }]);
  });
}

test('who has nothing to do with it ends nothing, also with the button of the question', async () => {
  const at = scene(activeGrant({ stages: [] }));

  for (const actionId of ['access.end', 'access.end-confirmed']) {
    assert.match(said(await press(at, actionId, 'noor')), /You may not end the access of Kim Sample/);
  }
  assert.deepEqual(at.done, []);
});

test('a request is withdrawn, and says that nothing was given', async () => {
  const at = scene(sampleGrant());

  const question = said(await type(at, 'end 3f9a0c1288'));
  const done = said(await press(at, 'access.end-confirmed'));

  assert.match(question, /Withdraw the request for “Edit in the cluster”\?\nNothing has been given yet/);
  assert.match(done, /is withdrawn/);
});

test('what is over or being taken back is not ended again', async () => {
  for (const phase of ['revoking', 'ended'] as const) {
    const at = scene(activeGrant({ phase }));

    assert.match(said(await press(at, 'access.end-confirmed')), /already, so there is nothing to do/);
    assert.deepEqual(at.done, []);
  }
});

test('one is found by its id by whoever may know of it, and with a name once it is over', async () => {
  const at = scene(activeGrant(), sampleGrant({ id: 'aaaaaaaaaa', phase: 'ended', end: 'withdrawn' }));
  const shown = async (text: string, who: string) => (await type(at, `show ${text}`, who)) as GrantView;

  assert.equal((await shown('3f9a0c1288', 'kim')).id, '3f9a0c1288');
  assert.equal((await shown('3f9a0c1288', 'lee')).id, '3f9a0c1288');
  assert.equal((await shown('aaaaaaaaaa', 'kim')).end, 'withdrawn');
  assert.equal((await shown('kim/aaaaaaaaaa', 'lee')).end, 'withdrawn');
  assert.match(said(await type(at, 'show aaaaaaaaaa', 'lee')), /no access with the id aaaaaaaaaa/);
  at.grants.add(activeGrant({ stages: [] }));
  assert.match(said(await type(at, 'show 3f9a0c1288', 'noor')), /You may not see the access of Kim Sample/);
});

test('lists show what one may know of, and what ends soon the soonest first', async () => {
  const at = scene(
    activeGrant({ id: '1111111111', endsAt: '2026-04-01T20:00:00.000Z' }),
    activeGrant({ id: '2222222222', beneficiary: 'sam', endsAt: '2026-04-01T11:00:00.000Z' }),
    activeGrant({ id: '3333333333', endsAt: '2026-04-03T11:00:00.000Z' }),
    sampleGrant({ id: '4444444444', beneficiary: 'noor' }),
  );
  const ids = async (text: string, who = 'kim') =>
    textsOf(await type(at, text, who)).map((line) => /\((\d+)\)/.exec(line)?.[1]?.[0]);

  assert.deepEqual(await ids('list'), ['1', '2', '3']);
  assert.deepEqual(await ids('list mine'), ['1', '3']);
  assert.deepEqual(await ids('list expiring'), ['2', '1']);
  assert.deepEqual(await ids('list Sam', 'lee'), ['2']);
  assert.deepEqual(await ids('list', 'noor'), ['4']);
  assert.match(said(await type(at, 'list kim', 'noor')), /You may not see the access of Kim Sample/);
});

test('while the file cannot be read, access is still looked at and ended', async () => {
  const at = scene(activeGrant());
  at.context.access.entitlements = () => Promise.reject(new Error('entitlements.yaml is wrong'));

  assert.deepEqual(textsOf(await type(at, 'list')), ['cluster-edit for Kim Sample (3f9a0c1288)']);
  assert.match(said(await press(at, 'access.end-confirmed', 'ravi')), /is being taken back/);
  assert.match(said(await type(at, `extend 3f9a0c1288 1h ${WHY}`)), /went wrong on our side/);
});

test('Temporal that does not answer is a reason to try again', async () => {
  const at = scene();
  at.context.access.launchers.getGrant = () => Promise.reject(new Error('no answer'));
  at.context.access.launchers.listGrants = () => Promise.reject(new Error('no answer'));

  for (const text of ['list', 'show 3f9a0c1288', 'end 3f9a0c1288']) {
    assert.match(said(await type(at, text)), /Not recorded\. Please try again/);
  }
});
