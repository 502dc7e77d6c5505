import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDirectory } from '../../src/directory/connector.ts';
import { findPerson, findTeam, ownerOfAccount } from '../../src/domain/people.ts';
import { SystemError } from '../../src/domain/systems.ts';
import { connectorConformance } from './connector-conformance.ts';
import { type Group, order } from './connector-stage.ts';
import { openFile, person } from './file-stage.ts';

connectorConformance('Purser’s own directory', { open: openFile, faults: ['down'] });

const ACCOUNT = { kind: 'account' } as const;
const group = (group: string): Group => ({ kind: 'group', group });

describe('what was changed on top of platform.yaml', () => {
  test('is in the directory everybody reads: members, leads, roles and newcomers', async (t) => {
    const { connector, stranger, snapshot } = await openFile(t);

    for (const holding of [ACCOUNT, group('team/crew'), group('leads/crew'), group('role/admin')]) {
      await connector.apply(order(stranger, holding));
    }
    const directory = await snapshot();

    assert.deepEqual(findPerson(directory, stranger.person), {
      id: stranger.person,
      name: stranger.name,
      email: stranger.email,
      active: true,
      roles: ['admin'],
      accounts: [],
    });
    const crew = findTeam(directory, 'crew');
    assert.deepEqual([crew?.members, crew?.leads], [[stranger.person], [stranger.person]]);
  });

  test('lets a newcomer speak from the account that is linked to them, until they are disabled', async (t) => {
    const { connector, stranger, snapshot } = await openFile(t);
    const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' } as const;
    const links = { list: async () => [{ account, person: stranger.person, decidedAt: new Date() }] };
    const directory = createDirectory({ name: 'file', read: snapshot }, links, {
      linksLast: async () => 1_000_000,
      now: () => new Date(),
    });
    const speaker = async () => ownerOfAccount(await directory.snapshot(), account);

    const before = await speaker();
    await connector.apply(order(stranger, ACCOUNT));
    const onboarded = await speaker();
    await connector.revoke(order(stranger, ACCOUNT));
    const offboarded = await speaker();

    assert.deepEqual([before, onboarded?.active, offboarded?.active], [undefined, true, false]);
  });

  test('does not wake whom the file marks inactive, and a newcomer is as the file says once they are in it', async (t) => {
    const { connector, known, stranger, snapshot, edit } = await openFile(t);
    await connector.apply(order(stranger, ACCOUNT));
    await edit(({ people }) => {
      for (const one of people) one.active = one.id !== known.person;
      people.push({
        id: stranger.person,
        name: 'As written',
        email: 'written@example.test',
        active: false,
        roles: [],
        accounts: [],
      });
    });

    const refused = connector.apply(order(known, ACCOUNT));

    await assert.rejects(
      refused,
      /^SystemError: platform.yaml says that known is not active: change it there$/,
    );
    const directory = await snapshot();
    assert.equal(findPerson(directory, known.person)?.active, false);
    const { name, active } = findPerson(directory, stranger.person) ?? {};
    assert.deepEqual({ name, active }, { name: 'As written', active: false });
  });

  test('keeps out whom Purser disabled when the file was only late to say so', async (t) => {
    const { connector, known, snapshot, edit } = await openFile(t);
    const setActive = (active: boolean) =>
      edit(({ people }) => {
        for (const one of people) one.active = active;
      });
    await setActive(false);
    await connector.revoke(order(known, ACCOUNT));

    await setActive(true);

    assert.equal(findPerson(await snapshot(), known.person)?.active, false);
  });

  test('stays for as long as one request that gave it lasts', async (t) => {
    const { connector, known } = await openFile(t);
    const crew = group('team/crew');
    const [first, second] = [order(known, crew, 'first'), order(known, crew, 'second')];
    await connector.apply(first);
    await connector.apply(second);

    await connector.revoke(first);
    const between = await connector.readBack(known, crew);
    await connector.revoke(second);
    const ended = await connector.readBack(known, crew);
    await connector.apply(first);

    assert.deepEqual([between, ended, await connector.readBack(known, crew)], [true, false, true]);
  });

  test('takes away what the file says from somebody who leaves, and gives it back', async (t) => {
    const { connector, known, another, snapshot, edit } = await openFile(t);
    await edit(({ people, teams }) => {
      for (const one of people) one.roles.push('root');
      teams[0]?.members.push(known.person, another.person);
      teams[0]?.leads.push(known.person);
    });
    const words = ['team/crew', 'leads/crew', 'role/root'];
    await connector.apply(order(known, group('team/crew'), 'before'));

    for (const word of words) await connector.revoke({ ...order(known, group(word)), whoever: true });
    const left = await connector.holdings(known);
    const others = await connector.holdings(another);
    for (const word of words) await connector.apply(order(known, group(word)));

    assert.deepEqual(left, [ACCOUNT]);
    assert.deepEqual(others, [ACCOUNT, group('team/crew'), group('role/root')]);
    assert.deepEqual(await connector.holdings(known), [ACCOUNT, ...words.map(group)]);
    assert.deepEqual(findPerson(await snapshot(), known.person)?.roles, ['root']);
  });

  for (const [what, word, words] of [
    ['a role that is not offered', 'role/root', /does not give out the role “root”: add it in manifests/],
    ['a team that is not there', 'team/gone', /there is no team “gone”: make it by \/team create/],
    ['a group of no kind', 'crew', /has no group “crew”: it has team\/…, leads\/… and role\/…/],
  ] as const) {
    test(`${what} is refused for good, in words`, async (t) => {
      const { connector, known } = await openFile(t);

      await assert.rejects(
        connector.apply(order(known, group(word))),
        (error) => error instanceof SystemError && !error.retryable && words.test(error.message),
      );
    });
  }

  test('nobody comes in by the address of somebody else', async (t) => {
    const { connector, known, stranger, outside } = await openFile(t);
    const impostor = { ...stranger, email: known.email.toUpperCase() };

    const refused = connector.apply(order(impostor, ACCOUNT));

    await assert.rejects(refused, /is the address of known already: give stranger one of their own$/);
    assert.equal(await outside.accounts(stranger), 0);
  });

  for (const [what, stranger] of [
    ['an id that nobody could type', { ...person('a'), person: 'Some One' }],
    ['an id that is a word of Purser’s own', { ...person('a'), person: 'purser' }],
    ['an address that is none', { ...person('a'), email: 'nowhere' }],
  ] as const) {
    test(`nobody comes in by ${what}`, async (t) => {
      const { connector, outside } = await openFile(t);

      await assert.rejects(connector.apply(order(stranger, ACCOUNT)), {
        name: 'SystemError',
        retryable: false,
      });
      assert.equal(await outside.accounts(stranger), 0);
    });
  }
});
