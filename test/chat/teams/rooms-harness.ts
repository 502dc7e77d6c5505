import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ChatError, type RoomSpec } from '../../../src/chat/adapter.ts';
import type { AccountRef, ConversationRef, MessageRef } from '../../../src/domain/refs.ts';
import { type Harness, KIM, NOOR, SHOP, startHarness } from './harness.ts';

/** A team that Graph knows, with Kim and Noor in it, and what a room there is made from. */

export const GROUP = '00000000-0000-0000-0000-0000000000aa';
export const MARKER = 'purser:incident:142:request-1';
export const LEE = '00000000-0000-0000-0000-00000000a003';

export const SPEC: RoomSpec = {
  name: 'inc-142-checkout-is-down',
  topic: 'SEV1 · declared',
  purpose: 'Work on incident #142.',
  private: false,
  marker: MARKER,
  group: GROUP,
};

export async function startTeam(t: TestContext, team: { consent?: boolean; deletedNames?: string[] } = {}) {
  const harness = await startHarness(t);
  const { teams, adapter } = harness;
  const { channels } = teams.addTeam(GROUP, { members: [KIM, NOOR], ...team });
  return { ...harness, channels, rooms: adapter.rooms };
}

export function account(harness: Pick<Harness, 'teams'>, aadObjectId: string): AccountRef {
  return { platform: 'teams', tenantId: harness.teams.world.tenantId, aadObjectId };
}

export function announcement({ teams }: Pick<Harness, 'teams'>): MessageRef {
  const { tenantId } = teams.world;
  return {
    platform: 'teams',
    tenantId,
    conversationId: SHOP,
    serviceUrl: teams.config.apiUrl,
    activityId: '1700000000007',
  };
}

export async function refusal(work: Promise<unknown>): Promise<ChatError> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof ChatError, `${error}`);
  return error;
}

export function threadOf({ teams }: Pick<Harness, 'teams'>): ConversationRef {
  const { tenantId } = teams.world;
  const conversationId = `${SHOP};messageid=1`;
  return { platform: 'teams', tenantId, conversationId, serviceUrl: teams.config.apiUrl };
}
