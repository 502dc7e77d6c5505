import { createSecretKey } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';

const ISSUER = 'https://api.botframework.com';

export interface Claims {
  iss?: string;
  aud?: string;
  serviceurl?: string;
  /** Seconds from now; `undefined` leaves it out. */
  exp?: number;
  nbf?: number;
  [claim: string]: unknown;
}

/** What signs activities, and what makes tokens that nobody should believe. */
export interface FakeTokens {
  /** As `jwks_uri` answers. */
  keys: { keys: (JWK & { endorsements?: string[] })[] };
  /** One that Teams would send with an activity, with these claims changed. */
  token(claims?: Claims, key?: 'teams' | 'other-channel' | 'unendorsed' | 'unknown'): Promise<string>;
  /** Signed by a stranger, under the id of the key that Teams signs with. */
  wrongKey(): Promise<string>;
  unsigned(): string;
  /** HMAC with the public key as its secret. */
  hmacOfPublicKey(): Promise<string>;
}

export async function createFakeTokens(appId: string, serviceUrl: () => string): Promise<FakeTokens> {
  const names = ['teams', 'other-channel', 'unendorsed', 'unknown', 'stranger'] as const;
  const pairs = new Map(
    await Promise.all(names.map(async (name) => [name, await generateKeyPair('RS256')] as const)),
  );
  const pair = (name: (typeof names)[number]) => {
    const found = pairs.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  const published = async (name: 'teams' | 'other-channel' | 'unendorsed', endorsements?: string[]) => ({
    ...(await exportJWK(pair(name).publicKey)),
    kid: name,
    use: 'sig',
    ...(endorsements === undefined ? {} : { endorsements }),
  });
  const keys = await Promise.all([
    published('teams', ['msteams']),
    published('other-channel', ['webchat']),
    published('unendorsed'),
  ]);

  function payload(claims: Claims): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1_000);
    const { exp = 3_600, nbf = -60, ...rest } = claims;
    const all = {
      iss: ISSUER,
      aud: appId,
      serviceurl: serviceUrl(),
      nbf: now + nbf,
      exp: now + exp,
      ...rest,
    };
    return 'exp' in claims && claims.exp === undefined ? { ...all, exp: undefined } : all;
  }

  const sign = (claims: Claims, kid: string, by: (typeof names)[number]) =>
    new SignJWT(payload(claims)).setProtectedHeader({ alg: 'RS256', kid }).sign(pair(by).privateKey);

  return {
    keys: { keys },
    token: (claims = {}, key = 'teams') => sign(claims, key, key),
    wrongKey: () => sign({}, 'teams', 'stranger'),
    unsigned: () => new UnsecuredJWT(payload({})).encode(),
    async hmacOfPublicKey() {
      const secret = createSecretKey(Buffer.from(await exportSPKI(pair('teams').publicKey)));
      return new SignJWT(payload({})).setProtectedHeader({ alg: 'HS256', kid: 'teams' }).sign(secret);
    },
  };
}
