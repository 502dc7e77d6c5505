import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type DirectorySnapshot, findPerson } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { Directory, DirectoryChangeStore } from '../domain/ports.ts';
import { retryAfterMs } from '../domain/retry-after.ts';
import {
  type ChangePlan,
  type Holding,
  type Identity,
  type SystemConnector,
  SystemError,
} from '../domain/systems.ts';
import type { KubeClient } from '../kubernetes/client.ts';

/** One kind of system, in a file of its own. A new one is that file and a line in `connectors.ts`. */
export interface ConnectorKind<Settings = unknown> {
  /** `kind` in `manifests/systems.yaml`. */
  kind: string;
  /** The other fields there, strict. Secrets are names: `secret: SSO` is `PURSER_SECRET_SSO`. */
  settings: z.ZodType<Settings>;
  /** Why it never gives that as the files are, in words for people. Missing where only the system itself knows. */
  misfit?(
    name: string,
    settings: Settings,
    about: { holding: Extract<Holding, { kind: 'group' }>; platform: PlatformConfig },
  ): string | undefined;
  /** Without a call to the system: it may be down. */
  open(name: string, settings: Settings, surroundings: ConnectorSurroundings): SystemConnector;
}

/** What a connector is given beside its settings. */
export interface ConnectorSurroundings {
  /** The value behind a secret's name. Throws `SystemError` when it is not set. */
  secret(name: string): string;
  /** The cluster Purser works in. */
  kubernetes: KubeClient;
  /** Whom Purser knows. */
  directory: Directory;
  /** What the organisation's own file says of people and teams, and what was changed on top of it. */
  platform(): Promise<PlatformConfig>;
  directoryChanges: DirectoryChangeStore;
}

/** A connector tries once, for so long: trying again is the business of whoever asked. */
export const SYSTEM_TIMEOUT_MS = 10_000;

/** `idempotencyKey` of every connector: fits wherever a system can keep one. */
export function changeKey(request: string, { person }: Identity, holding: Holding): string {
  const place = holding.kind === 'group' ? [holding.group, holding.scope ?? null] : [];
  const parts = JSON.stringify([request, person, holding.kind, ...place]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 40);
}

/** `plan` of a connector that does not remember: what somebody has may have come from anywhere. */
export function planByReading(readBack: SystemConnector['readBack']): SystemConnector['plan'] {
  return async (identity, holding): Promise<ChangePlan> => {
    const held = await readBack(identity, holding);
    return { held, elsewhere: held };
  };
}

/** For systems that want a name in two: the last word, where there is more than one, is the family's. */
export function inTwo(name: string): { given: string; family: string | undefined } {
  const words = name.trim().split(/\s+/);
  const family = words.length > 1 ? words.pop() : undefined;
  return { given: words.join(' '), family };
}

/** What an HTTP status other than 2xx means. The answer's own words are dropped: anything may be in them. */
export function refusedBy(system: string, status: number, retryAfter?: string | null): SystemError {
  if (status === 401 || status === 403) {
    return new SystemError(
      `${system} does not let Purser do this (${status}): have its administrator look at Purser’s rights there`,
      { retryable: false },
    );
  }
  if (status >= 300 && status < 400) {
    return new SystemError(
      `${system} has moved (${status}): put its new address into manifests/systems.yaml`,
      {
        retryable: false,
      },
    );
  }
  const retryable = status >= 500 || status === 429 || status === 408;
  return new SystemError(`${system} ${retryable ? 'cannot do it now' : 'refuses it'} (${status})`, {
    retryable,
    retryAfterMs: retryable ? retryAfterMs(retryAfter) : undefined,
  });
}

/** No answer. Why is dropped as well: addresses are in it. */
export function noAnswerFrom(system: string): SystemError {
  return new SystemError(`${system} does not answer`, { retryable: true });
}

/** An answer that is not what the system's interface promises, an empty one among them. */
export function unreadableAnswerFrom(system: string): SystemError {
  return new SystemError(`${system} gives an answer that Purser cannot read`, { retryable: true });
}

/** What the system will not do however often it is asked. */
export function refusal(message: string): SystemError {
  return new SystemError(message, { retryable: false });
}

/** What is said against it, where something is. */
export function refusalIn(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof SystemError) return error.message;
    throw error;
  }
}

/** Everybody Purser knows. Without them nobody could be told from a stranger. */
export async function peopleOf(directory: Directory): Promise<DirectorySnapshot> {
  return await directory.snapshot().catch(() => {
    throw new SystemError('Purser cannot read now who is in which team', { retryable: true });
  });
}

/** The id of whoever a system means: by the id it keeps, and only where it keeps none by their address. */
export function knownPerson(
  directory: DirectorySnapshot,
  { person, email }: { person?: string; email?: string },
): string | undefined {
  if (person) return findPerson(directory, person)?.id;
  return directory.people.find((known) => known.email.toLowerCase() === email?.toLowerCase())?.id;
}
