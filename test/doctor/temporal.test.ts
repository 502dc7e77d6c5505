import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { msToTs } from '@temporalio/common/lib/time.js';
import { checkTemporal } from '../../src/doctor/temporal.ts';
import { createTemporalClient } from '../../src/temporal/client.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { eventually } from '../support/eventually.ts';
import { temporalAddress } from '../support/stack.ts';
import { untilKnown } from '../temporal/real-server.ts';

const connectionOptions = { address: temporalAddress() };
const namespace = `test-${randomUUID()}`;
const { connection } = createTemporalClient({ connectionOptions, namespace });
after(() => connection.close());

test('a namespace that is not there is named', async () => {
  const [finding] = await checkTemporal({ connectionOptions, namespace: 'no-such-namespace' });

  assert.equal(finding?.state, 'bad');
  assert.equal(finding?.what, 'Temporal has no namespace no-such-namespace');
});

test('search attributes that it does not know yet are named; once they are registered all is well', async () => {
  const retention = msToTs('1 day');
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: retention,
  });
  const before = await eventually(async () => {
    const findings = await checkTemporal({ connectionOptions, namespace });
    return findings.length === 2 ? findings : undefined;
  });

  await untilKnown(() => registerSearchAttributes(connection, namespace));
  const after = await checkTemporal({ connectionOptions, namespace });

  assert.deepEqual(
    before?.map(({ state }) => state),
    ['good', 'bad'],
  );
  assert.match(before?.[1]?.what ?? '', /PurserPhase/);
  assert.deepEqual(
    after.map(({ state }) => state),
    ['good', 'good'],
  );
});
