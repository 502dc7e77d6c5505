import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createStage, SHOP_CHANNEL } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const account = { platform: 'slack' as const, teamId: 'T0SAMPLE', userId: 'U0NEW' };
const link = { account, requestId: 'link-1', displayName: 'New', origin: SHOP_CHANNEL };
const links = [
  { by: 'ravi', person: 'sam', type: undefined, linked: 1 },
  { by: 'ravi', person: undefined, type: undefined, linked: 0 },
  { by: 'kim', person: 'sam', type: 'Forbidden', linked: 0 },
  { by: 'ravi', person: 'old', type: 'WrongState', linked: 0 },
];
for (const { by: decider, person, type, linked } of links) {
  test(`${decider} links to ${person ?? 'nobody'}: ${type ?? 'done'}`, async () => {
    const scene = await stage.scene();
    const decision = { by: decider, byAccount: account, person };

    const recording = scene.run(scene.activities.recordLink, { link, decision, question: 'question-1' });

    if (type === undefined) await recording;
    else await assert.rejects(recording, { type, nonRetryable: true });
    assert.equal((await scene.deps.links.list()).length, linked);
    assert.equal((await scene.audit()).length, 1);
  });
}

test('whoever has signed in links themselves, and nobody else', async () => {
  const scene = await stage.scene();
  const signedIn = {
    person: 'sam',
    issuer: 'https://sso.test',
    subject: 's-1',
    at: '2026-04-01T10:00:00.000Z',
  };
  const record = (by: string, person: string) =>
    scene.run(scene.activities.recordLink, {
      link: { ...link, requestId: `by-${by}` },
      decision: { by, byAccount: account, person, signedIn: { ...signedIn, person: by } },
      question: `question-${by}-${person}`,
    });

  await assert.rejects(record('sam', 'ravi'), { type: 'Forbidden', nonRetryable: true });
  await assert.rejects(record('old', 'old'), { type: 'WrongState', nonRetryable: true });
  assert.deepEqual(await scene.deps.links.list(), []);
  await record('sam', 'sam');

  assert.partialDeepStrictEqual(await scene.deps.links.list(), [{ person: 'sam' }]);
  const { detail, outcome } = (await scene.audit()).at(-1) ?? {};
  assert.deepEqual(
    [outcome, detail?.rule, detail?.signedIn],
    ['allowed', 'sign-in', 'https://sso.test s-1 2026-04-01T10:00:00.000Z'],
  );
});

test('whoever unlinks while a link is recorded wins, though the recording is tried again', async () => {
  const scene = await stage.scene();
  const decision = { by: 'ravi', byAccount: account, person: 'sam' };
  const record = (question: string) => scene.run(scene.activities.recordLink, { link, decision, question });
  await record('question-1');
  await scene.deps.links.unlink(link.account, 'sam', 'ravi');

  await record('question-1');
  await record('question-2');

  assert.deepEqual(await scene.deps.links.list(), []);
});

test('a request that linked somebody, unheard, links nobody else', async () => {
  const scene = await stage.scene();
  const record = (person: string) =>
    scene.run(scene.activities.recordLink, {
      link,
      decision: { by: 'ravi', byAccount: account, person },
      question: `question-${person}`,
    });
  await record('sam');

  await assert.rejects(record('kim'), { type: 'AlreadyDecided', nonRetryable: true });

  assert.deepEqual(
    (await scene.deps.links.list()).map(({ person }) => person),
    ['sam'],
  );
});
