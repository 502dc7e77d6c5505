import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { ChatReply } from '../../../src/chat/adapter.ts';
import type { Clock } from '../../../src/chat/pacer.ts';
import { createSlackAdapter, type SlackAdapter } from '../../../src/chat/slack/adapter.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack.ts';

export interface Harness {
  slack: FakeSlack;
  adapter: SlackAdapter;
  /** What reached `dispatch`, in order. */
  requests: ChatRequest[];
  /** What `dispatch` answers from now on. */
  answer(reply: ChatReply | ((request: ChatRequest) => Promise<ChatReply>)): void;
}

/** Whoever waits for a turn has had it. */
export function hurriedClock(): Clock {
  let now = 1_000_000;
  return {
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
}

/** The adapter behind a server of its own, against a fake Slack with Kim, Noor and a channel. Ends with the test. */
export async function startHarness(t: TestContext, { clock }: { clock?: Clock } = {}): Promise<Harness> {
  const slack = await startFakeSlack();
  slack.addUser({ id: 'U0KIM', name: 'kim', realName: 'Kim Sample', email: 'kim@example.test' });
  slack.addUser({ id: 'U0NOOR', name: 'noor' });
  slack.addChannel({ id: 'C0GENERAL', name: 'general', members: ['U0KIM', 'U0NOOR', 'U0PURSER'] });
  const adapter = createSlackAdapter({ config: slack.config, logger: pino({ level: 'silent' }), clock });
  const requests: ChatRequest[] = [];
  let reply: (request: ChatRequest) => Promise<ChatReply> = async () => undefined;
  const server = createServer((request, response) => adapter.requestListener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  slack.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  await adapter.start(async (request) => {
    requests.push(request);
    return reply(request);
  });
  t.after(async () => {
    await adapter.stop();
    server.closeAllConnections();
    server.close();
    await slack.close();
  });
  return {
    slack,
    adapter,
    requests,
    answer(next) {
      reply = typeof next === 'function' ? next : async () => next;
    },
  };
}
