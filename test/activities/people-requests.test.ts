import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createActivities } from '../../activities/index.ts';
import type { Admission } from '../../activities/people-requests.ts';
import type { TeamChangeState } from '../../src/domain/people-requests.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { createMemorySystem } from '../support/memory-system.ts';
import { sampleStep, sampleTeamChange } from '../support/people-request-samples.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

let scene: Scene;
beforeEach(async () => {
  const opened = await stage.scene();
  const { connector } = createMemorySystem('own');
  const deps = { ...opened.deps, systems: async () => [{ ...connector, own: true }] };
  scene = { ...opened, deps, activities: createActivities(deps) };
});

function admit(state: TeamChangeState, approvedBy?: string, question = 'question'): Promise<Admission> {
  return scene.run(scene.activities.admitTeamChange, { state, approvedBy, question });
}

async function audited(): Promise<string[]> {
  return (await scene.audit()).map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);
}

describe('whether a change of a team is made', () => {
  test('at once for a lead, with what the team has elsewhere', async () => {
    const shop = scene.directory.teams[0];
    assert.ok(shop);
    shop.also = [{ system: 'sso', group: '/shop' }];

    const admission = await admit(sampleTeamChange({ asker: 'lee' }));

    assert.deepEqual(admission, {
      steps: [
        { system: 'own', holding: { kind: 'group', group: 'team/shop' }, want: 'held', state: 'waiting' },
        { system: 'sso', holding: { kind: 'group', group: '/shop' }, want: 'held', state: 'waiting' },
      ],
    });
    assert.deepEqual(await audited(), ['team.add lee allowed']);
  });

  test('after an approval for anybody else, by leads and administrators', async () => {
    const before = await admit(sampleTeamChange());
    const after = await admit(sampleTeamChange(), 'lee', 'later');

    assert.deepEqual(before, {
      steps: after.steps,
      approval: { approvers: ['lee', 'ravi'], because: 'a lead of team Shop decides who is in it' },
    });
    assert.equal(after.approval, undefined);
  });

  test('somebody else is asked when whoever approved leads it no more', async () => {
    const shop = scene.directory.teams[0];
    assert.ok(shop);
    shop.leads = ['sam'];

    const admission = await admit(sampleTeamChange(), 'lee');

    assert.deepEqual(admission.approval?.approvers, ['ravi', 'sam']);
    assert.deepEqual(await audited(), ['team.add lee refused']);
  });

  for (const [what, state, says] of [
    ['the only lead stays', { change: 'remove', person: 'lee', asker: 'ravi' }, /only lead of team Shop/],
    ['nobody comes who has left', { person: 'old', asker: 'lee' }, /Old Sample is no longer here/],
    ['no team is made twice', { change: 'create', person: 'kim' }, /There is a team “shop” already/],
    ['no team, no member', { team: 'gone' }, /There is no team “gone” any more/],
    ['whoever left asks for nothing', { asker: 'old' }, /Old Sample, who asked for it, may not ask/],
  ] as const) {
    test(`${what}, and that is audited`, async () => {
      await assert.rejects(admit(sampleTeamChange(state)), says);
      assert.equal((await scene.audit()).at(-1)?.outcome, 'refused');
    });
  }

  test('no new team takes the group of another', async () => {
    const shop = scene.directory.teams[0];
    assert.ok(shop);
    shop.group = 'team-search';

    const state = sampleTeamChange({ change: 'create', team: 'search', person: 'kim' });
    await assert.rejects(admit(state), /There is a team “shop” already/);
  });

  test('who is taken out loses everything, leads first', async () => {
    const shop = scene.directory.teams[0];
    assert.ok(shop);
    shop.leads = ['lee', 'kim'];

    const admission = await admit(sampleTeamChange({ change: 'remove', person: 'kim', asker: 'lee' }));

    const groups = admission.steps.map(({ holding, want }) => ({ holding, want }));
    assert.deepEqual(groups, [
      { holding: { kind: 'group', group: 'leads/shop' }, want: 'gone' },
      { holding: { kind: 'group', group: 'team/shop' }, want: 'gone' },
    ]);
  });

  test('without a system of Purser’s own nothing is changed', async () => {
    const activities = createActivities({ ...scene.deps, systems: async () => [] });
    const state = sampleTeamChange({ asker: 'lee' });

    await assert.rejects(
      scene.run(activities.admitTeamChange, { state, question: 'q' }),
      /cannot be changed from chat/,
    );
  });
});

describe('a decision on a request', () => {
  const decide = (person: string) =>
    scene.run(scene.activities.authorizeRequestDecision, {
      state: sampleTeamChange(),
      question: 'question',
      decision: {
        requestId: 'request-1',
        person,
        account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0LEE' },
        decision: 'approve',
      },
    });

  test('is for leads and administrators, and never for whoever asked', async () => {
    await decide('lee');
    await decide('ravi');
    await assert.rejects(decide('noor'), /You may not decide this: no rule/);
    await assert.rejects(decide('kim'), /your own request/);
    await assert.rejects(decide('nobody'), /does not know this person/);
    assert.deepEqual(await audited(), [
      'team.approve lee allowed',
      'team.approve ravi allowed',
      'team.approve noor refused',
      'team.approve kim refused',
      'team.approve nobody refused',
    ]);
  });
});

describe('a new team', () => {
  const create = (requestId: string) =>
    scene.run(scene.activities.createTeam, {
      state: sampleTeamChange({
        change: 'create',
        team: 'search',
        title: 'Search',
        person: 'kim',
        requestId,
      }),
      question: requestId,
    });

  test('is made once, by the first who asks', async () => {
    await create('first');
    await create('first');
    await assert.rejects(create('second'), /There is a team “search” already/);
    assert.deepEqual(await audited(), ['team.create kim intended', 'team.create kim intended']);
  });
});

describe('what is said of a request', () => {
  const told = (state: TeamChangeState) => scene.run(scene.activities.announceRequest, { state });
  const shown = () =>
    scene.chat.messages.map(({ channel, shown }) => `${channel}: ${textOf(shown.at(-1))}`).sort();
  const approval = {
    approvers: ['lee', 'ravi'],
    because: 'a lead decides',
    deadline: '2026-04-08T10:00:00.000Z',
  };

  test('stands where it was asked and with the approvers; the end is told in private, once', async () => {
    await told(sampleTeamChange({ phase: 'awaiting-approval', approval, revision: 2 }));
    const open = shown();
    const decision = { outcome: 'approved' as const, by: ['lee'], at: '2026-04-01T10:01:00.000Z' };
    const done = sampleTeamChange({ phase: 'done', approval: { ...approval, decision }, revision: 4 });
    await told(done);
    await told(done);

    assert.deepEqual(open, [
      'C0APPROVAL: Put Noor Sample into team Shop, 2 buttons',
      'C0SHOP: Put Noor Sample into team Shop: waiting for approval.',
      'DU0LEE: Put Noor Sample into team Shop, 2 buttons',
      'DU0RAVI: Put Noor Sample into team Shop, 2 buttons',
    ]);
    assert.deepEqual(shown(), [
      'C0APPROVAL: Put Noor Sample into team Shop, 0 buttons',
      'C0SHOP: Noor Sample is in team Shop now.',
      'DU0KIM: Noor Sample is in team Shop now.',
      'DU0LEE: Put Noor Sample into team Shop, 0 buttons',
      'DU0NOOR: Lee Sample put you into team Shop.',
      'DU0RAVI: Put Noor Sample into team Shop, 0 buttons',
    ]);
  });

  test('whoever is taken out is told by whom, and what is left to do by hand stands on the card', async () => {
    const trouble = 'sso refuses it (403).';
    const left = sampleStep({ system: 'sso', want: 'gone', state: 'by-hand', trouble });
    await told(sampleTeamChange({ change: 'remove', asker: 'lee', phase: 'done', steps: [left] }));

    assert.deepEqual(shown(), [
      'C0SHOP: Noor Sample is in team Shop no more.',
      'DU0NOOR: Lee Sample took you out of team Shop.',
    ]);
    const card = scene.chat.in('C0SHOP')[0]?.shown.at(-1);
    assert.ok(card?.kind === 'notice');
    assert.deepEqual(card.details, [
      '✋ sso, team/shop: sso refuses it (403). Take it by hand.',
      'Asked for by Lee Sample.',
    ]);
  });

  test('where the app may not speak, the card is with whoever asked', async () => {
    scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'forbidden' });
    await told(sampleTeamChange({ phase: 'changing' }));

    assert.deepEqual(shown(), [
      'DU0KIM: I may not write where you asked for this, so its card is here.',
      'DU0KIM: Putting Noor Sample into team Shop…',
    ]);
  });
});

function textOf(view: MessageView | undefined): string {
  if (view?.kind === 'approval') return `${view.title}, ${view.actions.length} buttons`;
  return view?.kind === 'notice' ? view.text : '';
}
