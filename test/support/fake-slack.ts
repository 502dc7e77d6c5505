import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SlackConfig } from '../../src/config.ts';
import { createFaults, type Fault } from './fake-faults.ts';
import { cut, json, readBytes, until } from './fake-server.ts';
import { type ActAs, createActAs } from './fake-slack-act.ts';
import { messageProblems } from './fake-slack-block-kit.ts';
import { takeUpload } from './fake-slack-files.ts';
import { createMethods, type Params, withIds } from './fake-slack-methods.ts';
import { createFakeSocket, type FakeSocket } from './fake-slack-socket.ts';
import { createTalk, type Talk } from './fake-slack-talk.ts';
import {
  createWorkspace,
  type FakeBlock,
  type FakeChannel,
  type FakeMessage,
  type FakeUser,
  type FakeView,
  type FakeWorkspace,
  type PrivateMessage,
} from './fake-slack-workspace.ts';

export type { Fault } from './fake-faults.ts';
export type { Delivered, RawRequest, RawResponse } from './fake-slack-deliveries.ts';
export { sendRaw, signedRequest } from './fake-slack-deliveries.ts';
export type {
  FakeBlock,
  FakeChannel,
  FakeFile,
  FakeMessage,
  FakeUser,
  FakeView,
  PrivateMessage,
} from './fake-slack-workspace.ts';
export { buttonsOf, readable } from './fake-slack-workspace.ts';

export interface Call {
  method: string;
  params: Params;
  /** Slack's own error code, the fault that was injected, or `ok`. */
  outcome: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * A strict Slack over loopback HTTP, for end-to-end tests.
 *
 *     const slack = await startFakeSlack();
 *     slack.addUser({ id: 'U0KIM', name: 'kim' });
 *     slack.addChannel({ id: 'C0GENERAL', name: 'general', members: ['U0KIM', 'U0PURSER'] });
 *     const bot = startSomething({ slack: slack.config });          // the app under test
 *     slack.connect('http://127.0.0.1:3000/slack/events');          // where the app listens
 *
 *     await slack.command('U0KIM', 'C0GENERAL', 'create dev');      // `/env create dev`
 *     await slack.submitView('U0KIM', { name: 'pr-42' });           // in the form that opened
 *     const card = await slack.until(() => slack.messagesIn('C0GENERAL')[0]);
 *     await slack.click('U0LEE', card, 'environment.approve');
 *     assert.deepEqual(slack.problems, []);                         // nothing the real Slack would refuse
 *     await slack.close();
 */
export interface FakeSlack extends ActAs, Talk {
  /** What the app is configured with. Its tokens and its secret belong to nobody. */
  readonly config: SlackConfig & { inbound: { kind: 'http'; signingSecret: string } };
  /** The same app in Socket Mode. */
  readonly socketConfig: SlackConfig;
  /** Slack's side of Socket Mode. */
  readonly socket: FakeSocket;
  readonly workspace: FakeWorkspace;
  readonly problems: string[];
  /** Every Web API call, in order, failed ones included. */
  readonly calls: Call[];
  callsOf(method: string): Call[];
  /** What came beside them: to upload addresses and to response URLs. */
  readonly received: { path: string; body: string; at: number }[];
  addUser(user: FakeUser): void;
  addChannel(channel: FakeChannel): void;
  /** The messages a channel shows now, oldest first. */
  messagesIn(channel: string): FakeMessage[];
  /** The direct messages of the app to a person. */
  directMessages(user: string): FakeMessage[];
  /** What one person alone was answered, oldest first. */
  privateTo(user: string): PrivateMessage[];
  modalOf(user: string): FakeView | undefined;
  homeOf(user: string): FakeView['view'] | undefined;
  /** Somebody deletes a message. */
  deleteMessage(message: { channel: string; ts: string }): void;
  /** All trigger ids given out so far count as older than 3 s. */
  expireTriggers(): void;
  /** The next `times` calls of `method` (`*`: any; `upload`: putting a file where Slack said) go wrong. */
  fail(method: string, fault: Fault, times?: number): void;
  /** Cuts every connection until `comeUp`. */
  goDown(): void;
  comeUp(): void;
  /** Where the app listens: its `/slack/events`. */
  connect(url: string): void;
  /** The first truthy value of `look`, tried after every call and every 50 ms. Rejects after `timeoutMs` (20 s). */
  until<Value>(look: () => Value | undefined | false, timeoutMs?: number): Promise<Value>;
  close(): Promise<void>;
}

const BOT_TOKEN = 'xoxb-fake-slack';
const APP_TOKEN = 'xapp-fake-slack';
const SIGNING_SECRET = 'fake-slack-signing-secret';

export async function startFakeSlack(): Promise<FakeSlack> {
  const workspace = createWorkspace();
  const methods = createMethods(workspace, () => base);
  const faults = createFaults();
  const calls: Call[] = [];
  const received: FakeSlack['received'] = [];
  const watchers = new Set<() => void>();
  let down = false;
  let appUrl = '';

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (down) return cut(request);
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const bytes = await readBytes(request);
    if (!path.startsWith('/api/')) received.push({ path, body: bytes.toString(), at: Date.now() });
    if (path.startsWith('/upload/'))
      return answerUpload(path.slice('/upload/'.length), request, bytes, response);
    const text = bytes.toString();
    if (path.startsWith('/response/'))
      return answerResponseUrl(path.slice('/response/'.length), text, response);
    const method = path.replace(/^\/api\//, '');
    await answerMethod(method, request, text, response);
    for (const watcher of watchers) watcher();
  }

  async function answerMethod(
    method: string,
    request: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    const params = parseParams(text, request.headers['content-type']);
    const call: Call = { method, params, outcome: 'ok', at: Date.now() };
    calls.push(call);
    const fault = faults.take(method);
    if (fault !== undefined) call.outcome = fault.kind;
    if (fault?.kind === 'drop-before') return cut(request);
    if (fault?.kind === 'http') return void response.writeHead(fault.status).end();
    if (fault?.kind === 'error') return json(response, { ok: false, error: fault.error });
    if (fault?.kind === 'rate-limited') {
      response.setHeader('retry-after', `${fault.retryAfter}`);
      return json(response, { ok: false, error: 'ratelimited' }, 429);
    }
    const answer = run(method, request, params);
    if (tokenOf(request, params) === BOT_TOKEN)
      response.setHeader('x-oauth-scopes', workspace.scopes.join(','));
    if (!answer.ok) call.outcome = `${answer.error}`;
    if (fault?.kind === 'drop-after') return cut(request);
    if (fault?.kind === 'hang') await fault.until;
    json(response, answer);
  }

  function run(method: string, request: IncomingMessage, params: Params) {
    const token = tokenOf(request, params);
    if (method === 'apps.connections.open' && token === APP_TOKEN) {
      return { ok: true, url: `${base.replace('http', 'ws')}/link` } as const;
    }
    if (token !== BOT_TOKEN)
      return { ok: false, error: token === undefined ? 'not_authed' : 'invalid_auth' } as const;
    const handler = workspace.unknownMethods.has(method) ? undefined : methods[method];
    return handler === undefined ? ({ ok: false, error: 'unknown_method' } as const) : handler(params);
  }

  async function answerUpload(
    id: string,
    request: IncomingMessage,
    bytes: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const fault = faults.take('upload');
    if (fault?.kind === 'drop-before') return cut(request);
    if (fault?.kind === 'http') return void response.writeHead(fault.status).end();
    const taken = await takeUpload(workspace, id, bytes, request.headers['content-type']);
    if (fault?.kind === 'drop-after') return cut(request);
    response.writeHead(taken ? 200 : 404).end(`OK - ${bytes.length}`);
  }

  /** Five uses in thirty minutes. */
  function answerResponseUrl(id: string, text: string, response: ServerResponse): void {
    const target = workspace.responseUrls.get(id);
    if (target === undefined || target.left === 0) return void response.writeHead(404).end('expired_url');
    target.left -= 1;
    const body = JSON.parse(text) as { text?: string; blocks?: FakeBlock[]; replace_original?: boolean };
    const problems = messageProblems(body);
    workspace.problems.push(...problems.map((problem) => `response_url: ${problem}`));
    if (problems.length > 0) return void response.writeHead(400).end('invalid_blocks');
    const content = { text: body.text ?? '', blocks: withIds(body.blocks ?? []) };
    if (body.replace_original === true && target.original !== undefined)
      Object.assign(target.original, content);
    else
      workspace.privates.push({
        user: target.user,
        channel: target.channel,
        ts: workspace.nextTs(),
        ...content,
      });
    response.writeHead(200).end('ok');
    for (const watcher of watchers) watcher();
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      workspace.problems.push(`fake slack: ${error}`);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const socket = createFakeSocket(server, workspace.nextId);
  const act = createActAs({ workspace, signingSecret: SIGNING_SECRET, base, appUrl: () => appUrl });

  return {
    ...act,
    ...createTalk(workspace, act.deliver),
    config: {
      botToken: BOT_TOKEN,
      apiUrl: `${base}/api/`,
      inbound: { kind: 'http', signingSecret: SIGNING_SECRET },
    },
    socketConfig: {
      botToken: BOT_TOKEN,
      apiUrl: `${base}/api/`,
      inbound: { kind: 'socket', appToken: APP_TOKEN },
    },
    socket,
    workspace,
    problems: workspace.problems,
    calls,
    received,
    callsOf: (method) => calls.filter((call) => call.method === method),
    addUser: (user) => void workspace.users.set(user.id, user),
    addChannel: (channel) => void workspace.channels.set(channel.id, channel),
    messagesIn: (channel) => workspace.messages.filter((message) => message.channel === channel),
    directMessages: (user) => workspace.messages.filter((message) => message.channel === `D0${user}`),
    privateTo: (user) => workspace.privates.filter((message) => message.user === user),
    modalOf: (user) => workspace.modals.get(user),
    homeOf: (user) => workspace.homes.get(user),
    deleteMessage({ channel, ts }) {
      const at = workspace.messages.findIndex((message) => message.channel === channel && message.ts === ts);
      if (at >= 0) workspace.messages.splice(at, 1);
    },
    expireTriggers() {
      for (const trigger of workspace.triggers.values()) trigger.expiresAt = 0;
    },
    fail: (method, fault, times) => faults.inject(method, fault, times),
    goDown() {
      down = true;
      server.closeAllConnections();
    },
    comeUp() {
      down = false;
    },
    connect(url) {
      appUrl = url;
    },
    until: (look, timeoutMs = 20_000) => until(watchers, look, timeoutMs),
    async close() {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}

function tokenOf(request: IncomingMessage, params: Params): unknown {
  return request.headers.authorization?.replace(/^Bearer /, '') ?? params.token;
}

/** Slack takes forms, in which anything with structure is JSON, and JSON. */
function parseParams(text: string, contentType: string | undefined): Params {
  if (contentType?.startsWith('application/json')) return text === '' ? {} : (JSON.parse(text) as Params);
  return Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => [
      name,
      /^[[{]/.test(value) ? parsed(value) : value,
    ]),
  );
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
