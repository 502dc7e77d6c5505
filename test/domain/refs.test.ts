import assert from 'node:assert/strict';
import test from 'node:test';
import {
  accountKey,
  accountRefSchema,
  type ConversationRef,
  conversationKey,
} from '../../src/domain/refs.ts';

test('a Teams account is the same however its ids are written', () => {
  const written = (id: string) =>
    accountRefSchema.parse({ platform: 'teams', tenantId: id, aadObjectId: id });

  assert.equal(accountKey(written('0A1B')), accountKey(written('0a1b')));
});

test('a Slack account is not: its ids are capital letters', () => {
  const account = accountRefSchema.parse({ platform: 'slack', teamId: 'T0', userId: 'U0KIM' });

  assert.equal(accountKey(account), 'slack:T0:U0KIM');
});

test('a thread is the same place as its channel, on both platforms', () => {
  const inSlack = (threadTs?: string): ConversationRef => ({
    platform: 'slack',
    teamId: 'T0',
    channelId: 'C0',
    threadTs,
  });
  const inTeams = (conversationId: string): ConversationRef => ({
    platform: 'teams',
    tenantId: 'tenant',
    conversationId,
    serviceUrl: 'https://teams.test/',
  });

  assert.equal(conversationKey(inSlack('1.2')), conversationKey(inSlack()));
  assert.equal(conversationKey(inTeams('19:a;messageid=1')), conversationKey(inTeams('19:a')));
  assert.notEqual(conversationKey(inTeams('19:b')), conversationKey(inTeams('19:a')));
});
