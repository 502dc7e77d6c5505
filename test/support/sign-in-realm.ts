import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SignInConfig } from '../../src/config.ts';
import type { Keycloak } from './keycloak.ts';

export interface SignInRealm {
  name: string;
  config: SignInConfig;
  /** Their password is their user name. */
  addPerson(username: string, email: string): Promise<void>;
  /** An empty one. */
  addRealm(name: string): Promise<void>;
}

/** A realm in which people sign in for Purser, as the README sets it up. */
export async function createSignInRealm(keycloak: Keycloak, publicUrl: string): Promise<SignInRealm> {
  const name = `sign-in-${randomUUID()}`;
  const clientSecret = randomUUID();
  const client = await keycloak.administrator(name);
  await client.realms.create({ realm: name, enabled: true });
  await client.clients.create({
    clientId: 'purser-sign-in',
    secret: clientSecret,
    publicClient: false,
    standardFlowEnabled: true,
    redirectUris: [`${publicUrl}/sign-in/callback`],
    attributes: { 'pkce.code.challenge.method': 'S256' },
  });
  return {
    name,
    config: { issuer: `${keycloak.url}/realms/${name}`, clientId: 'purser-sign-in', clientSecret, publicUrl },
    async addPerson(username, email) {
      await client.users.create({
        username,
        email,
        emailVerified: true,
        firstName: username,
        lastName: 'Sample',
        enabled: true,
        credentials: [{ type: 'password', value: username, temporary: false }],
      });
    },
    async addRealm(realm) {
      await client.realms.create({ realm, enabled: true });
    },
  };
}

/** Fills in the login page, as a browser without scripts does, and returns what it sends the browser back with. */
export async function logIn(address: URL, username: string): Promise<URLSearchParams> {
  const page = await fetch(address);
  assert.equal(page.status, 200);
  const action = /action="([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&');
  assert.ok(action !== undefined);
  const cookie = page.headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0])
    .join('; ');
  const answer = await fetch(action, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ username, password: username }),
  });
  assert.equal(answer.status, 302);
  return new URL(answer.headers.get('location') ?? '').searchParams;
}
