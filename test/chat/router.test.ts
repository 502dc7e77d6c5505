import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChatAdapter } from '../../src/chat/adapter.ts';
import { createChatRouter } from '../../src/chat/router.ts';
import type { AccountRef, ConversationRef } from '../../src/domain/refs.ts';

const kim: AccountRef = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIM' };
const kimInTeams: AccountRef = { platform: 'teams', tenantId: 'tenant', aadObjectId: 'object' };
const direct: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0KIM' };
const slack = { platform: 'slack', openDirect: async () => direct } as unknown as ChatAdapter;

test('each thing goes to the platform its ref belongs to', async () => {
  const router = createChatRouter([slack]);

  assert.deepEqual(await router.openDirect(kim), direct);
  assert.deepEqual(router.reachable([kimInTeams, kim]), [kim]);
});

test('a platform that is not connected is a final refusal', async () => {
  const router = createChatRouter([slack]);

  await assert.rejects(router.openDirect(kimInTeams), { name: 'ChatError', reason: 'forbidden' });
});
