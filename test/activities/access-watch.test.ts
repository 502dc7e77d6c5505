import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Activities, createActivities } from '../../activities/index.ts';
import type { OrphanRule } from '../../src/domain/access-drift.ts';
import type { HoldingPlace } from '../../src/domain/access-ledger.ts';
import type { RoleTemplate } from '../../src/domain/role-templates.ts';
import { SystemError } from '../../src/domain/systems.ts';
import { sampleEntitlement } from '../support/grant-samples.ts';
import { createMemorySystem, type MemorySystem } from '../support/memory-system.ts';
import { createStage, type Scene } from './scene.ts';

const EDIT = { kind: 'group' as const, group: 'edit', scope: 'default' };
const PLACE: HoldingPlace = { system: 'cluster', holding: EDIT };
const LATER = '2036-11-30T18:00:00.000Z';

describe('what a look at access finds', () => {
  const stage = createStage();
  let scene: Scene;
  let activities: Activities;
  let cluster: MemorySystem;
  let rule: OrphanRule;
  let templates: RoleTemplate[];
  let attempts = 0;

  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    scene = await stage.scene();
    rule = 'take';
    templates = [];
    useSystem(createMemorySystem('cluster'));
  });

  function useSystem(system: MemorySystem): void {
    cluster = system;
    activities = createActivities({
      ...scene.deps,
      entitlements: async () => [{ ...sampleEntitlement(), digest: 'rules-1' }],
      systems: async () => [cluster.connector],
      orphanRule: async () => rule,
      roleTemplates: async () => templates,
    });
  }

  function run<Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> {
    attempts += 1;
    return scene.run(activity, input, `activity-${attempts}`);
  }
  const look = () => run(activities.lookAtAccess, { system: 'cluster' });

  /** Given for a request that runs. */
  async function given(person: string): Promise<string> {
    const grant = `grant/${person}/one`;
    const { grants } = scene.deps;
    await grants.arm([{ grant, person, ...PLACE, endsAt: LATER }]);
    await run(activities.giveHolding, {
      system: 'cluster',
      person,
      holding: EDIT,
      request: grant,
      actor: person,
    });
    await grants.hold(grant, LATER);
    return grant;
  }

  /** Given for a request that is over, and still there. */
  async function leftBehind(person: string): Promise<string> {
    const grant = await given(person);
    await scene.deps.grants.revoked(grant, PLACE);
    return grant;
  }

  async function takeFromAll(people: string[]): Promise<void> {
    for (const person of people)
      cluster.connector.revoke({
        identity: { person, name: person, email: '' },
        holding: EDIT,
        key: '',
        whoever: true,
      });
  }

  /** As many more people as it takes. */
  function crowd(count: number): string[] {
    const people = Array.from({ length: count }, (_, at) => `extra-${at}`);
    for (const id of people) {
      scene.directory.people.push({
        id,
        name: id,
        email: `${id}@example.test`,
        active: true,
        roles: [],
        accounts: [],
      });
    }
    return people;
  }

  const looksInAudit = async () => (await scene.audit()).filter(({ action }) => action === 'access.look');

  test('nothing is found, and nothing written, where all is as it should be', async () => {
    await given('kim');
    cluster.give('lee', EDIT);
    assert.deepEqual(await look(), { kind: 'differences', missing: [], orphans: [] });
    assert.deepEqual(await looksInAudit(), []);
    assert.deepEqual(
      await run(activities.systemsWithAccess as (input: undefined) => Promise<string[]>, undefined),
      ['cluster'],
    );
  });

  test('who should have it and does not is missing', async () => {
    const grant = await given('kim');
    await given('lee');
    cluster.take('kim', EDIT);
    await takeFromAll(['kim']);
    assert.deepEqual(await look(), {
      kind: 'differences',
      missing: [{ grant, person: 'kim', ...PLACE }],
      orphans: [],
    });
    const [row] = await looksInAudit();
    assert.deepEqual(
      [row?.subject, row?.outcome, row?.detail],
      ['system/cluster', 'done', { missing: 'kim: edit in default' }],
    );
  });

  test('a list that lags is not believed: whoever has it by another question is not missing', async () => {
    await given('kim');
    await given('lee');
    const { members } = cluster.connector;
    cluster.connector.members = async (group) =>
      (await members(group)).filter(({ person }) => person !== 'kim');
    assert.deepEqual(await look(), { kind: 'differences', missing: [], orphans: [] });
  });

  test('what is left of a request that is over is an orphan, taken only by the rule and where the system remembers', async () => {
    const grant = await leftBehind('kim');
    const found = async () => {
      const { kind, ...rest } = await look();
      return 'orphans' in rest ? rest.orphans : kind;
    };
    const orphan = { person: 'kim', ...PLACE, grants: [grant], take: true };
    assert.deepEqual(await found(), [orphan]);
    rule = 'ask';
    assert.deepEqual(await found(), [{ ...orphan, take: false }]);

    rule = 'take';
    useSystem(createMemorySystem('cluster', { remembers: false }));
    cluster.give('kim', EDIT);
    assert.deepEqual(await found(), [{ ...orphan, take: false }]);
  });

  test('what another request, a role, or somebody else gives is no orphan', async () => {
    await leftBehind('kim');
    templates = [
      {
        apiVersion: 'purser/v1',
        kind: 'RoleTemplate',
        metadata: { name: 'editor', title: 'Editor' },
        gives: [{ system: 'cluster', group: 'edit', scope: 'default' }],
        firstCredential: 'none',
        welcome: { links: [], channels: [] },
      },
    ];
    assert.deepEqual(await look(), { kind: 'differences', missing: [], orphans: [] });
    templates = [];

    cluster.give('kim', EDIT);
    assert.deepEqual(await look(), { kind: 'differences', missing: [], orphans: [] });

    await leftBehind('lee');
    await scene.deps.grants.arm([{ grant: 'grant/lee/two', person: 'lee', ...PLACE, endsAt: LATER }]);
    assert.deepEqual(await look(), { kind: 'differences', missing: [], orphans: [] });
  });

  test('nobody at all, where somebody should be, is not believed', async () => {
    await given('kim');
    await takeFromAll(['kim']);
    const found = await look();
    assert.deepEqual(
      { ...found, digest: '' },
      { kind: 'doubtful', because: 'empty', changes: 1, of: 1, digest: '' },
    );
    assert.deepEqual((await looksInAudit())[0]?.detail, { doubtful: 'empty', changes: '1', of: '1' });
  });

  test('more than three people and more than a fifth are too many at once; three are not, nor a fifth of many', async () => {
    const people = crowd(20);
    for (const person of people.slice(0, 10)) await given(person);
    for (const person of people.slice(10)) cluster.give(person, EDIT);

    await takeFromAll(people.slice(0, 4));
    assert.equal((await look()).kind, 'differences');

    await takeFromAll(people.slice(4, 5));
    const found = await look();
    assert.deepEqual(
      { ...found, digest: '' },
      { kind: 'doubtful', because: 'many', changes: 5, of: 20, digest: '' },
    );
    assert.deepEqual(await look(), found);
  });

  test('three of four may change', async () => {
    const people = crowd(4);
    for (const person of people) await given(person);
    await takeFromAll(people.slice(0, 3));
    assert.equal((await look()).kind, 'differences');
  });

  test('a system that does not answer fails the look, whatever it would have said', async () => {
    await given('kim');
    cluster.fail(new SystemError('cluster does not answer', { retryable: true }));
    await assert.rejects(look(), /cluster does not answer/);
    assert.deepEqual(await looksInAudit(), []);
  });

  test('administrators and whoever answers for it are told once, with who, what and where', async () => {
    const orphan = { person: 'kim', ...PLACE, grants: ['grant/kim/one'], take: false };
    const input = {
      key: 'access:cluster:1',
      news: { kind: 'orphans' as const, system: 'cluster', taken: [], left: [orphan] },
    };
    await run(activities.tellOfAccess, input);
    const places = new Set(scene.chat.messages.map(({ channel }) => channel));
    assert.ok(scene.chat.messages.length > 0);
    assert.equal(places.size, scene.chat.messages.length);
    for (const message of scene.chat.messages) {
      assert.match(
        JSON.stringify(message.shown.at(-1)),
        /“cluster”.*Kim Sample: edit in default, still there/,
      );
    }
    const count = scene.chat.messages.length;
    await run(activities.tellOfAccess, input);
    assert.equal(scene.chat.messages.length, count);
  });
});
