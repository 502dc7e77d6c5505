import { isIP } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import {
  BusyError,
  type Change,
  Client,
  type Entry,
  type Filter,
  InsufficientAccessError,
  InvalidCredentialsError,
  NoSuchObjectError,
  OperationsError,
  ResultCodeError,
  TimeLimitExceededError,
  UnavailableError,
} from 'ldapts';
import { SystemError } from '../domain/systems.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { type ConnectorSurroundings, noAnswerFrom, refusal, SYSTEM_TIMEOUT_MS } from './systems.ts';

const PAGE = 100;

/** What the server cannot do now and may do later. */
const PASSING = [BusyError, UnavailableError, TimeLimitExceededError, OperationsError];

/** One connection, encrypted, as Purser's own account. */
export interface LdapSession {
  /** All there is below, page by page. */
  search(base: string, filter: Filter, attributes: string[]): Promise<Entry[]>;
  /** One entry; `undefined` where there is none. */
  read(dn: string, attributes: string[]): Promise<Entry | undefined>;
  /** As one change. What is in `harmless` says that it was so already. */
  modify(dn: string, changes: Change[], ...harmless: LdapResult[]): Promise<void>;
  add(dn: string, attributes: Record<string, string | string[]>): Promise<void>;
}

export type LdapResult = new (message?: string) => ResultCodeError;

export type WithLdap = <Result>(run: (session: LdapSession) => Promise<Result>) => Promise<Result>;

/** A connection for each use: it need not survive the server's. What goes wrong rejects with `SystemError`. */
export function createLdap(
  name: string,
  { url, bind }: LdapSettings,
  { secret }: ConnectorSurroundings,
): WithLdap {
  async function open(client: Client): Promise<void> {
    const { protocol, hostname } = new URL(url);
    if (protocol === 'ldap:') await upgrade(client, hostname);
    await client.bind(bind.dn, secret(bind.secret));
  }

  return async (run) => {
    const client = new Client({ url, timeout: SYSTEM_TIMEOUT_MS, connectTimeout: SYSTEM_TIMEOUT_MS });
    try {
      await open(client);
      return await run(sessionOf(name, client));
    } catch (error) {
      throw failureOf(name, error);
    } finally {
      await client.unbind().catch(() => undefined);
    }
  };
}

/** StartTLS, always: without it the password would go in the clear. The client sets no time for the handshake. */
async function upgrade(client: Client, hostname: string): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const servername = isIP(host) === 0 ? host : undefined;
  const over = new AbortController();
  try {
    await Promise.race([
      client.startTLS({ host, servername }),
      after(SYSTEM_TIMEOUT_MS, undefined, over).then(() => {
        throw new Error('No handshake in time');
      }),
    ]);
  } finally {
    over.abort();
  }
}

function sessionOf(name: string, client: Client): LdapSession {
  /** A connection that was lost is opened again by the client: as nobody, in the clear, for answers that are not true. */
  function bound(): Client {
    if (!client.isBound) throw noAnswerFrom(name);
    return client;
  }

  return {
    async search(base, filter, attributes) {
      const paged = { pageSize: PAGE };
      const { searchEntries } = await bound().search(base, { scope: 'sub', filter, attributes, paged });
      return searchEntries;
    },

    async read(dn, attributes) {
      try {
        const { searchEntries } = await bound().search(dn, { scope: 'base', attributes });
        return searchEntries[0];
      } catch (error) {
        if (error instanceof NoSuchObjectError) return undefined;
        throw error;
      }
    },

    async modify(dn, changes, ...harmless) {
      try {
        await bound().modify(dn, changes);
      } catch (error) {
        if (!harmless.some((result) => error instanceof result)) throw error;
      }
    },

    async add(dn, attributes) {
      await bound().add(dn, attributes);
    },
  };
}

function failureOf(name: string, error: unknown): SystemError {
  if (error instanceof SystemError) return error;
  if (error instanceof ResultCodeError) return refusalOf(name, error);
  if (error instanceof Error && 'code' in error && /CERT|TLS|SIGNATURE/.test(String(error.code))) {
    return refusal(
      `${name} shows a certificate that Purser does not trust: give Purser its authority by NODE_EXTRA_CA_CERTS, or correct the address in manifests/systems.yaml`,
    );
  }
  return noAnswerFrom(name);
}

function refusalOf(name: string, error: ResultCodeError): SystemError {
  if (error instanceof InvalidCredentialsError) {
    return refusal(
      `${name} does not take Purser’s account with its password: look at “bind” in manifests/systems.yaml`,
    );
  }
  if (error instanceof InsufficientAccessError) {
    return refusal(
      `${name} does not let Purser do this: have its administrator look at the rights of Purser’s account`,
    );
  }
  if (error instanceof NoSuchObjectError) {
    return refusal(
      `${name} has no such place: look at “base” in manifests/systems.yaml, and whether Purser’s account may read there`,
    );
  }
  const retryable = PASSING.some((kind) => error instanceof kind);
  return new SystemError(
    `${name} ${retryable ? 'cannot do it now' : 'refuses it'} (LDAP result ${error.code})`,
    {
      retryable,
    },
  );
}
