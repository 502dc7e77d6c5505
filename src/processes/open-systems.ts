import type { KubeConfig } from '@kubernetes/client-node';
import { type Config, secretVariable } from '../config.ts';
import { createDirectory } from '../directory/connector.ts';
import { createSystems } from '../directory/connectors.ts';
import { createFileConnector } from '../directory/file.ts';
import { withCreatedTeams } from '../directory/overlay.ts';
import { refusal } from '../directory/systems.ts';
import type { SystemEntry } from '../directory/systems-file.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import type { Directory } from '../domain/ports.ts';
import type { SystemConnector } from '../domain/systems.ts';
import { createKubeClient } from '../kubernetes/client.ts';
import type { Store } from '../store/open-store.ts';

interface Sources {
  config: Pick<Config, 'secret'>;
  kubeConfig: KubeConfig;
  platform(): Promise<PlatformConfig>;
  policy(): Promise<Policy>;
  readSystems(): Promise<SystemEntry[]>;
  store: Pick<Store, 'directoryChanges' | 'links' | 'teams'>;
}

/** Whom Purser knows, and the systems in which it gives them things. No system is called. */
export function openSystems({ config, kubeConfig, policy, readSystems, store, ...sources }: Sources): {
  directory: Directory;
  systems(): Promise<SystemConnector[]>;
} {
  const { directoryChanges, links } = store;
  const platform = withCreatedTeams(sources.platform, store.teams);
  const directory = createDirectory(createFileConnector(platform, directoryChanges), links, {
    linksLast: async () => (await policy()).limits.linksLast,
    now: () => new Date(),
  });
  const systems = createSystems(readSystems, {
    secret: (name) => config.secret(name) ?? missingSecret(name),
    kubernetes: createKubeClient(kubeConfig),
    directory,
    platform,
    directoryChanges,
  });
  return { directory, systems };
}

function missingSecret(name: string): never {
  throw refusal(`the secret “${name}” of manifests/systems.yaml is missing: set ${secretVariable(name)}`);
}
