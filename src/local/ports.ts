import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** A TCP port nobody listens on now, on loopback. Another process may still take it before the caller does. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/** Distinct free ports: all are held until the last one is known. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenOnAnyPort()));
  const ports = servers.map((server) => server.port);
  await Promise.all(servers.map((server) => server.close()));
  return ports;
}

/** Linux takes ports from here for connections to others. */
const FIRST_EPHEMERAL = 32_768;
const FIRST_USUAL = 10_000;

/**
 * Distinct free ports for servers that keep them when they are started again: no connection of anybody's takes one in
 * the meantime, and two programs that look for some hardly ever find the same.
 */
export async function lastingPorts(count: number): Promise<number[]> {
  for (;;) {
    const first = randomInt(FIRST_USUAL, FIRST_EPHEMERAL - count);
    const ports = Array.from({ length: count }, (_, at) => first + at);
    const open = await Promise.all(ports.map((port) => isPortOpen(port)));
    if (!open.includes(true)) return ports;
  }
}

/** Whether something accepts TCP connections at the port on loopback. */
export function isPortOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

function listenOnAnyPort(): Promise<{ port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
