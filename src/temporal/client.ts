import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isRetryableError,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

const DEFAULT_NAMESPACE = 'default';

/** Its connection also reaches the operator service. */
export type TemporalClient = Client & { readonly connection: Connection };

export function namespaceOf(config: ClientConnectConfig): string {
  return config.namespace ?? DEFAULT_NAMESPACE;
}

/**
 * Connects at the first call, and again whenever the connection was lost. Callers set the deadline: within it, what
 * Temporal could not take just now (it takes ten updates of one workflow at a time) is offered again soon.
 */
export function createTemporalClient(
  config: ClientConnectConfig,
  dataConverter?: DataConverter,
): TemporalClient {
  const { address, apiKey, metadata, tls } = config.connectionOptions;
  const connection = Connection.lazy({
    address,
    apiKey,
    metadata,
    tls,
    connectTimeout: '2s',
    interceptors: [
      makeGrpcRetryInterceptor({
        ...defaultGrpcRetryOptions({ initialIntervalMs: () => 30, maxIntervalMs: () => 300, maxJitter: 0.5 }),
        retryableDecider: (_attempt, status) => isRetryableError(status),
      }),
    ],
  });
  const client = new Client({ connection, namespace: namespaceOf(config), dataConverter });
  return Object.assign(client, { connection });
}

/** What workers poll over. Rejects when Temporal cannot be reached. */
export async function connectWorkers(config: ClientConnectConfig): Promise<NativeConnection> {
  return await NativeConnection.connect(config.connectionOptions);
}
