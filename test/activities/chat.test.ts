import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import type { EnvironmentState } from '../../src/domain/environments.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { sampleState } from '../support/environment-samples.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const waiting = (changes: Partial<EnvironmentState> = {}) =>
  sampleState({ phase: 'awaiting-approval', readyAt: undefined, revision: 2, ...changes });
const denied = () => {
  const decision = {
    outcome: 'denied' as const,
    by: ['noor'],
    at: '2026-04-01T10:00:00.000Z',
    reason: 'too big',
  };
  return sampleState({
    phase: 'gone',
    end: 'denied',
    revision: 4,
    approval: { ...sampleState().approval, decision },
  });
};

test('an approval is asked for in the channel, directly and where approvals are posted', async () => {
  const scene = await stage.scene();

  const answer = await announce(scene, waiting());

  assert.deepEqual(answer, { undelivered: [] });
  assert.deepEqual(shape(scene), ['C0APPROVAL approval', 'C0SHOP environment', 'DU0NOOR approval']);
});

test('saying the same again says nothing', async () => {
  const scene = await stage.scene();
  await announce(scene, waiting());
  const calls = scene.chat.calls.filter(({ method }) => method !== 'openDirect').length;

  await announce(scene, waiting());
  await announce(scene, waiting({ revision: 3 }));

  assert.equal(scene.chat.calls.filter(({ method }) => method !== 'openDirect').length, calls);
});

test('every copy of a denied request loses its buttons, and the requester is told once', async () => {
  const scene = await stage.scene();
  await announce(scene, waiting());

  await announce(scene, denied());
  await announce(scene, denied());

  assert.deepEqual(shape(scene), [
    'C0APPROVAL approval',
    'C0SHOP environment',
    'DU0KIM notice',
    'DU0NOOR approval',
  ]);
  for (const message of scene.chat.messages.filter(({ channel }) => channel !== 'DU0KIM')) {
    assert.deepEqual(
      last(message).kind === 'notice' || (last(message) as { actions?: unknown[] }).actions,
      [],
    );
  }
  const [note] = scene.chat.in('DU0KIM');
  const view = note && last(note);
  assert.ok(view?.kind === 'notice');
  assert.match(view.text, /denied by Noor Sample/);
  assert.match(view.details?.join() ?? '', /too big/);
});

test('half a character in a reason does not keep the cards from being closed', async () => {
  const scene = await stage.scene();
  await announce(scene, waiting());
  const state = denied();
  const decision = state.approval.decision && { ...state.approval.decision, reason: 'too big \ud83d' };

  await announce(scene, { ...state, approval: { ...state.approval, decision } });

  assert.deepEqual(shape(scene), [
    'C0APPROVAL approval',
    'C0SHOP environment',
    'DU0KIM notice',
    'DU0NOOR approval',
  ]);
});

test('nobody is asked to approve what has been decided already', async () => {
  const scene = await stage.scene();

  await announce(scene, denied());

  assert.deepEqual(shape(scene), ['C0SHOP environment', 'DU0KIM notice']);
});

test('an older state never overwrites a newer one', async () => {
  const scene = await stage.scene();
  await announce(scene, sampleState({ revision: 7 }));

  await announce(scene, sampleState({ phase: 'provisioning', revision: 6 }));

  const [card] = scene.chat.in('C0SHOP');
  const view = card && last(card);
  assert.equal(view?.kind === 'environment' && view.phase, 'ready');
});

test('a lost answer is looked for before anything is posted again', async () => {
  const scene = await stage.scene();
  scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(announce(scene, sampleState()), { reason: 'unavailable' });
  await announce(scene, sampleState({ revision: 8, leftovers: ['PersistentVolume data'] }));

  assert.equal(scene.chat.in('C0SHOP').length, 1);
  assert.equal(scene.chat.in('C0SHOP')[0]?.shown.length, 2);
});

test('what never got through is posted again', async () => {
  const scene = await stage.scene();
  scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'unavailable', times: 1 });

  await assert.rejects(announce(scene, sampleState()), { reason: 'unavailable' });
  await announce(scene, sampleState());

  assert.equal(scene.chat.in('C0SHOP').length, 1);
});

test('an edit whose answer was lost is made again, on the same message', async () => {
  const scene = await stage.scene();
  await announce(scene, sampleState({ phase: 'provisioning', revision: 5 }));
  scene.chat.fail({ method: 'update', channel: 'C0SHOP', reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(announce(scene, sampleState()), { reason: 'unavailable' });
  await announce(scene, sampleState());

  assert.equal(scene.chat.in('C0SHOP').length, 1);
});

test('a 429 waits as long as it asks, and everybody else is told meanwhile', async () => {
  const scene = await stage.scene();
  scene.chat.fail({
    method: 'post',
    channel: 'DU0NOOR',
    reason: 'rate-limited',
    retryAfterMs: 30_000,
    times: 1,
  });
  scene.chat.fail({
    method: 'post',
    channel: 'C0APPROVAL',
    reason: 'rate-limited',
    retryAfterMs: 5_000,
    times: 1,
  });

  await assert.rejects(announce(scene, waiting()), (error) => {
    assert.ok(error instanceof ApplicationFailure);
    assert.equal(error.type, 'ChatRateLimited');
    assert.equal(error.nextRetryDelay, 30_000);
    return true;
  });
  assert.deepEqual(shape(scene), ['C0SHOP environment']);
  await announce(scene, waiting());

  assert.deepEqual(shape(scene), ['C0APPROVAL approval', 'C0SHOP environment', 'DU0NOOR approval']);
});

test('who cannot be reached is reported, not retried', async () => {
  const scene = await stage.scene();
  scene.chat.fail({ method: 'openDirect', channel: 'DU0NOOR', reason: 'forbidden' });
  const state = waiting();
  const approval = { ...state.approval, approvers: ['noor', 'sam'] };

  const { undelivered } = await announce(scene, { ...state, approval });

  assert.deepEqual(
    undelivered.map(({ person }) => person),
    ['noor', 'sam'],
  );
  assert.deepEqual(shape(scene), ['C0APPROVAL approval', 'C0SHOP environment']);
});

test('where the app may not speak, the card comes directly, says why, and is edited there', async () => {
  const scene = await stage.scene();
  scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'not-found' });

  await announce(scene, sampleState({ phase: 'provisioning', revision: 5 }));
  await announce(scene, sampleState());

  assert.deepEqual(shape(scene), ['DU0KIM environment', 'DU0KIM notice', 'DU0KIM notice']);
  const [card, why] = scene.chat.in('DU0KIM');
  assert.equal(card?.shown.length, 2);
  const view = why && last(why);
  assert.match(view?.kind === 'notice' ? view.text : '', /may not write where you asked/);
});

test('a card that was deleted is posted anew, once', async () => {
  const scene = await stage.scene();
  await announce(scene, sampleState({ phase: 'provisioning', revision: 5 }));
  const [card] = scene.chat.in('C0SHOP');
  assert.ok(card);
  scene.chat.remove(card);

  await announce(scene, sampleState());
  await announce(scene, sampleState());

  assert.equal(scene.chat.in('C0SHOP').length, 1);
});

test('attempts that overlap post once', async () => {
  const scene = await stage.scene();
  const held = scene.chat.hold('C0SHOP');

  const first = announce(scene, sampleState());
  await held.reached;
  const others = [
    announce(scene, sampleState()),
    announce(scene, sampleState({ revision: 8, leftovers: ['x'] })),
  ];
  held.letGo();
  await Promise.all([first, ...others]);

  assert.deepEqual(shape(scene), ['C0SHOP environment', 'DU0KIM notice']);
  const [card] = scene.chat.in('C0SHOP');
  const view = card && last(card);
  assert.deepEqual(view?.kind === 'environment' && view.leftovers, ['x']);
});

test('ready and each new failure are news, a repeated state is none', async () => {
  const scene = await stage.scene();
  const failed = (tookMs: number, revision: number) =>
    sampleState({
      phase: 'failed',
      revision,
      steps: [{ id: 'space', title: 'Space', state: 'failed', tookMs }],
      trouble: {
        type: 'QuotaExceeded',
        reason: 'exceeded quota',
        events: [],
        next: 'Ask for more.',
        bigger: 'm',
      },
    });

  await announce(scene, failed(100, 5));
  await announce(scene, { ...failed(100, 6), expiresAt: '2026-05-01T00:00:00.000Z' });
  await announce(scene, failed(200, 9));
  await announce(scene, sampleState({ revision: 12 }));

  const texts = scene.chat.in('DU0KIM').map((message) => {
    const view = last(message);
    return view.kind === 'notice' ? view.tone : view.kind;
  });
  assert.deepEqual(texts, ['error', 'error', 'success']);
  const [note] = scene.chat.in('DU0KIM');
  const view = note && last(note);
  assert.deepEqual(view?.kind === 'notice' && view.actions?.map(({ actionId }) => actionId), [
    'environment.bigger',
    'environment.show',
  ]);
});

test('only those who have not voted are reminded, once a round', async () => {
  const scene = await stage.scene();
  const vote = {
    person: 'noor',
    decision: 'approve' as const,
    account: { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0NOOR' },
    at: '2026-04-01T10:00:00.000Z',
  };
  const approval = { ...waiting().approval, approvers: ['noor', 'lee'], votes: [vote] };
  const input = { state: waiting({ approval }), origin: SHOP_CHANNEL };

  await scene.run(scene.activities.remindApprovers, { ...input, round: 1 });
  await scene.run(scene.activities.remindApprovers, { ...input, round: 1 });
  await scene.run(scene.activities.remindApprovers, { ...input, round: 2 });

  assert.deepEqual(shape(scene), ['DU0LEE notice', 'DU0LEE notice']);
});

test('a link request goes to the administrators; its end closes their cards and answers the asker', async () => {
  const scene = await stage.scene();
  const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0SAM' };
  const link = { account, requestId: 'link-1', displayName: 'Sam', origin: SHOP_CHANNEL };

  await scene.run(scene.activities.announceLink, { link });
  const open = shape(scene);
  await scene.run(scene.activities.announceLink, {
    link,
    decision: {
      by: 'ravi',
      byAccount: { ...account, userId: 'U0RAVI' },
      person: 'sam',
      at: '2026-04-01T10:00:00.000Z',
    },
  });

  assert.deepEqual(open, ['C0APPROVAL approval', 'DU0RAVI approval']);
  assert.deepEqual(shape(scene), ['C0APPROVAL approval', 'DU0RAVI approval', 'DU0SAM notice']);
  const [card] = scene.chat.in('DU0RAVI');
  const view = card && last(card);
  assert.deepEqual(view?.kind === 'approval' && view.actions, []);
});

test('whoever is given one more account hears of it on those they had, once', async () => {
  const scene = await stage.scene();
  const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0OTHER' };
  const link = { account, requestId: 'link-1', displayName: 'Kim', origin: SHOP_CHANNEL };
  const byAccount = { ...account, userId: 'U0RAVI' };
  const decision = { by: 'ravi', byAccount, person: 'kim', at: '2026-04-01T10:00:00.000Z' };

  await scene.run(scene.activities.announceLink, { link, decision });
  await scene.run(scene.activities.announceLink, { link, decision });

  assert.deepEqual(shape(scene), ['DU0KIM notice', 'DU0OTHER notice']);
  const [told] = scene.chat.in('DU0KIM');
  const view = told && last(told);
  assert.match(
    JSON.stringify(view),
    /Ravi.* linked one more chat account to you: Kim \(slack:T0SAMPLE:U0OTHER\)/,
  );
  assert.match(JSON.stringify(view), /If it is not yours, tell an administrator at once/);
});

function announce(scene: Scene, state: EnvironmentState) {
  return scene.run(scene.activities.announce, { state, origin: SHOP_CHANNEL });
}

function shape({ chat }: Scene): string[] {
  return chat.messages.map((message) => `${message.channel} ${message.shown[0]?.kind}`).sort();
}

function last({ shown }: { shown: MessageView[] }): MessageView {
  const view = shown.at(-1);
  assert.ok(view);
  return view;
}
