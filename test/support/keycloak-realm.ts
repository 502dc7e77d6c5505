import { randomUUID } from 'node:crypto';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { Keycloak } from './keycloak.ts';

/** What Purser's service account may do, and no more. */
const RIGHTS = ['manage-users', 'view-realm'];

export interface KeycloakRealm {
  realm: string;
  clientId: string;
  clientSecret: string;
  /** For everything in the realm, as its administrator. */
  ask<Answer>(call: (client: KeycloakAdminClient) => Promise<Answer>): Promise<Answer>;
}

/** A realm with Purser in it as the README sets it up, and an application people log in to with a password. */
export async function createRealm(keycloak: Keycloak, rights = RIGHTS): Promise<KeycloakRealm> {
  const realm = `realm-${randomUUID()}`;
  const clientSecret = randomUUID();
  const clientId = 'purser';

  const client = await keycloak.administrator(realm);
  await client.realms.create({ realm, enabled: true });
  const { id } = await client.clients.create({
    clientId,
    secret: clientSecret,
    publicClient: false,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    directAccessGrantsEnabled: false,
  });
  await client.clients.create({ clientId: 'app', publicClient: true, directAccessGrantsEnabled: true });
  await giveRights(client, id, rights);
  const profile = await client.users.getProfile();
  const permissions = { view: ['admin'], edit: ['admin'] };
  profile.attributes?.push({ name: 'purserPerson', permissions });
  await client.users.updateProfile(profile);
  return { realm, clientId, clientSecret, ask: (call) => call(client) };
}

async function giveRights(client: KeycloakAdminClient, clientUuid: string, rights: string[]): Promise<void> {
  const account = await client.clients.getServiceAccountUser({ id: clientUuid });
  const [management] = await client.clients.find({ clientId: 'realm-management' });
  const clientUniqueId = management?.id ?? '';
  const roles = (await client.clients.listRoles({ id: clientUniqueId }))
    .filter(({ name }) => rights.includes(name ?? ''))
    .map(({ id = '', name = '' }) => ({ id, name }));
  await client.users.addClientRoleMappings({ id: account.id ?? '', clientUniqueId, roles });
}
