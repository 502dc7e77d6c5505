import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { ChatReply } from '../../../src/chat/adapter.ts';
import { type Clock, systemClock } from '../../../src/chat/pacer.ts';
import { createTeamsAdapter, type TeamsAdapter } from '../../../src/chat/teams/adapter.ts';
import type { TeamsConfig } from '../../../src/config.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { ReferenceStore } from '../../../src/domain/ports.ts';
import { accountKey } from '../../../src/domain/refs.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import type { MessageView } from '../../../src/domain/views.ts';
import { type FakeTeams, startFakeTeams, type TeamsMessage } from '../../support/fake-teams.ts';

export const KIM = '00000000-0000-0000-0000-00000000a001';
export const NOOR = '00000000-0000-0000-0000-00000000a002';
export const SHOP = '19:shop@thread.tacv2';

export interface Harness {
  teams: FakeTeams;
  adapter: TeamsAdapter;
  references: ReferenceStore;
  /** What reached `dispatch`, in order. */
  requests: ChatRequest[];
  /** What `dispatch` answers from now on. */
  answer(reply: ChatReply | ((request: ChatRequest) => Promise<ChatReply>)): void;
}

/** The adapter behind a server of its own, against a fake Teams with Kim, Noor and a channel. Ends with the test. */
export async function startHarness(
  t: TestContext,
  change: (config: TeamsConfig) => TeamsConfig = (config) => config,
  clock: Clock = systemClock,
): Promise<Harness> {
  const teams = await startFakeTeams();
  teams.addUser({ aadObjectId: KIM, name: 'Kim Sample', email: 'kim@example.test' });
  teams.addUser({ aadObjectId: NOOR, name: 'Noor Sample', email: 'noor@example.test' });
  teams.addChannel({ id: SHOP, name: 'Shop', members: [KIM, NOOR] });
  const references = createTestReferences();
  const adapter = createTeamsAdapter({
    config: change(teams.config),
    references,
    logger: pino({ level: 'silent' }),
    clock,
  });
  const requests: ChatRequest[] = [];
  let reply: (request: ChatRequest) => Promise<ChatReply> = async () => undefined;
  const server = createServer((request, response) => adapter.requestListener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  teams.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`);
  await adapter.start(async (request) => {
    requests.push(request);
    return reply(request);
  });
  t.after(async () => {
    await adapter.stop();
    server.closeAllConnections();
    server.close();
    await teams.close();
  });
  return {
    teams,
    adapter,
    references,
    requests,
    answer(next) {
      reply = typeof next === 'function' ? next : async () => next;
    },
  };
}

/** Time goes on only where somebody waits for it. */
export function createTestClock(): Clock {
  let now = Date.now();
  return {
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
}

export function createTestReferences(): ReferenceStore {
  const known = new Map<string, JsonObject>();
  return {
    remember: async (account, reference) => void known.set(accountKey(account), reference),
    async recall(accounts) {
      const keys = new Set(accounts.map(accountKey));
      return new Map([...known].filter(([key]) => keys.has(key)));
    },
    forget: async (account) => void known.delete(accountKey(account)),
  };
}

/** A message in the channel, as a workflow posts it. */
export async function postInShop({ adapter, teams }: Harness, view: MessageView): Promise<TeamsMessage> {
  const place = { tenantId: teams.world.tenantId, serviceUrl: teams.config.apiUrl };
  await adapter.post({ platform: 'teams', conversationId: SHOP, ...place }, view, 'key-1');
  const message = teams.messagesIn(SHOP).at(-1);
  assert.ok(message);
  return message;
}
