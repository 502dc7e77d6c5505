import type { SystemConnector } from '../domain/systems.ts';
import { file } from './file.ts';
import { github } from './github.ts';
import { keycloak } from './keycloak.ts';
import { kubernetes } from './kubernetes.ts';
import { ldap } from './ldap.ts';
import { okta } from './okta.ts';
import { scim } from './scim.ts';
import type { ConnectorKind, ConnectorSurroundings } from './systems.ts';
import type { SystemEntry } from './systems-file.ts';

/** Every kind of system Purser can work with. */
export const CONNECTORS: ConnectorKind[] = [file, github, keycloak, kubernetes, ldap, okta, scim];

/** The systems as `read` has them now; each is opened again only when the file has changed. */
export function createSystems(
  read: () => Promise<SystemEntry[]>,
  surroundings: ConnectorSurroundings,
): () => Promise<SystemConnector[]> {
  let opened: { entries: SystemEntry[]; systems: SystemConnector[] } | undefined;
  return async () => {
    const entries = await read();
    if (opened?.entries !== entries) {
      const systems = entries.map(({ name, kind, settings }) => kind.open(name, settings, surroundings));
      opened = { entries, systems };
    }
    return opened.systems;
  };
}
