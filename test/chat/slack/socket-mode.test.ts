import assert from 'node:assert/strict';
import test from 'node:test';
import { pino } from 'pino';
import { createSlackAdapter } from '../../../src/chat/slack/adapter.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import { startFakeSlack } from '../../support/fake-slack.ts';

test('Socket Mode carries the same requests, asks the Web API that is configured, and drains', async (t) => {
  const slack = await startFakeSlack();
  t.after(() => slack.close());
  slack.addUser({ id: 'U0KIM', name: 'kim' });
  slack.addChannel({ id: 'C0GENERAL', name: 'general', members: ['U0KIM', 'U0PURSER'] });
  const adapter = createSlackAdapter({ config: slack.socketConfig, logger: pino({ level: 'silent' }) });
  const requests: ChatRequest[] = [];
  await adapter.start(async (request) => {
    requests.push(request);
    return { kind: 'notice', tone: 'info', text: 'Hello there' };
  });
  const payload = slack.commandPayload('U0KIM', 'C0GENERAL', 'list');

  const acknowledged = await slack.socket.send('slash_commands', payload);
  await slack.socket.send('slash_commands', payload);
  await adapter.stop();

  assert.partialDeepStrictEqual(acknowledged, { response_type: 'ephemeral', text: 'ℹ️ Hello there' });
  assert.partialDeepStrictEqual(requests[0], {
    kind: 'command',
    text: 'list',
    actor: { standing: 'member' },
  });
  assert.equal(requests.length, 2);
  assert.equal(requests[0]?.dedupeKey, requests[1]?.dedupeKey);
});
