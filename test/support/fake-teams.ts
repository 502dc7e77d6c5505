import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnsecuredJWT } from 'jose';
import type { TeamsConfig } from '../../src/config.ts';
import { createFaults, type Fault } from './fake-faults.ts';
import { cut, json, readText, until } from './fake-server.ts';
import { type ActInTeams, createActInTeams } from './fake-teams-act.ts';
import {
  type ConnectorAnswer,
  type ConnectorOperation,
  type ConnectorRequest,
  connectorRequest,
  createConnector,
  refusal,
} from './fake-teams-connector.ts';
import {
  createGraphOfTeams,
  type GraphOperation,
  type GraphRequest,
  graphRequest,
} from './fake-teams-graph.ts';
import { createFakeTokens, type FakeTokens } from './fake-teams-tokens.ts';
import {
  createWorld,
  type Dialog,
  type FakeWorld,
  personalChatOf,
  type TeamsChannel,
  type TeamsMessage,
  type TeamsTeam,
  type TeamsUser,
} from './fake-teams-world.ts';

export type { DeliveredActivity } from './fake-teams-act.ts';
export {
  buttonsOf,
  inputsOf,
  mriOf,
  personalChatOf,
  readable,
  seenCard,
  type TeamsMessage,
} from './fake-teams-world.ts';

const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';

export interface ConnectorCall extends ConnectorRequest {
  status: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * A strict Microsoft Teams over loopback HTTP: its keys, its tokens, its connector, and the people in it.
 *
 *     const teams = await startFakeTeams();
 *     teams.addUser({ aadObjectId: KIM, name: 'Kim Sample' });
 *     teams.connect('http://127.0.0.1:3000/api/messages');      // where the bot listens
 *     await teams.command(KIM, 'me', 'create dev');             // `env create dev` in the personal chat
 *     await teams.click(NOOR, card, 'Approve');
 *     assert.deepEqual(teams.problems, []);                     // nothing the real Teams would refuse
 */
export interface FakeTeams extends ActInTeams {
  readonly config: TeamsConfig & { app: { id: string; password: string }; apiUrl: string };
  /** The same, for a process of its own. */
  readonly env: Record<string, string>;
  readonly world: FakeWorld;
  readonly tokens: FakeTokens;
  readonly problems: string[];
  /** Every connector call, in order, failed ones included. */
  readonly calls: ConnectorCall[];
  /** How often the keys were asked for. */
  keyFetches(): number;
  callsOf(operation: ConnectorOperation): ConnectorCall[];
  addUser(user: TeamsUser): void;
  addChannel(channel: TeamsChannel): void;
  /** A team by its Entra group, for Graph; by default the app may open channels in it. */
  addTeam(group: string, team: Partial<TeamsTeam>): TeamsTeam;
  /** What Graph was asked for, in order. */
  readonly graphCalls: GraphOperation[];
  /** The same, with what was sent. */
  readonly graphRequests: (GraphRequest & { at: number })[];
  failGraph(operation: GraphOperation, fault: Fault, times?: number): void;
  /** The messages of a conversation and its threads, oldest first. */
  messagesIn(conversation: string): TeamsMessage[];
  directMessages(user: string): TeamsMessage[];
  dialogOf(user: string): Dialog | undefined;
  /** What one person alone was told beside cards, oldest first. */
  spokenTo(user: string): string[];
  deleteMessage(message: TeamsMessage): void;
  /** The next `times` calls of an operation, in one conversation or in any, go wrong. */
  fail(operation: ConnectorOperation, fault: Fault, times?: number, conversation?: string): void;
  goDown(): void;
  comeUp(): void;
  connect(url: string): void;
  /** As the Playground, which asks no bot for a token. */
  takeAnyToken(): void;
  until<Value>(look: () => Value | undefined | false, timeoutMs?: number): Promise<Value>;
  close(): Promise<void>;
}

export async function startFakeTeams(tenantId: string = randomUUID()): Promise<FakeTeams> {
  const world = createWorld(tenantId);
  const app = { id: randomUUID(), password: randomBytes(24).toString('hex') };
  const bearer = randomBytes(24).toString('hex');
  const faults = createFaults();
  const connector = createConnector(world);
  const graph = createGraphOfTeams(world, () => base);
  const graphTokens = new Set<string>();
  const graphCalls: GraphOperation[] = [];
  const graphRequests: FakeTeams['graphRequests'] = [];
  const calls: ConnectorCall[] = [];
  const watchers = new Set<() => void>();
  let keyFetches = 0;
  let down = false;
  let anyToken = false;
  let appUrl = '';

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (down) return cut(request);
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const text = await readText(request);
    if (pathname === '/v1/.well-known/openidconfiguration') {
      return json(response, { issuer: 'https://api.botframework.com', jwks_uri: `${base}v1/keys` });
    }
    if (pathname === '/v1/keys') {
      keyFetches += 1;
      return json(response, tokens.keys);
    }
    if (pathname === '/oauth2/v2.0/token') return answerToken(new URLSearchParams(text), request, response);
    if (pathname.startsWith('/v1.0/')) await answerGraph(request, text, response);
    else await answerConnector(request, text, response);
    for (const watcher of watchers) watcher();
  }

  async function answerToken(
    form: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const forGraph = form.get('scope') === GRAPH_SCOPE;
    const known =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === app.id &&
      form.get('client_secret') === app.password;
    const access_token = forGraph ? graphToken() : bearer;
    const answer = known
      ? { status: 200, body: { token_type: 'Bearer', expires_in: 3_600, access_token } }
      : { status: 401, body: { error: 'invalid_client' } };
    if (forGraph) graphCalls.push('token');
    await answerWith(forGraph ? faults.take('graph token') : undefined, request, response, () => answer);
  }

  /** It says what the app may do at the time it is asked for. */
  function graphToken(): string {
    const claims = { aud: 'https://graph.microsoft.com', jti: randomUUID(), roles: world.permissions };
    const token = new UnsecuredJWT(claims).encode();
    graphTokens.add(`Bearer ${token}`);
    return token;
  }

  async function answerConnector(
    request: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    const wanted = connectorRequest(request, text === '' ? {} : JSON.parse(text));
    if (wanted === undefined) {
      world.problems.push(`${request.method} ${request.url} is nothing Teams has`);
      return json(response, {}, 404);
    }
    const call: ConnectorCall = { ...wanted, status: 0, at: Date.now() };
    calls.push(call);
    if (!anyToken && request.headers.authorization !== `Bearer ${bearer}`) {
      call.status = 401;
      return json(response, refusal(401, 'Unauthorized').body, 401);
    }
    const fault =
      faults.take(`${wanted.operation} ${wanted.conversation}`) ?? faults.take(`${wanted.operation} `);
    call.status = await answerWith(fault, request, response, () => connector(wanted));
  }

  async function answerGraph(
    request: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    const wanted = graphRequest(request, text === '' ? {} : JSON.parse(text));
    if (wanted === undefined) {
      world.problems.push(`${request.method} ${request.url} is nothing Graph has`);
      return json(response, {}, 404);
    }
    graphCalls.push(wanted.operation);
    graphRequests.push({ ...wanted, at: Date.now() });
    if (!graphTokens.has(`${request.headers.authorization}`))
      return json(response, refusal(401, 'InvalidAuthenticationToken').body, 401);
    await answerWith(faults.take(`graph ${wanted.operation}`), request, response, () => graph(wanted));
  }

  /** With what goes wrong; 0 where there was no answer. */
  async function answerWith(
    fault: Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    work: () => ConnectorAnswer,
  ): Promise<number> {
    if (fault?.kind === 'drop-before') {
      cut(request);
      return 0;
    }
    if (fault?.kind === 'rate-limited') response.setHeader('retry-after', `${fault.retryAfter}`);
    const failed =
      fault?.kind === 'http'
        ? refusal(fault.status, fault.code ?? 'Error')
        : fault?.kind === 'rate-limited'
          ? refusal(429, 'TooManyRequests')
          : undefined;
    const { status, body, headers = {} } = failed ?? work();
    if (fault?.kind === 'drop-after') {
      cut(request);
      return status;
    }
    if (fault?.kind === 'hang') await fault.until;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (body === undefined) response.writeHead(status).end();
    else json(response, body, status);
    return status;
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      world.problems.push(`fake teams: ${error}`);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const tokens = await createFakeTokens(app.id, () => base);
  const act = createActInTeams({
    world,
    tokens,
    appId: app.id,
    serviceUrl: () => base,
    appUrl: () => appUrl,
  });
  const inConversation = (conversation: string) => (message: TeamsMessage) =>
    message.conversation === conversation || message.conversation.startsWith(`${conversation};`);

  return {
    ...act,
    config: { app, tenantIds: [tenantId], apiUrl: base },
    env: {
      TEAMS_APP_ID: app.id,
      TEAMS_APP_PASSWORD: app.password,
      TEAMS_TENANT_IDS: tenantId,
      TEAMS_API_URL: base,
    },
    world,
    tokens,
    problems: world.problems,
    calls,
    keyFetches: () => keyFetches,
    callsOf: (operation) => calls.filter((call) => call.operation === operation),
    addUser: (user) => void world.users.set(user.aadObjectId, { ...user }),
    addChannel: (channel) => void world.channels.set(channel.id, channel),
    addTeam(group, given) {
      const team = { consent: true, members: [], channels: [], deletedNames: [], ...given };
      world.teams.set(group, team);
      return team;
    },
    graphCalls,
    graphRequests,
    failGraph: (operation, fault, times) => faults.inject(`graph ${operation}`, fault, times),
    messagesIn: (conversation) => world.messages.filter(inConversation(conversation)),
    directMessages: (user) => world.messages.filter(inConversation(personalChatOf(user))),
    dialogOf: (user) => world.dialogs.get(user),
    spokenTo: (user) => world.spoken.filter((word) => word.user === user).map(({ text }) => text),
    deleteMessage({ id }) {
      const at = world.messages.findIndex((message) => message.id === id);
      if (at >= 0) world.messages.splice(at, 1);
    },
    fail: (operation, fault, times, conversation = '') =>
      faults.inject(`${operation} ${conversation}`, fault, times),
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
    takeAnyToken() {
      anyToken = true;
    },
    until: (look, timeoutMs = 20_000) => until(watchers, look, timeoutMs),
    async close() {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}
