import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/activity';
import type { GrantState } from '../../src/domain/access.ts';
import {
  HOUR_MS,
  sampleEntitlement,
  sampleGrantState,
  sampleStage,
  sampleVote,
} from '../support/grant-samples.ts';
import { createStage, type Scene, SHOP_CHANNEL } from './scene.ts';

const DEADLINE = '2026-11-30T13:00:00.000Z';
const asked = (approvers: string[]) => sampleStage(0, approvers, { deadline: DEADLINE });
const ENDS = {
  phase: 'active',
  activatedAt: '2026-11-30T10:00:00.000Z',
  endsAt: '2026-11-30T12:00:00.000Z',
} as const;

describe('the cards of a grant', () => {
  const stage = createStage();
  let scene: Scene;
  before(() => stage.open());
  after(() => stage.close());
  beforeEach(async () => {
    scene = await stage.scene();
  });

  const context = (changes: Partial<GrantState> = {}) => ({
    state: sampleGrantState({ stages: [asked(['lee']), sampleStage(1, ['ravi'])], ...changes }),
    entitlement: sampleEntitlement(),
    origin: SHOP_CHANNEL,
  });
  const show = (changes: Partial<GrantState> = {}) => scene.run(scene.activities.showGrant, context(changes));
  const ask = (changes: Partial<GrantState> = {}) =>
    scene.run(scene.activities.askGrantApprovers, context(changes));
  /** Where there is what, without doubles: `DU0LEE approval`. */
  const shape = () =>
    scene.chat.messages.map(({ channel, shown }) => `${channel} ${shown.at(-1)?.kind}`).toSorted();
  const buttonsIn = (channel: string) => {
    const view = scene.chat.in(channel).at(0)?.shown.at(-1);
    return view !== undefined && 'actions' in view ? (view.actions ?? []).length : undefined;
  };

  test('approvers of the step that is asked get theirs, directly and in the approval channel', async () => {
    await show();
    await ask();
    await ask();

    assert.deepEqual(shape(), ['C0APPROVAL approval', 'C0SHOP grant', 'DU0LEE approval']);
    assert.equal(buttonsIn('DU0LEE'), 2);
  });

  test('a decided step loses its buttons everywhere, and the next is asked', async () => {
    await ask();

    const first = { ...asked(['lee']), votes: [sampleVote('lee')] };
    await ask({ revision: 5, stages: [first, sampleStage(1, ['ravi'], { deadline: DEADLINE })] });

    assert.deepEqual(shape(), [
      'C0APPROVAL approval',
      'C0APPROVAL approval',
      'DU0LEE approval',
      'DU0RAVI approval',
    ]);
    assert.deepEqual([buttonsIn('DU0LEE'), buttonsIn('DU0RAVI')], [0, 2]);
  });

  test('whoever was asked too late for it is not asked any more', async () => {
    await ask({ phase: 'ended', end: 'withdrawn', endedBy: 'kim', revision: 9 });

    assert.deepEqual(shape(), []);
  });

  test('who asked and who gets it hear what became of it, once', async () => {
    const active = { ...ENDS, requester: 'lee', revision: 7 };
    await show(active);
    await show({ ...active, revision: 8 });
    await show({
      ...active,
      phase: 'ended',
      end: 'revoked',
      endedBy: 'ravi',
      endReason: 'Enough.',
      revision: 9,
    });

    const notes = (channel: string) =>
      scene.chat.in(channel).map(({ shown }) => {
        const view = shown.at(-1);
        return view?.kind === 'notice' ? [view.text, ...(view.details ?? [])] : [];
      });
    const said = [
      ['“Edit in the default namespace” is given.'],
      ['“Edit in the default namespace” was ended by Ravi Sample.', 'Reason: Enough.'],
    ];
    assert.deepEqual(notes('DU0KIM'), said);
    assert.deepEqual(notes('DU0LEE'), said);
  });

  test('who lost it in the system itself reads so', async () => {
    await show({
      ...ENDS,
      phase: 'ended',
      end: 'outside',
      endReason: 'cluster does not show it any more.',
      revision: 9,
    });

    const [note] = scene.chat.in('DU0KIM').map(({ shown }) => shown.at(-1));
    assert.match(
      JSON.stringify(note),
      /has ended: it was taken away in the system itself.*Reason: cluster does not show it any more/,
    );
  });

  test('the card comes to whoever asked where Purser may not speak', async () => {
    scene.chat.fail({ method: 'post', channel: 'C0SHOP', reason: 'forbidden' });

    await show();

    assert.deepEqual(shape(), ['DU0KIM grant', 'DU0KIM notice']);
  });

  test('those who answer for it hear when it stays for long after its end', async () => {
    const stuck = (pauseMs: number): Partial<GrantState> => ({
      ...ENDS,
      phase: 'revoking',
      end: 'expired',
      holdings: sampleGrantState().holdings.map((holding) => ({
        ...holding,
        state: 'stuck',
        trouble: 'cluster does not answer',
        nextTryAt: new Date(Date.now() + pauseMs).toISOString(),
      })),
    });

    await show(stuck(15_000));
    const early = shape();
    await show({ ...stuck(10 * 60_000), revision: 9 });

    assert.deepEqual(early, ['C0SHOP grant']);
    assert.deepEqual(shape(), ['C0SHOP grant', 'DU0RAVI notice']);
  });

  test('only those who have not answered are reminded, once a round', async () => {
    const stages = [{ ...asked(['lee', 'noor']), needed: 2, votes: [sampleVote('noor')] }];
    const remind = (round: number) =>
      scene.run(scene.activities.remindGrantApprovers, { ...context({ stages }), ref: { stage: 0 }, round });

    await remind(1);
    await remind(1);
    await remind(2);

    assert.deepEqual(shape(), ['DU0LEE notice', 'DU0LEE notice']);
  });

  test('the warning reaches who has it, or else who asked, and fails when it reaches nobody', async () => {
    const warn = (changes: Partial<GrantState>) =>
      scene.run(scene.activities.warnOfGrantEnd, context({ ...ENDS, ...changes }));

    await warn({});
    await warn({ beneficiary: 'sam', requester: 'lee', durationMs: HOUR_MS });
    await assert.rejects(
      warn({ beneficiary: 'sam', requester: 'sam', id: 'x' }),
      (failure: ApplicationFailure) => {
        assert.equal(failure.type, 'Undeliverable');
        return true;
      },
    );

    assert.deepEqual(shape(), ['DU0KIM grant-warning', 'DU0LEE grant-warning']);
  });
});
