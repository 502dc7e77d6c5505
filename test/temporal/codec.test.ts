import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import proto from '@temporalio/proto';
import { createTemporalClient, type TemporalClient } from '../../src/temporal/client.ts';
import { createCodec, createDataConverter } from '../../src/temporal/codec.ts';
import type { PayloadKey } from '../../src/variables.ts';
import { temporalAddress } from '../support/stack.ts';
import { needsApproval, sampleInput, vote } from '../workflows/fake-activities.ts';
import { openRealServer, type RealServer } from './real-server.ts';

const [current, former, foreign] = ['current', 'former', 'foreign'].map((id) => ({
  id,
  key: randomBytes(32),
}));
assert.ok(current && former && foreign);

const said = defaultPayloadConverter.toPayload({ reason: 'layoffs in spring' });

describe('what Temporal keeps', () => {
  it('is encrypted anew each time, and comes back as it was', async () => {
    const codec = createCodec([current]);

    const [one, two] = await codec.encode([said, said]);

    assert.ok(one?.data && two?.data);
    assert.notDeepEqual(one.data, two.data);
    assert.ok(!Buffer.from(one.data).includes('layoffs'));
    assert.deepEqual(
      (await codec.decode([one, two])).map((payload) => defaultPayloadConverter.fromPayload(payload)),
      [{ reason: 'layoffs in spring' }, { reason: 'layoffs in spring' }],
    );
  });

  it('can be read after the key was changed, and where it was never encrypted', async () => {
    const kept = await createCodec([former]).encode([said]);
    const changed = createCodec([current, former]);

    const [old, plain] = await changed.decode([...kept, said]);
    const [fresh] = await changed.encode([said]);

    assert.deepEqual(old && defaultPayloadConverter.fromPayload(old), { reason: 'layoffs in spring' });
    assert.equal(plain, said);
    assert.equal(decode(fresh?.metadata?.['encryption-key-id'] ?? new Uint8Array()), 'current');
  });

  it('is refused when it was tampered with, or its key is not there', async () => {
    const [kept] = await createCodec([current]).encode([said]);
    assert.ok(kept?.data);
    const tampered = Buffer.from(kept.data);
    tampered.writeUInt8(tampered.readUInt8(20) ^ 1, 20);

    await assert.rejects(createCodec([current]).decode([{ ...kept, data: tampered }]));
    await assert.rejects(createCodec([{ ...foreign, id: 'current' }]).decode([kept]));
    await assert.rejects(createCodec([foreign]).decode([kept]), /“current”: add it to PURSER_PAYLOAD_KEYS/);
  });
});

describe('an environment on a server that may read nothing', () => {
  let server: RealServer;
  before(async () => {
    server = await openRealServer(temporalAddress(), [current, former]);
  });
  after(async () => {
    await Promise.all(readers.map(({ connection }) => connection.close()));
    await server.close();
  });

  const readers: TemporalClient[] = [];

  /** Of the same namespace, with other keys or with none. */
  function reader(keys?: PayloadKey[]): TemporalClient {
    const { namespace } = server.client.options;
    const config = { connectionOptions: { address: temporalAddress() }, namespace };
    const client = createTemporalClient(config, createDataConverter(keys));
    readers.push(client);
    return client;
  }

  it('lives as ever, and its history has no word of what was asked, answered or refused', async () => {
    const play = server.stage.enter('sealed', {
      authorizeDecision: async ({ person }) => {
        if (person === 'eve') throw ApplicationFailure.nonRetryable('Only FinOps may', 'Forbidden');
      },
    });
    await server.launchers.startEnvironment(sampleInput({ requestId: 'sealed', approval: needsApproval() }));
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');

    const refused = await server.launchers.decide({ name: 'sealed', ...vote('sealed', 'eve') });
    await server.launchers.decide({ name: 'sealed', ...vote('sealed', 'noor') });
    await play.called('announce', ({ phase }) => phase === 'ready');
    await server.launchers.deleteEnvironment('sealed', 'sealed', 'kim');
    const handle = server.client.workflow.getHandle('environment/local/sealed');
    await handle.result();

    assert.ok(!refused.ok && refused.message === 'Only FinOps may');
    const ended = await server.launchers.getEnvironment('sealed');
    assert.deepEqual([ended?.end, ended?.approval.decision?.by], ['deleted', ['noor']]);
    assert.deepEqual((await handle.describe()).memo?.name, 'sealed');
    await server.replay('environment/local/sealed');
    const kept = await wordsKept(reader(), 'sealed');
    assert.ok(kept.includes('binary/encrypted'));
    for (const word of ['noor', 'finops', 'Only FinOps may']) {
      assert.ok(!kept.includes(word), `history says “${word}”`);
    }
  });

  it('is nothing to somebody without the key', async () => {
    const play = server.stage.enter('closed', {});
    await server.launchers.startEnvironment(sampleInput({ requestId: 'closed' }));
    await play.called('announce', ({ phase }) => phase === 'ready');
    const stranger = reader([foreign]);

    await assert.rejects(
      stranger.workflow.getHandle('environment/local/closed').query('getEnvironment'),
      /PURSER_PAYLOAD_KEYS/,
    );
  });
});

async function wordsKept({ workflow }: TemporalClient, name: string): Promise<string> {
  const history = await workflow.getHandle(`environment/local/${name}`).fetchHistory();
  return Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()).toString();
}
