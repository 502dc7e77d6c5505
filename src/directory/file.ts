import type { PlatformConfig } from '../domain/platform.ts';
import type { DirectoryConnector } from './connector.ts';

/** People and teams as `platform.yaml` has them. */
export function createFileConnector(platform: () => Promise<PlatformConfig>): DirectoryConnector {
  return {
    name: 'file',
    async read() {
      const { people, teams } = await platform();
      return { people, teams };
    },
  };
}
