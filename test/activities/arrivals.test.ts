import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createActivities } from '../../activities/index.ts';
import { arrivalSteps } from '../../src/domain/arrivals.ts';
import { arrivalWorkflowId } from '../../src/domain/ids.ts';
import type { ArrivalState } from '../../src/domain/people-requests.ts';
import { roleTemplateSchema } from '../../src/domain/role-templates.ts';
import { createMemorySystem } from '../support/memory-system.ts';
import { sampleArrival } from '../support/people-request-samples.ts';
import { createStage, type Scene } from './scene.ts';

const TEMPLATE = roleTemplateSchema.parse({
  apiVersion: 'purser/v1',
  kind: 'RoleTemplate',
  metadata: { name: 'developer', title: 'Developer' },
  gives: [{ system: 'own', account: true }],
  firstCredential: 'Have them press “Forgot password”.',
  welcome: { links: [{ title: 'Start', url: 'https://handbook.example.test' }], channels: ['#general'] },
});

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

let scene: Scene;
let template = TEMPLATE;
beforeEach(async () => {
  template = TEMPLATE;
  const opened = await stage.scene();
  const { connector } = createMemorySystem('own');
  const deps = {
    ...opened.deps,
    systems: async () => [{ ...connector, own: true }],
    roleTemplates: async () => [template],
  };
  scene = { ...opened, deps, activities: createActivities(deps) };
});

const admit = (state: ArrivalState, approvedBy?: string) =>
  scene.run(scene.activities.admitArrival, { state, approvedBy, question: 'question' });
const steps = () => arrivalSteps(scene.directory, TEMPLATE, 'shop', 'own');
const audited = async () =>
  (await scene.audit()).map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);

describe('whether somebody comes', () => {
  test('an administrator says so at once; a lead needs the manager or an administrator', async () => {
    const byAdministrator = await admit(sampleArrival({ asker: 'ravi' }));
    const byLead = await admit(sampleArrival({ asker: 'lee', manager: 'kim' }));
    const byManager = await admit(sampleArrival({ asker: 'lee', manager: 'lee' }));

    assert.deepEqual(byAdministrator, { steps: steps() });
    assert.deepEqual(byLead.approval?.approvers, ['kim', 'ravi']);
    assert.deepEqual(byManager.approval?.approvers, ['ravi']);
    assert.deepEqual(await audited(), ['arrival.admit ravi allowed']);
  });

  test('what was approved holds as long as the approver may, and for nothing else', async () => {
    const approved = sampleArrival({ asker: 'lee', manager: 'kim', steps: steps() });
    const still = await admit(approved, 'kim');
    template = { ...TEMPLATE, gives: [...TEMPLATE.gives, { system: 'own', group: 'role/admin' }] };
    const more = await admit(approved, 'kim');
    template = TEMPLATE;
    const kim = scene.directory.people.find(({ id }) => id === 'kim');
    assert.ok(kim);
    kim.active = false;
    await assert.rejects(admit(approved, 'kim'), /Nobody active in the directory is that/);

    assert.equal(still.approval, undefined);
    assert.deepEqual(more.approval?.approvers, ['kim', 'ravi']);
    const rows = (await scene.audit()).map(({ outcome, detail }) => [outcome, detail.because]);
    assert.deepEqual(rows.slice(1, 2), [['refused', 'what they get is not what was approved']]);
  });

  for (const [what, state, says] of [
    ['nobody takes an id', { person: 'kim', email: 'other@example.test' }, /“kim” is Kim Sample already/],
    ['nobody takes an address', { email: 'kim@example.test' }, /address of Kim Sample/],
    ['nobody comes to a team that is gone', { team: 'gone' }, /no such team/],
    ['nobody comes in a role that is gone', { role: { name: 'x', title: 'X' } }, /no such role/],
    ['nobody asks for a team that is not theirs', { asker: 'noor' }, /may not say any more who comes/],
    ['nobody asks who left', { asker: 'old' }, /may not say any more who comes/],
  ] as const) {
    test(what, async () => {
      await assert.rejects(admit(sampleArrival(state)), says);
    });
  }
});

describe('who may decide on it, move it and take it back', () => {
  const decide = (state: ArrivalState, person: string) =>
    scene.run(scene.activities.authorizeRequestDecision, {
      state,
      question: person,
      decision: {
        requestId: state.requestId,
        person,
        account: { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0X' },
        decision: 'approve',
      },
    });
  const move = (state: ArrivalState, person: string) =>
    scene.run(scene.activities.authorizeRequestChange, { state, question: person, person, what: 'move' });

  test('the manager and administrators; who asked may move it, and nobody else', async () => {
    const state = sampleArrival({ asker: 'lee', manager: 'kim' });
    for (const person of ['kim', 'ravi']) await decide(state, person);
    await assert.rejects(decide(state, 'lee'), /your own request/);
    await assert.rejects(decide(state, 'noor'), /You may not decide this/);
    for (const person of ['kim', 'ravi', 'lee']) await move(state, person);
    await assert.rejects(move(state, 'noor'), /You may not do that/);
    await assert.rejects(decide(sampleArrival({ asker: 'lee', manager: 'lee' }), 'lee'), /your own request/);
  });
});

describe('what is said of it', () => {
  const done = () =>
    sampleArrival({
      asker: 'ravi',
      manager: 'lee',
      phase: 'done',
      steps: steps().map((step, at) => ({
        ...step,
        state: at === 0 ? 'done' : 'by-hand',
        trouble: at === 0 ? undefined : 'own refuses it (400).',
      })),
    });

  test('the card is a checklist, and the manager reads once how they get in, with nothing secret', async () => {
    await scene.run(scene.activities.announceRequest, { state: done() });
    await scene.run(scene.activities.announceRequest, { state: { ...done(), revision: 9 } });

    const said = scene.chat.messages.map(
      ({ channel, shown }) => [channel, JSON.stringify(shown.at(-1))] as const,
    );
    const [card, note, ...more] = said.sort();
    assert.equal(card?.[0], 'C0SHOP');
    assert.match(card?.[1] ?? '', /✅ own: may log in.*✋ own: team\/shop\. own refuses it/);
    assert.equal(note?.[0], 'DU0LEE');
    assert.match(note?.[1] ?? '', /How they get in: Have them press “Forgot password”/);
    assert.deepEqual(more, []);
  });

  test('whoever has come is welcomed once they have a chat account, and once', async () => {
    const state = done();
    const welcome = () => scene.run(scene.activities.welcomeNewcomer, { state });
    const before = await welcome();
    const sam = scene.directory.people.find(({ id }) => id === 'sam');
    assert.ok(sam);
    sam.id = state.person;
    sam.accounts = [{ platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' }];
    const [first, second] = [await welcome(), await welcome()];

    assert.deepEqual([before, first, second], [false, true, true]);
    const [said, ...more] = scene.chat.in('DU0NEW');
    const view = said?.shown.at(-1);
    assert.ok(view?.kind === 'notice');
    assert.match(view.text, /Welcome, .*! You are in team Shop as Developer/);
    assert.deepEqual(view.details, [
      'Your manager is Lee Sample. Your team is led by Lee Sample.',
      'See the team’s environments with /env list team=shop, and ask for one of your own with /env create.',
      'Channels to join: #general',
      'Start: https://handbook.example.test',
    ]);
    assert.deepEqual(more, []);
  });

  test('its id is the person’s', () => {
    assert.equal(sampleArrival({}).id, arrivalWorkflowId('new'));
  });
});
