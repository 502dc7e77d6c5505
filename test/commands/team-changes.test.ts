import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTeamCommand, TEAM_COMMANDS } from '../../src/commands/teams-spec.ts';
import { membershipWorkflowId } from '../../src/domain/ids.ts';
import type { ApprovalView } from '../../src/domain/views.ts';
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

function scene() {
  const context = createTestContext();
  return {
    ...context,
    type: (who: string, text: string) => context.dispatch(peopleCommand(actorOf(who), 'team', text)),
  };
}

/** Kim asks for Noor to be put into Shop; the buttons of the card. */
async function asked() {
  const opened = scene();
  await opened.type('kim', 'add shop @noor');
  const [button] = [...opened.requests.values()].map(({ id, requestId }) => ({ id, requestId }));
  assert.ok(button);
  return { ...opened, button };
}

for (const { examples } of TEAM_COMMANDS) {
  for (const example of examples) {
    test(`the example ${example} of help is understood`, () => {
      assert.equal(parseTeamCommand(example.replace('/team', ''), TYPED).ok, true);
    });
  }
}

test('what is missing or cannot be a name is said', () => {
  const problem = (text: string) => {
    const parsed = parseTeamCommand(text, TYPED);
    return parsed.ok ? parsed.intent.intent : parsed.problem;
  };

  assert.match(problem('add'), /Name a team and a person, as in \/team add shop @kim/);
  assert.match(problem('remove shop'), /Name a team and a person/);
  assert.match(problem('create'), /A team needs a name/);
  assert.match(problem('create ../etc'), /A team needs a name/);
  assert.match(problem(`create ${'x'.repeat(41)}`), /A team needs a name/);
  assert.match(problem(`create search ${'x'.repeat(61)}`), /keep the title under 60/);
});

test('a lead changes their team at once, and names have spaces', async () => {
  const { type, done } = scene();

  const reply = await type('lee', 'add shop Noor Sample');

  assert.match(said(reply), /^Putting Noor Sample into team Shop\./);
  assert.partialDeepStrictEqual(done, [
    {
      call: 'changeTeam',
      input: {
        id: membershipWorkflowId('shop', 'noor'),
        change: 'add',
        team: 'shop',
        title: 'Shop',
        person: 'noor',
        asker: 'lee',
        origin: CHANNEL,
      },
    },
  ]);
});

test('whoever does not lead it reads who is asked, never themselves', async () => {
  const { type, done } = scene();

  const reply = await type('kim', 'add shop @noor');

  assert.match(said(reply), /You have asked for it: Put Noor Sample into team Shop/);
  assert.match(said(reply), /Who can approve it: Lee Sample and Ravi Sample/);
  assert.equal(done.length, 1);
});

for (const [who, text, says] of [
  ['lee', 'add shop kim', /Kim Sample is in team Shop already/],
  ['lee', 'lead shop lee', /Lee Sample leads team Shop already/],
  ['lee', 'remove shop noor', /Noor Sample is not in team Shop/],
  ['ravi', 'remove shop lee', /only lead of team Shop.*\n.*\/team lead shop @PERSON/],
  ['lee', 'add shop nobody', /Nobody in the directory is “nobody”/],
  ['lee', 'add shpo kim', /Did you mean “shop”\?/],
  ['kim', 'create shop', /There is a team “shop” already/],
] as const) {
  test(`“${text}” by ${who} starts nothing and says why`, async () => {
    const { type, done } = scene();

    assert.match(said(await type(who, text)), says);
    assert.deepEqual(done, []);
  });
}

test('a new team is led by whoever asks, and named after its id where no title is given', async () => {
  const { type, done } = scene();

  const reply = await type('kim', 'create data-science');
  await type('ravi', 'create search "Search & <ranking>"');

  assert.match(said(reply), /Make team Data science \(data-science\), led by Kim Sample/);
  assert.match(said(reply), /Who can approve it: Ravi Sample\./);
  assert.partialDeepStrictEqual(
    done.map(({ input }) => input),
    [
      { change: 'create', team: 'data-science', title: 'Data science', person: 'kim' },
      { change: 'create', team: 'search', title: 'Search & <ranking>', person: 'ravi' },
    ],
  );
});

test('where nobody could approve, nothing is asked', async () => {
  const directory = createTestContext().directory;
  const people = directory.people.filter(({ id }) => id !== 'ravi' && id !== 'old');
  const { dispatch, done } = createTestContext({}, { ...directory, people });

  const reply = await dispatch(peopleCommand(actorOf('kim'), 'team', 'create search'));

  assert.match(said(reply), /nobody who could approve that/);
  assert.deepEqual(done, []);
});

test('a second change of the same is told that one is under way', async () => {
  const { type } = await asked();

  assert.match(said(await type('lee', 'add shop @noor')), /Another change of the same is still under way/);
});

test('an approver decides by the buttons, with a reason where it is no', async () => {
  const { dispatch, button, done } = await asked();

  const opened = asForm(await dispatch(action(actorOf('lee'), 'people.deny', button)));
  const context = { context: opened.context };
  const errors = asErrors(await dispatch(form(actorOf('lee'), 'people.deny', { reason: ' ' }, context)));
  const denied = await dispatch(form(actorOf('lee'), 'people.deny', { reason: 'not ours' }, context));
  const approved = await dispatch(action(actorOf('lee'), 'people.approve', button));

  assert.match(opened.intro ?? '', /Kim Sample asks: Put Noor Sample into team Shop/);
  assert.match(errors.reason ?? '', /say why/);
  assert.match(said(denied), /Your denial is recorded/);
  assert.match(said(approved), /Your approval is recorded/);
  assert.partialDeepStrictEqual(
    done.slice(1).map(({ input }) => input),
    [
      { id: button.id, person: 'lee', decision: 'deny', reason: 'not ours' },
      { id: button.id, person: 'lee', decision: 'approve', account: actorOf('lee').account },
    ],
  );
});

test('nobody else does, and whoever comes too late reads who did', async () => {
  const { dispatch, button, requests, done } = await asked();
  const press = (who: string, id = 'people.approve') => dispatch(action(actorOf(who), id, button));

  const own = await press('kim');
  const other = await press('noor');
  const request = requests.get(button.id);
  assert.ok(request?.approval);
  request.phase = 'refused';
  request.approval.decision = {
    outcome: 'denied',
    by: ['ravi'],
    at: '2026-04-01T09:58:00.000Z',
    reason: 'no',
  };
  const late = await press('lee');
  const lateDenial = await press('lee', 'people.deny');

  assert.match(said(own), /your own request.*\nWho can decide: Lee Sample/);
  assert.match(said(other), /You may not decide this/);
  for (const reply of [late, lateDenial]) {
    assert.match(said(reply), /denied by Ravi Sample, 2 min(utes)? ago\.\nThe reason: no/);
  }
  assert.equal(done.length, 1);
});

test('the card has buttons for those who may decide, and a button of another workflow is refused', async () => {
  const { dispatch, button, done } = await asked();
  const show = (who: string) => dispatch(action(actorOf(who), 'people.approval', button));

  const [lees, kims] = [await show('lee'), await show('kim')] as [ApprovalView, ApprovalView];
  const forged = await dispatch(
    action(actorOf('lee'), 'people.approve', { ...button, id: 'environment/local/pr-42' }),
  );

  assert.deepEqual(
    lees.actions.map(({ actionId }) => actionId),
    ['people.approve', 'people.deny'],
  );
  assert.deepEqual(kims.actions, []);
  assert.deepEqual(lees.facts, [
    { label: 'Team', value: 'Shop (shop)' },
    { label: 'Person', value: 'Noor Sample (noor)' },
  ]);
  assert.match(said(forged), /older version of Purser/);
  assert.equal(done.length, 1);
});
