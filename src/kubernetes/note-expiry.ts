import type { Cluster } from '../domain/ports.ts';
import type { KubeClient } from './client.ts';
import { KubeError, toClusterError } from './errors.ts';
import { isOurs, type ObjectRef } from './objects.ts';

const EXPIRY_ANNOTATION = 'purser/expires-at';
/** Of this annotation alone: what the template says of the namespace stays with the manager of everything else. */
const FIELD_MANAGER = 'purser-expiry';

export async function noteExpiry(
  client: KubeClient,
  options: Omit<Parameters<Cluster['noteExpiry']>[0], 'environment'>,
): Promise<void> {
  const { namespace, requestId, expiresAt, signal } = options;
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  try {
    const current = await client.get(ref, { signal });
    if (current === undefined || !isOurs(current, requestId)) return;
    const { apiVersion, kind, name } = ref;
    await client.apply(
      { apiVersion, kind, metadata: { name, annotations: { [EXPIRY_ANNOTATION]: expiresAt } } },
      { uid: current.metadata.uid, fieldManager: FIELD_MANAGER, force: true, signal },
    );
  } catch (error) {
    // Gone since it was read, and with it what there was to say.
    if (error instanceof KubeError && error.code === 409) return;
    throw toClusterError(error, ref);
  }
}
