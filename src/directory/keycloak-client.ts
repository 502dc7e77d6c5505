import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { ZodError, z } from 'zod';
import { SystemError } from '../domain/systems.ts';
import {
  type ConnectorSurroundings,
  noAnswerFrom,
  refusal,
  refusedBy,
  SYSTEM_TIMEOUT_MS,
  unreadableAnswerFrom,
} from './systems.ts';

export const keycloakSettings = z.strictObject({
  /** Without `/admin` and `/realms`. */
  url: z.url({ protocol: /^https?$/ }),
  realm: z.string().min(1),
  /** A confidential client with a service account. */
  clientId: z.string().min(1).default('purser'),
  /** The name of its secret. */
  secret: z.string().min(1),
  /** Where Keycloak keeps whose account it is, by `Person.id`. */
  personAttribute: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'letters, digits, “_” and “-”')
    .default('purserPerson'),
});

export type KeycloakSettings = z.infer<typeof keycloakSettings>;

/** Asks the realm as Purser's service account. What goes wrong rejects with `SystemError`. */
export type AskKeycloak = <Answer>(
  call: (client: KeycloakAdminClient) => Promise<unknown>,
  answer: z.ZodType<Answer>,
) => Promise<Answer>;

/** One client for all calls; its token is renewed when it ends, and once when Keycloak no longer takes it. */
export function createKeycloakClient(
  name: string,
  settings: KeycloakSettings,
  { secret }: ConnectorSurroundings,
): AskKeycloak {
  let created: Promise<KeycloakAdminClient> | undefined;
  let signingIn: Promise<void> | undefined;

  async function signIn(client: KeycloakAdminClient): Promise<void> {
    const clientSecret = secret(settings.secret);
    const credentials = {
      grantType: 'client_credentials',
      clientId: settings.clientId,
      clientSecret,
    } as const;
    signingIn ??= client.auth(credentials).finally(() => {
      signingIn = undefined;
    });
    try {
      await signingIn;
    } catch (error) {
      throw signInFailure(name, settings, error);
    }
    if (client.accessToken === undefined) throw unreadableAnswerFrom(name);
  }

  return async (call, answer) => {
    created ??= createClient(settings);
    const client = await created;
    if (client.accessToken === undefined || client.isTokenExpired()) await signIn(client);
    try {
      return answer.parse(await call(client));
    } catch (error) {
      if (responseOf(error)?.status !== 401) throw failureOf(name, error);
    }
    await signIn(client);
    try {
      return answer.parse(await call(client));
    } catch (error) {
      throw failureOf(name, error);
    }
  };
}

/** Loaded only where there is a Keycloak. A redirect is not followed: the token is for the address that was configured. */
async function createClient({ url, realm }: KeycloakSettings): Promise<KeycloakAdminClient> {
  const { default: Client } = await import('@keycloak/keycloak-admin-client');
  return new Client({
    baseUrl: url.replace(/\/+$/, ''),
    realmName: realm,
    timeout: SYSTEM_TIMEOUT_MS,
    requestOptions: { redirect: 'manual' },
  });
}

function signInFailure(name: string, { realm, clientId }: KeycloakSettings, error: unknown): SystemError {
  const status = responseOf(error)?.status;
  if (status === 400 || status === 401) {
    return refusal(
      `${name} does not take the client “${clientId}” with its secret: look at both in Keycloak, and whether the client has a service account`,
    );
  }
  if (status === 404) {
    return refusal(`${name} has no realm “${realm}”: look at manifests/systems.yaml`);
  }
  return failureOf(name, error);
}

function failureOf(name: string, error: unknown): SystemError {
  if (error instanceof SystemError) return error;
  const response = responseOf(error);
  if (response !== undefined) return refusedBy(name, response.status, response.headers.get('retry-after'));
  if (error instanceof ZodError || error instanceof SyntaxError) return unreadableAnswerFrom(name);
  return noAnswerFrom(name);
}

/** For `catch`: two who give the same at the same moment are told of a conflict, and whether it is there is read back. */
export function unlessThere(error: unknown): undefined {
  if (responseOf(error)?.status !== 409) throw error;
}

/** Of the client's `NetworkError`, which is known without loading it. */
function responseOf(error: unknown): Response | undefined {
  if (!(error instanceof Error && 'response' in error)) return undefined;
  return error.response instanceof Response ? error.response : undefined;
}
