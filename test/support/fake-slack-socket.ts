import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Socket Mode's other end: one WebSocket at a time, text frames only, as much of RFC 6455 as Slack's client needs. */
export interface FakeSocket {
  /** Sends an envelope and resolves with the payload of its acknowledgement. Rejects when no app is connected. */
  send(type: 'slash_commands' | 'interactive' | 'events_api', payload: object): Promise<unknown>;
  /** Slack asks the app to connect anew. */
  disconnect(): void;
  connections(): number;
}

const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export function createFakeSocket(server: Server, nextId: (prefix: string) => string): FakeSocket {
  const waiting = new Map<string, (payload: unknown) => void>();
  let socket: Socket | undefined;
  let connections = 0;

  server.on('upgrade', (request: IncomingMessage, upgraded: Socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${HANDSHAKE}`)
      .digest('base64');
    upgraded.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket = upgraded;
    connections += 1;
    let rest: Buffer = Buffer.alloc(0);
    upgraded.on('data', (data: Buffer) => {
      rest = readFrames(Buffer.concat([rest, data]), (opcode, body) => onFrame(upgraded, opcode, body));
    });
    upgraded.on('error', () => upgraded.destroy());
    writeFrame(upgraded, 1, JSON.stringify({ type: 'hello', num_connections: 1 }));
  });

  function onFrame(from: Socket, opcode: number, body: Buffer): void {
    if (opcode === 8) {
      writeFrame(from, 8, '');
      from.end();
    }
    if (opcode === 9) writeFrame(from, 10, body.toString());
    if (opcode !== 1) return;
    const { envelope_id, payload } = JSON.parse(body.toString()) as {
      envelope_id: string;
      payload?: unknown;
    };
    waiting.get(envelope_id)?.(payload);
    waiting.delete(envelope_id);
  }

  return {
    send(type, payload) {
      if (socket === undefined) return Promise.reject(new Error('no app is connected'));
      const envelope_id = nextId('envelope-');
      const acknowledged = new Promise((resolve) => waiting.set(envelope_id, resolve));
      writeFrame(socket, 1, JSON.stringify({ type, envelope_id, payload, accepts_response_payload: true }));
      return acknowledged;
    },
    disconnect() {
      if (socket !== undefined)
        writeFrame(socket, 1, JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    connections: () => connections,
  };
}

/** A server's frames are not masked. */
function writeFrame(socket: Socket, opcode: number, text: string): void {
  const body = Buffer.from(text);
  const long = body.length > 125;
  const head = Buffer.alloc(long ? 4 : 2);
  head[0] = 0x80 | opcode;
  head[1] = long ? 126 : body.length;
  if (long) head.writeUInt16BE(body.length, 2);
  if (!socket.destroyed) socket.write(Buffer.concat([head, body]));
}

/** Hands out every whole frame, all of which a client masks; what is left waits for more. */
function readFrames(data: Buffer, onFrame: (opcode: number, body: Buffer) => void): Buffer {
  let rest = data;
  while (rest.length >= 2) {
    const opcode = rest.readUInt8(0) & 0x0f;
    const short = rest.readUInt8(1) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (rest.length < 2 + extra + 4) break;
    const length = extra === 2 ? rest.readUInt16BE(2) : extra === 8 ? Number(rest.readBigUInt64BE(2)) : short;
    const start = 2 + extra + 4;
    if (rest.length < start + length) break;
    const mask = rest.subarray(2 + extra, start);
    onFrame(
      opcode,
      Buffer.from(rest.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0))),
    );
    rest = rest.subarray(start + length);
  }
  return rest;
}
