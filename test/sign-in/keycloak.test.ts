import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createIdentityProvider,
  flowOf,
  type IdentityProvider,
  newFlow,
} from '../../src/sign-in/identity-provider.ts';
import { type Keycloak, startKeycloak } from '../support/keycloak.ts';
import { createSignInRealm, logIn, type SignInRealm } from '../support/sign-in-realm.ts';

const PUBLIC_URL = 'http://localhost:3999';

describe('signing in at a real Keycloak', () => {
  let keycloak: Keycloak;
  let realm: SignInRealm;
  let provider: IdentityProvider;
  before(async () => {
    keycloak = await startKeycloak();
    realm = await createSignInRealm(keycloak, PUBLIC_URL);
    provider = createIdentityProvider(realm.config);
    await realm.addPerson('noor', 'noor@example.com');
  });
  after(() => keycloak?.stop());

  it('tells who signed in, and that it was just now', async () => {
    const flow = newFlow();
    const address = await provider.addressOf(flow);
    assert.equal(address.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(address.searchParams.get('max_age'), '300');

    const identity = await provider.identify(flow, await logIn(address, 'noor'));

    assert.equal(identity.issuer, realm.config.issuer);
    assert.partialDeepStrictEqual(identity.claims, { email: 'noor@example.com', email_verified: true });
    assert.ok(Math.abs(identity.at.getTime() - Date.now()) < 60_000);
  });

  it('takes an answer once, and only in the browser it was asked in', async () => {
    const flow = newFlow();
    const returned = await logIn(await provider.addressOf(flow), 'noor');

    await assert.rejects(provider.identify(newFlow(), returned));
    await assert.rejects(provider.identify({ ...flowOf('guessed'), state: flow.state }, returned));
    const second = newFlow();
    const fresh = await logIn(await provider.addressOf(second), 'noor');
    await provider.identify(second, fresh);
    await assert.rejects(provider.identify(second, fresh));
  });

  it('takes no code that it was not given, and no refusal for a sign-in', async () => {
    const flow = newFlow();
    const returned = new URLSearchParams({ code: 'made-up', state: flow.state, iss: realm.config.issuer });

    await assert.rejects(provider.identify(flow, returned));
    const denied = new URLSearchParams({
      error: 'access_denied',
      state: flow.state,
      iss: realm.config.issuer,
    });
    await assert.rejects(provider.identify(flow, denied));
  });

  it('is found again once it answers', async () => {
    const nowhere = createIdentityProvider({
      ...realm.config,
      issuer: `${keycloak.url}/realms/not-yet-${realm.name}`,
    });
    await assert.rejects(nowhere.addressOf(newFlow()));

    await realm.addRealm(`not-yet-${realm.name}`);

    assert.match((await nowhere.addressOf(newFlow())).pathname, /not-yet/);
  });
});
