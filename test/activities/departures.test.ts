import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import type { DepartureState } from '../../src/domain/departures.ts';
import { findPerson } from '../../src/domain/people.ts';
import type { TokenStore } from '../../src/domain/ports.ts';
import { approvedDeparture, sampleDeparture } from '../support/departure-samples.ts';
import { createStage, type Scene } from './scene.ts';

const account = (user: string) => ({ platform: 'slack', teamId: 'T0SAMPLE', userId: user }) as const;

describe('what departures ask of the rules, the directory and the database', () => {
  const stage = createStage();
  let scene: Scene;

  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    scene = await stage.scene();
  });

  const admit = (state: DepartureState, id?: string) =>
    scene.run(scene.activities.admitDeparture, { state }, id);
  const confirm = (state: DepartureState, id?: string) =>
    scene.run(scene.activities.confirmDeparture, { state }, id);

  /** Its words, where it fails for good. */
  async function refusal(answer: Promise<unknown>): Promise<string> {
    const failure = await answer.then(
      () => assert.fail('it was not refused'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable, `${failure}`);
    return failure.message;
  }

  async function rows(action: string) {
    return (await scene.audit())
      .filter((row) => row.action === action)
      .map(({ actor, outcome }) => `${actor} ${outcome}`);
  }

  test('is approved by administrators who neither ask nor leave, and asked for by those who lead a team of theirs', async () => {
    addAdministrator('noor');

    assert.deepEqual(await admit(sampleDeparture()), {
      because: 'an administrator approves that somebody leaves',
      needed: 1,
      approvers: ['noor', 'ravi'],
    });
    assert.deepEqual(await rows('user.offboard'), ['lee allowed']);
    assert.match(
      await refusal(admit(sampleDeparture({ requester: 'sam', id: 'd-2' }), '2')),
      /may not offboard Kim Sample/,
    );
    assert.deepEqual(
      (await admit(sampleDeparture({ person: 'lee', requester: 'ravi', id: 'd-3' }), '3')).approvers,
      ['noor'],
    );
  });

  for (const [what, words, change, prepare] of [
    ['themselves', /Nobody offboards themselves/, { requester: 'lee', person: 'lee' }, addAdministrator],
    ['whom the file protects', /is protected in manifests\/platform.yaml/, {}, protect],
    [
      'the last administrator',
      /is the last administrator/,
      { requester: 'kim', person: 'ravi' },
      leadPlatform,
    ],
    ['somebody whom only who asks could approve', /nobody could approve/, { requester: 'ravi' }, () => {}],
    ['who is not there', /is not in the directory any more/, { person: 'nobody' }, () => {}],
  ] as const) {
    test(`nobody offboards ${what}`, async () => {
      prepare('noor');

      assert.match(await refusal(admit(sampleDeparture(change))), words);
    });
  }

  function addAdministrator(id: string): void {
    findPerson(scene.directory, id)?.roles.push('admin');
  }

  function protect(): void {
    const kim = findPerson(scene.directory, 'kim');
    if (kim !== undefined) kim.protected = true;
  }

  function leadPlatform(): void {
    scene.directory.teams.find(({ id }) => id === 'platform')?.leads.push('kim');
  }

  test('is one at a time of a person, and after five within a day takes two', async () => {
    addAdministrator('noor');
    const state = (person: string) => sampleDeparture({ person, id: `d-${person}`, requester: 'lee' });
    for (let n = 1; n <= 5; n += 1) {
      scene.directory.people.push({ ...person(n), roles: ['developer'] });
      scene.directory.teams[0]?.members.push(`p-${n}`);
      assert.equal((await admit(state(`p-${n}`), `${n}`)).needed, 1);
    }

    const twice = await refusal(admit(sampleDeparture({ person: 'p-1', id: 'another' }), 'again'));
    const sixth = await admit(state('kim'), '6');
    const same = await admit(state('kim'), '6');

    assert.match(twice, /leaves already/);
    assert.deepEqual([sixth.needed, same.needed], [2, 2]);
  });

  function person(n: number) {
    return { id: `p-${n}`, name: `P ${n}`, email: `p-${n}@example.test`, active: true, accounts: [] };
  }

  test('counts no vote of somebody who may not, and audits it', async () => {
    const state = sampleDeparture();
    const vote = (person: string) => ({
      round: 1,
      person,
      account: account('U0'),
      decision: 'approve' as const,
    });

    await scene.run(scene.activities.authorizeDepartureVote, { state, vote: vote('ravi') });
    const words = await refusal(
      scene.run(scene.activities.authorizeDepartureVote, { state, vote: vote('noor') }, '2'),
    );

    assert.match(words, /Only administrators who neither asked/);
    assert.deepEqual(await rows('departure.approve'), ['ravi allowed', 'noor refused']);
  });

  test('lets who asked take it back, and only administrators do the rest', async () => {
    const state = approvedDeparture();
    const act = (person: string, act: 'withdraw' | 'done' | 'undo') =>
      scene.run(
        scene.activities.authorizeDepartureAct,
        { state, act, person, line: 'links' },
        `${person} ${act}`,
      );

    await act('lee', 'withdraw');
    for (const what of ['withdraw', 'done', 'undo'] as const) await act('ravi', what);
    for (const [who, what] of [
      ['lee', 'done'],
      ['lee', 'undo'],
      ['kim', 'withdraw'],
      ['sam', 'withdraw'],
    ] as const) {
      await refusal(act(who, what));
    }
  });

  test('is looked at once more before it begins: who approved and left counts no more', async () => {
    addAdministrator('noor');
    await admit(sampleDeparture());
    const state = approvedDeparture();

    const ravi = findPerson(scene.directory, 'ravi');
    if (ravi !== undefined) ravi.active = false;
    const left = await confirm(state, '1');
    if (ravi !== undefined) ravi.active = true;
    const back = await confirm(state, '2');

    assert.deepEqual([left.standing, left.approvers], [[], ['noor']]);
    assert.deepEqual([back.standing, back.crowd], [['ravi'], undefined]);
  });

  test('is refused before it begins where they were protected meanwhile', async () => {
    await admit(sampleDeparture());
    protect();

    assert.match(await refusal(confirm(approvedDeparture())), /is protected/);
  });

  test('stops where more than a fifth of everybody would leave within a day, until two say that it is meant', async () => {
    addAdministrator('noor');
    const leave = async (person: string) => {
      const id = `d-${person}`;
      await admit(sampleDeparture({ person, id }), `admit ${person}`);
      return confirm(approvedDeparture({ person, id }), `confirm ${person}`);
    };
    scene.directory.teams[0]?.members.push('noor');
    addAdministrator('lee');
    const [first, second] = [await leave('kim'), await leave('sam')];
    scene.directory.people.push({ ...person(1), roles: ['developer'] });
    scene.directory.teams[0]?.members.push('p-1');
    const third = await leave('p-1');

    const { needed, because, crowd } = third;
    const votes = ['ravi', 'noor'].map((voter) => ({
      person: voter,
      decision: 'approve' as const,
      account: account('U0'),
      at: '',
    }));
    const meant = await confirm(
      approvedDeparture({
        person: 'p-1',
        id: 'd-p-1',
        crowd,
        approval: { because, needed, votes, approvers: [] },
      }),
      'meant',
    );

    assert.deepEqual([first.crowd, second.crowd, crowd, needed], [undefined, undefined, 3, 2]);
    assert.match(because, /3 people would leave within a day/);
    assert.equal(meant.crowd, undefined);
    assert.deepEqual(meant.standing, ['ravi', 'noor']);
  });

  test('unlinks every account that was linked to them, and no other', async () => {
    const { links } = scene.deps;
    await links.link({ requestId: 'U0ONE', account: account('U0ONE'), person: 'kim', decidedBy: 'ravi' });
    await links.link({ requestId: 'U0TWO', account: account('U0TWO'), person: 'kim', decidedBy: 'ravi' });
    await links.link({ requestId: 'U0SAM', account: account('U0SAM'), person: 'sam', decidedBy: 'ravi' });

    const ended = await scene.run(scene.activities.endChatLinks, { state: approvedDeparture() });
    const again = await scene.run(scene.activities.endChatLinks, { state: approvedDeparture() }, '2');

    assert.deepEqual(ended, ['slack:T0SAMPLE:U0ONE', 'slack:T0SAMPLE:U0TWO']);
    assert.deepEqual(again, []);
    assert.deepEqual(
      (await links.list()).map(({ person: whose }) => whose),
      ['sam'],
    );
    assert.deepEqual(await rows('link.end'), ['lee intended', 'lee intended']);
  });

  test('revokes their API tokens, and says which there were, also when it is asked again', async () => {
    const tokens = scene.deps.tokens as TokenStore;
    const expiresAt = new Date(Date.now() + 86_400_000);
    await tokens.add({ id: 'tok-kim', person: 'kim', expiresAt, hash: 'one' });
    await tokens.add({ id: 'tok-lee', person: 'lee', expiresAt, hash: 'two' });

    const first = await scene.run(scene.activities.endTokens, { state: approvedDeparture() });
    const again = await scene.run(scene.activities.endTokens, { state: approvedDeparture() }, '2');

    const revoked = (await tokens.list()).filter(({ revokedAt }) => revokedAt !== undefined);
    assert.deepEqual([first, again], [['tok-kim'], ['tok-kim']]);
    assert.deepEqual(
      revoked.map(({ id }) => id),
      ['tok-kim'],
    );
    assert.deepEqual(await rows('token.revoke'), ['lee intended']);
  });

  test('cannot be undone where they have come back meanwhile and leave anew', async () => {
    const first = approvedDeparture({ phase: 'left' });
    await admit(sampleDeparture(), '1');
    await confirm(approvedDeparture(), '2');
    await scene.run(scene.activities.settleDeparture, { state: first }, '3');
    await admit(sampleDeparture({ id: 'd-2' }), '4');

    const undo = { state: first, act: 'undo' as const, person: 'ravi' };
    assert.match(
      await refusal(scene.run(scene.activities.authorizeDepartureAct, undo, '5')),
      /leaves anew since/,
    );
  });
});
