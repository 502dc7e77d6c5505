import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, so that the server can be out of reach for one client alone. */
export interface TcpProxy {
  /** `host:port` */
  address: string;
  /** Ends every connection, and takes none until `restore`. */
  cut(): void;
  /** Takes connections and bytes, and passes nothing on until `restore`: the server seems to hang. */
  stall(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'stalled' = 'open';

  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const upstream = connect(Number(port), host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => void to.write(bytes));
      if (state === 'stalled') from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function endAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      state = 'cut';
      endAll();
    },
    stall() {
      state = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    restore() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    async close() {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
}
