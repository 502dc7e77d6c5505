import assert from 'node:assert/strict';
import test from 'node:test';
import { createPlatformFile } from '../../src/directory/platform-file.ts';
import { playgroundConfig, teamsPeople } from '../../src/local/playground.ts';

const platform = await createPlatformFile('manifests')();

test('each Playground is one of the organisation’s people, by the ids that platform.yaml has', () => {
  const config = playgroundConfig(platform, 'kim');

  const kim = platform.people.find(({ id }) => id === 'kim');
  const account = kim?.accounts.find((linked) => linked.platform === 'teams');
  assert.equal(config.currentUser.aadObjectId, account?.platform === 'teams' && account.aadObjectId);
  assert.equal(config.tenantId, teamsPeople(platform).tenantId);
  assert.ok(config.users.every(({ id }) => id !== config.currentUser.id));
});

test('the Playground gets as many people as it insists on, and each only once', () => {
  const { users } = playgroundConfig(platform, 'noor');

  assert.ok(users.length >= 5);
  assert.equal(new Set(users.map(({ aadObjectId }) => aadObjectId)).size, users.length);
});

test('what one Playground calls its places is not what the other does', () => {
  const places = ['kim', 'noor'].flatMap((person) => {
    const { personalChat, groupChat, team } = playgroundConfig(platform, person);
    return [personalChat.id, groupChat.id, team.id, ...team.channels.map(({ id }) => id)];
  });

  assert.equal(new Set(places).size, places.length);
  assert.deepEqual(
    places.map((id) => id.slice(0, 2)),
    ['a:', '19', '19', '19', 'a:', '19', '19', '19'],
  );
});

test('without anybody in Teams there is a word that says what to do', () => {
  const nobody = { ...platform, people: platform.people.map((person) => ({ ...person, accounts: [] })) };

  assert.throws(() => teamsPeople(nobody), /Nobody in platform\.yaml has an account in Teams/);
});
