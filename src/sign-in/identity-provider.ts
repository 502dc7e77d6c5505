import { createHmac, randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import type { SignInConfig } from '../config.ts';
import { CALLBACK_PATH } from './requests.ts';

/** Whoever signed in longer ago signs in again. */
const MAX_AGE_SECONDS = 300;
const TIMEOUT_SECONDS = 10;

/** What the identity provider says of somebody who has just signed in. */
export interface Identity {
  issuer: string;
  subject: string;
  at: Date;
  claims: Readonly<Record<string, unknown>>;
}

/** One sign-in of one browser. All its secrets come from the one that the browser keeps. */
export interface Flow {
  secret: string;
  state: string;
}

export interface IdentityProvider {
  /** Where the browser goes to sign in. Rejects when the identity provider does not answer. */
  addressOf(flow: Flow): Promise<URL>;
  /** `returned` is what the browser came back with. Rejects when it proves nothing, or not enough. */
  identify(flow: Flow, returned: URLSearchParams): Promise<Identity>;
}

export function newFlow(): Flow {
  return flowOf(randomBytes(32).toString('base64url'));
}

export function flowOf(secret: string): Flow {
  return { secret, state: derived(secret, 'state') };
}

/** By OpenID Connect: authorization code with PKCE, a nonce, and the time of the sign-in. */
export function createIdentityProvider(config: SignInConfig): IdentityProvider {
  const redirectUri = `${config.publicUrl}${CALLBACK_PATH}`;
  let found: Promise<oidc.Configuration> | undefined;

  function discovered(): Promise<oidc.Configuration> {
    found ??= discover(config).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  return {
    async addressOf({ secret, state }) {
      return oidc.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state,
        nonce: derived(secret, 'nonce'),
        code_challenge: await oidc.calculatePKCECodeChallenge(derived(secret, 'verifier')),
        code_challenge_method: 'S256',
        max_age: String(MAX_AGE_SECONDS),
      });
    },
    async identify({ secret, state }, returned) {
      const provider = await discovered();
      const tokens = await oidc.authorizationCodeGrant(provider, new URL(`${redirectUri}?${returned}`), {
        expectedState: state,
        expectedNonce: derived(secret, 'nonce'),
        pkceCodeVerifier: derived(secret, 'verifier'),
        maxAge: MAX_AGE_SECONDS,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims?.auth_time === undefined) throw new Error('The identity provider did not say when');
      const { iss: issuer, sub: subject, auth_time: at } = claims;
      return { issuer, subject, at: new Date(at * 1_000), claims };
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: SignInConfig): Promise<oidc.Configuration> {
  const address = new URL(issuer);
  return await oidc.discovery(address, clientId, clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    // The configuration takes such an address on this machine only.
    execute: address.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
  });
}

function derived(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}
