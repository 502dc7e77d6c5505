import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { freePorts, isPortOpen, lastingPorts } from '../../src/local/ports.ts';

describe('ports', () => {
  it('finds as many different ports as asked for, all of them closed', async () => {
    const ports = await freePorts(20);

    assert.equal(new Set(ports).size, 20);
    assert.deepEqual(await Promise.all(ports.map((port) => isPortOpen(port))), Array(20).fill(false));
  });

  it('sees a port that somebody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };

    const open = await isPortOpen(port);

    server.close();
    assert.equal(open, true);
  });

  it('ports to be kept are free, side by side, and none that a connection could take', async () => {
    const ports = await lastingPorts(6);

    assert.equal(new Set(ports).size, 6);
    assert.ok(ports.every((port) => port >= 10_000 && port < 32_768));
    assert.deepEqual(await Promise.all(ports.map((port) => isPortOpen(port))), Array(6).fill(false));
  });
});
