import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChatReply } from '../../../src/chat/adapter.ts';
import type { ConversationRef } from '../../../src/domain/refs.ts';
import type { ChatRequest } from '../../../src/domain/requests.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { buttonsOf, readable } from '../../support/fake-teams.ts';
import { sampleViews } from '../sample-views.ts';
import { type Harness, NOOR, SHOP, startHarness } from './harness.ts';

/** A card that was posted twice, because Teams' answer to the first was lost: nothing keeps it up to date. */

const LATE: NoticeView = { kind: 'notice', tone: 'info', text: 'Already approved by Noor.' };

/** What dispatch says once the request is decided, to whoever presses and to whoever looks. */
async function decided(request: ChatRequest): Promise<ChatReply> {
  const looks = request.kind === 'action' && request.actionId === 'environment.approval';
  return looks ? sampleViews['approval-decided'] : LATE;
}

async function orphanIn(place: ConversationRef, { adapter, teams }: Harness) {
  await adapter.post(place, sampleViews['approval-open'], 'key-1');
  const orphan = teams.world.messages.at(-1);
  assert.ok(orphan);
  return orphan;
}

function directOf(person: string, { adapter, teams }: Harness): Promise<ConversationRef> {
  return adapter.openDirect({ platform: 'teams', tenantId: teams.world.tenantId, aadObjectId: person });
}

for (const button of ['Approve', 'Deny…']) {
  test(`“${button}” on a card that is left behind shows on it what was decided`, async (t) => {
    const harness = await startHarness(t);
    const { teams, answer } = harness;
    const orphan = await orphanIn(await directOf(NOOR, harness), harness);
    answer(decided);

    await teams.click(NOOR, orphan, button);

    await teams.until(() => readable(orphan.card).includes('Approved by Noor Sample'));
    assert.deepEqual(buttonsOf(orphan.card), []);
    assert.match(teams.spokenTo(NOOR).join() + readable(teams.dialogOf(NOOR)?.card), /Already approved/);
    assert.deepEqual(teams.problems, []);
  });
}

test('to look at it is enough, in a channel', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer } = harness;
  await teams.say(NOOR, 'me', 'hello');
  const noor = { ...sampleViews['approval-open'].requester, id: 'noor', name: 'Noor Sample' };
  const account = { platform: 'teams' as const, tenantId: teams.world.tenantId, aadObjectId: NOOR };
  const view = {
    ...sampleViews['approval-open'],
    audience: {
      people: [{ ...noor, accounts: [account] }],
      show: { actionId: 'environment.approval' as const, payload: { name: 'pr-42', requestId: 'request-1' } },
    },
  };
  await harness.adapter.post(
    { ...account, conversationId: SHOP, serviceUrl: teams.config.apiUrl } as ConversationRef,
    view,
    'key-1',
  );
  const [orphan] = teams.messagesIn(SHOP);
  assert.ok(orphan);
  answer(decided);

  await teams.refresh(NOOR, orphan);

  await teams.until(() => readable(orphan.card).includes('Approved by Noor Sample'));
  assert.equal(orphan.card.refresh, undefined);
});

test('while it is open nothing is changed: a copy that is kept up to date could be ahead', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer, adapter } = harness;
  const orphan = await orphanIn(await directOf(NOOR, harness), harness);
  answer(async (request) =>
    request.kind === 'action' && request.actionId === 'environment.approval'
      ? sampleViews['approval-open']
      : LATE,
  );

  await teams.click(NOOR, orphan, 'Approve');
  await adapter.stop();

  assert.equal(teams.callsOf('update').length, 0);
});

test('whoever may not see the card changes nothing by pressing', async (t) => {
  const harness = await startHarness(t);
  const { teams, answer, adapter } = harness;
  const orphan = await orphanIn(await directOf(NOOR, harness), harness);
  answer({ kind: 'notice', tone: 'error', text: 'You may not see that.' });

  await teams.click(NOOR, orphan, 'Approve');
  await adapter.stop();

  assert.equal(teams.callsOf('update').length, 0);
});
