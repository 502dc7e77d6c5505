import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { EnvironmentInput } from '../../src/domain/environments.ts';
import { environmentWorkflowId } from '../../src/domain/ids.ts';
import { announceSignal, decideUpdate } from '../../workflows/environments/messages.ts';
import {
  type Activities,
  needsApproval,
  type Recorder,
  sampleInput,
  vote,
} from '../workflows/fake-activities.ts';
import { openRealServer, type RealServer } from './real-server.ts';

/** A workflow task is prolonged after eight seconds when a local activity goes on. */
const LONGER_THAN_A_TASK_MS = 9_500;
const JUST_PROLONGED_MS = 8_700;
const VOTERS = ['lee', 'noor', 'ravi', 'mia', 'tom', 'ida', 'ben', 'eva', 'jan', 'zoe'];

describe('what an environment asks of a directory that is slow', { concurrency: true }, () => {
  let server: RealServer;
  before(async () => {
    server = await openRealServer();
  });
  after(() => server.close());

  it('is replayed in the order it happened in, beside cards that go on', async () => {
    let since = Number.POSITIVE_INFINITY;
    let shown = 0;
    const play = await begin('slow-end', {
      async settle() {
        since = Math.min(since, Date.now());
        await delay(500);
        if (Date.now() - since < 12_000) throw new Error('the connection was refused');
      },
      async announce({ state }) {
        if (state.phase === 'gone' && ++shown === 1) await delay(JUST_PROLONGED_MS);
        return { undelivered: [] };
      },
    });
    await play.called('announce', ({ phase }) => phase === 'ready');

    await server.launchers.deleteEnvironment('slow-end', 'slow-end', 'kim');
    await play.called('announce', ({ phase }) => phase === 'gone');
    await handleOf('slow-end').signal(announceSignal);
    await handleOf('slow-end').result();

    assert.equal(shown, 2);
    await server.replay(environmentWorkflowId('local', 'slow-end'));
  });

  it('is the same question at every try, so that the audit has it once', async () => {
    const play = await begin('one-question', { settle: answersAfter(LONGER_THAN_A_TASK_MS) });
    await play.called('announce', ({ phase }) => phase === 'ready');

    await server.launchers.deleteEnvironment('one-question', 'one-question', 'kim');
    await handleOf('one-question').result();

    const questions = play.of('settle').map(({ question }) => question);
    assert.equal(questions.length, 2);
    assert.equal(new Set(questions).size, 1);
  });

  it('may take a crowd longer than a workflow task lasts', async () => {
    const slow: Partial<Activities> = {
      admit: async () => ({ approvers: VOTERS }),
      authorizeDecision: () => delay(1_200),
      async eligibleApprovers({ people }) {
        await delay(1_200);
        return people;
      },
    };
    const play = await begin('slow-crowd', slow, needsApproval(VOTERS.length));
    await play.called('announce', ({ phase }) => phase === 'awaiting-approval');

    const votes = VOTERS.map((person) =>
      handleOf('slow-crowd').executeUpdate(decideUpdate, { args: [vote('slow-crowd', person)] }),
    );
    await Promise.all(votes);
    await play.called('announce', ({ phase }) => phase === 'ready');

    const { approval } = (await server.launchers.getEnvironment('slow-crowd')) ?? {};
    assert.deepEqual(approval?.decision?.by.toSorted(), VOTERS.toSorted());
    await server.replay(environmentWorkflowId('local', 'slow-crowd'));
  });

  async function begin(
    name: string,
    activities: Partial<Activities>,
    approval?: EnvironmentInput['approval'],
  ): Promise<Recorder> {
    const play = server.stage.enter(name, activities);
    await server.launchers.startEnvironment(sampleInput({ requestId: name, ...(approval && { approval }) }));
    return play;
  }

  function handleOf(name: string) {
    return server.client.workflow.getHandle(environmentWorkflowId('local', name));
  }
});

/** Whoever asks before waits until then. */
function answersAfter(ms: number): () => Promise<void> {
  let answers: Promise<void> | undefined;
  return async () => {
    answers ??= delay(ms);
    await answers;
  };
}
