import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { environmentNamespace } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { startKeycloak } from '../support/keycloak.ts';
import { createRealm } from '../support/keycloak-realm.ts';
import { CHANNEL, editYaml, openPurser } from '../support/purser.ts';
import { answered, create, untilCard, watched } from './acts.ts';

const PASSWORD = 'a-password-of-the-tests';
const EMAIL = 'noor@example.test';

const keycloak = await startKeycloak();
after(() => keycloak.stop());
const realm = await createRealm(keycloak);
// What the README asks of a sign-in: groups are in its tokens by their names.
await realm.ask(async (client) => {
  await client.groups.create({ name: 'team-shop' });
  const [app] = await client.clients.find({ clientId: 'app' });
  await client.clients.addProtocolMapper(
    { id: app?.id ?? '' },
    {
      name: 'groups',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-group-membership-mapper',
      config: { 'claim.name': 'groups', 'full.path': 'false', 'access.token.claim': 'true' },
    },
  );
  await client.users.create({
    username: EMAIL,
    email: EMAIL,
    emailVerified: true,
    enabled: true,
    firstName: 'Noor',
    lastName: 'Sample',
    credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
  });
});
const purser = await watched(
  openPurser({
    platform({ teams }) {
      for (const team of teams.filter(({ id }) => id === 'shop'))
        team.also = [{ system: 'sso', group: '/team-shop' }];
    },
    manifests: (directory) =>
      editYaml<{ systems: JsonObject[] }>(join(directory, 'systems.yaml'), ({ systems }) => {
        const { clientId } = realm;
        systems.push({
          name: 'sso',
          kind: 'keycloak',
          url: keycloak.url,
          realm: realm.realm,
          clientId,
          secret: 'sso',
        });
      }),
  }),
);
const secret = { PURSER_SECRET_SSO: realm.clientSecret };
await Promise.all([purser.startBot(secret), purser.startWorker(secret)]);

/** The groups that Noor's own token has, as the cluster would read it. */
async function groupsInToken(): Promise<string[]> {
  const answer = await fetch(`${keycloak.url}/realms/${realm.realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'app',
      username: EMAIL,
      password: PASSWORD,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    groups?: string[];
  };
  return claims.groups ?? [];
}

async function mayLook(namespace: string): Promise<boolean> {
  const groups = [...(await groupsInToken()), 'system:authenticated'];
  const attributes = { namespace, verb: 'get', group: '', resource: 'pods' };
  return await purser.kube.mayAccess({ user: EMAIL, groups, attributes });
}

test('by their own sign-in, a member put in from chat looks into the team’s environment, and one taken out does not', async () => {
  const { slack } = purser;
  const name = purser.newName();
  const namespace = environmentNamespace(name);
  const type = (text: string) =>
    answered(purser, 'U0LEE', () => slack.command('U0LEE', CHANNEL, text, '/team'));
  const said = (text: string) =>
    eventually(() => slack.messagesIn(CHANNEL).some((message) => readable(message).includes(text)), 60_000);
  await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
  await untilCard(purser, name, 'is ready');

  const before = await mayLook(namespace);
  await type('add shop noor');
  await said('is in team Shop now');
  const within = await mayLook(namespace);
  await eventually(async () => /Taking/.test(readable(await type('remove shop noor'))));
  await said('is in team Shop no more');
  const later = await mayLook(namespace);

  assert.deepEqual([before, within, later], [false, true, false]);
});
