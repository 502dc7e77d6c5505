import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeClient } from '../../src/kubernetes/client.ts';
import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { waitUntilReady } from '../../src/kubernetes/wait-ready.ts';
import { live } from './readiness-cases.ts';

const config = live('ConfigMap', undefined, undefined);
const up = deployment(1);
const down = deployment(0);

function deployment(availableReplicas: number): LiveObject {
  const counts = { replicas: 1, updatedReplicas: 1, availableReplicas };
  return live('Deployment', { replicas: 1 }, { observedGeneration: 2, ...counts });
}

/** The Deployment as each reading in turn finds it, the last one for ever. */
async function readings(applied: LiveObject, ...found: LiveObject[]): Promise<string[]> {
  const read: string[] = [];
  const client: Partial<KubeClient> = {
    async get({ kind }) {
      read.push(kind);
      if (kind === 'ConfigMap') return config;
      return found.length > 1 ? found.shift() : found[0];
    },
  };
  await waitUntilReady([config, applied], {
    client: client as KubeClient,
    requestId: 'request-1',
    progress: () => {},
    signal: new AbortController().signal,
  });
  return read;
}

describe('waiting for objects to be ready', () => {
  test('reads all of them once more before it says so', async () => {
    assert.deepEqual(await readings(up, up), ['ConfigMap', 'Deployment']);
  });

  test('goes on waiting for what was ready for one reading only, and reads all of them again', async () => {
    const read = await readings(down, up, down, down, up, up);

    assert.deepEqual(read, [
      'Deployment',
      ...['ConfigMap', 'Deployment'],
      'Deployment',
      'Deployment',
      ...['ConfigMap', 'Deployment'],
    ]);
  });
});
