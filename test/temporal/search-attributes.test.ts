import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { msToTs } from '@temporalio/common/lib/time.js';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { registerSearchAttributes, SEARCH_ATTRIBUTE_TYPES } from '../../src/temporal/search-attributes.ts';
import { temporalAddress } from '../support/stack.ts';
import { untilKnown } from './real-server.ts';

describe('search attributes', () => {
  const namespace = `test-${randomUUID()}`;
  const { connection } = createTemporalClient({
    connectionOptions: { address: temporalAddress() },
    namespace,
  });
  after(() => connection.close());

  it('are registered once, however often it is asked', async () => {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await untilKnown(() => registerSearchAttributes(connection, namespace));

    await registerSearchAttributes(connection, namespace);

    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    for (const [name, type] of Object.entries(SEARCH_ATTRIBUTE_TYPES))
      assert.equal(customAttributes?.[name], type);
  });
});
