import assert from 'node:assert/strict';
import type { ConnectorSurroundings } from '../../src/directory/systems.ts';
import type { Directory } from '../../src/domain/ports.ts';
import type { Identity } from '../../src/domain/systems.ts';

/** What a connector is given in a test; what it should not need fails the test. */
export function surroundings(given: Partial<ConnectorSurroundings> = {}): ConnectorSurroundings {
  return {
    secret: (name) => assert.fail(`the secret ${name} was asked for`),
    get kubernetes() {
      return assert.fail('the cluster was asked for');
    },
    get directory() {
      return assert.fail('the directory was asked for');
    },
    platform: () => assert.fail('platform.yaml was asked for'),
    get directoryChanges() {
      return assert.fail('what was changed about people was asked for');
    },
    ...given,
  };
}

/** One that knows these people and no team. */
export function directoryOf(people: Identity[]): Directory {
  const known = people.map(({ person: id, ...rest }) => ({
    ...rest,
    id,
    active: true,
    roles: [],
    accounts: [],
  }));
  return { snapshot: async () => ({ people: known, teams: [] }) };
}
