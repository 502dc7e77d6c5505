import { isGrpcServiceError } from '@temporalio/client';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { bad, type Finding, good } from '../domain/findings.ts';
import { createTemporalClient, namespaceOf, type TemporalClient } from '../temporal/client.ts';
import { missingSearchAttributes } from '../temporal/search-attributes.ts';

const PATIENCE_MS = 8_000;

/** Of gRPC. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Whether the namespace answers, and knows the search attributes. */
export async function checkTemporal(config: ClientConnectConfig | undefined): Promise<Finding[]> {
  if (config === undefined) throw new TypeError('the configuration names no Temporal');
  const client = createTemporalClient(config);
  const namespace = namespaceOf(config);
  try {
    const deadline = Date.now() + PATIENCE_MS;
    return await client.connection.withDeadline(deadline, () => look(client, namespace));
  } catch (error) {
    return [failure(error, namespace)];
  } finally {
    await client.connection.close();
  }
}

async function look({ connection, workflowService }: TemporalClient, namespace: string): Promise<Finding[]> {
  await workflowService.describeNamespace({ namespace });
  const missing = await missingSearchAttributes(connection, namespace);
  const answers = good(`Temporal answers, namespace ${namespace}`);
  if (missing.length === 0) return [answers, good('the search attributes are registered')];
  const names = missing.map(([name]) => name).join(', ');
  return [
    answers,
    bad(
      `the namespace does not know the search attributes ${names}`,
      'npm run worker registers them when it starts; where it may not, as on Temporal Cloud, an administrator does.',
    ),
  ];
}

function failure(error: unknown, namespace: string): Finding {
  if (!isGrpcServiceError(error)) {
    return bad(
      `the search attributes of namespace ${namespace} are not as Purser’s: ${error instanceof Error ? error.message : 'unknown'}`,
      'Rename the other one, or give Purser a namespace of its own.',
    );
  }
  if (error.code === NOT_FOUND) {
    return bad(
      `Temporal has no namespace ${namespace}`,
      `temporal operator namespace create -n ${namespace}, or correct TEMPORAL_NAMESPACE.`,
    );
  }
  if (error.code === PERMISSION_DENIED || error.code === UNAUTHENTICATED) {
    return bad(
      `Temporal refuses us in namespace ${namespace}`,
      'See that TEMPORAL_API_KEY, or the client certificate, is valid there.',
    );
  }
  return bad(
    `Temporal does not answer (gRPC ${error.code})`,
    'See whether TEMPORAL_ADDRESS is right, and whether this machine reaches it.',
  );
}
