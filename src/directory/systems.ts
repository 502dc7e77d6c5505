import type { z } from 'zod';
import type { SystemConnector } from '../domain/systems.ts';

/** One kind of system, in a file of its own. A new one is that file and a line in `connectors.ts`. */
export interface ConnectorKind<Settings = unknown> {
  /** `kind` in `manifests/systems.yaml`. */
  kind: string;
  /** The other fields there. Secrets are names: `secret: SSO` is `PURSER_SECRET_SSO`. */
  settings: z.ZodType<Settings>;
  open(name: string, settings: Settings, surroundings: ConnectorSurroundings): SystemConnector;
}

/** What a connector is given beside its settings. */
export interface ConnectorSurroundings {
  /** The value behind a secret's name. Throws `SystemError` when it is not set. */
  secret(name: string): string;
}

/** A connector tries once, for so long: trying again is the business of whoever asked. */
export const SYSTEM_TIMEOUT_MS = 10_000;
