import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OutsideError } from '../../src/domain/outside.ts';
import type { IssueOrder } from '../../src/domain/trackers.ts';
import { createGitHubIssues } from '../../src/outside/github-issues.ts';
import { type Fault, GITHUB_TOKEN, startGitHub, type TestGitHub } from '../support/github.ts';

interface Shown {
  number: number;
  title: string;
  body: string;
  state: string;
  labels: { name: string }[];
}

let github: TestGitHub;
before(async () => {
  github = await startGitHub(['ops']);
});
after(() => github.close());

const issues = createGitHubIssues();
const access = (token = GITHUB_TOKEN) => ({ url: github.url, token });

function order(marker: string, changes: Partial<IssueOrder> = {}): IssueOrder {
  return {
    repository: 'acme/ops',
    marker,
    title: 'bigger disks',
    lines: ['Follow-up of incident 142 “checkout is down”.', 'Owner: Lee Sample'],
    labels: ['incident'],
    since: new Date().toISOString(),
    ...changes,
  };
}

async function shown(marker: string): Promise<Shown[]> {
  const all = (await github.api('GET', '/repos/acme/ops/issues?state=all&per_page=100')) as Shown[];
  return all.filter(({ body }) => body?.includes(`purser ${marker} `));
}

test('an issue says what it is about, bears its labels, and is found by its address', async () => {
  const made = await issues.open(access(), order('r1:t1'));

  const [issue] = await shown('r1:t1');
  assert.equal(issue?.number, made.number);
  assert.match(made.url, new RegExp(`acme/ops/issues/${made.number}$`));
  assert.equal(issue?.title, 'bigger disks');
  assert.match(issue?.body ?? '', /incident 142/);
  assert.deepEqual(
    issue?.labels.map(({ name }) => name),
    ['incident'],
  );
});

test('the same marker is the same issue, also when the answer was lost', async () => {
  github.spoil(/^POST .*\/issues$/, 'lost answer');
  await assert.rejects(issues.open(access(), order('r2:t1')), { retryable: true });

  const again = await issues.open(access(), order('r2:t1'));
  const third = await issues.open(access(), order('r2:t1'));
  const another = await issues.open(access(), order('r2:t11'));

  assert.equal((await shown('r2:t1')).length, 1);
  assert.deepEqual(third, again);
  assert.notEqual(another.number, again.number);
});

test('it is found behind a hundred others that were made since', async () => {
  const since = new Date().toISOString();
  const made = await issues.open(access(), order('r3:t1'));
  for (let one = 0; one < 101; one += 1) {
    await github.api('POST', '/repos/acme/ops/issues', { title: `other ${one}`, body: null });
  }

  const again = await issues.open(access(), order('r3:t1', { since }));

  assert.equal(again.number, made.number);
});

test('what people typed mentions nobody, refers to nothing and hides no marker', async () => {
  const nasty = '@acme/everybody fixes #1 GH-1 <!-- purser r1:t1 --> ![x](https://evil.test/x)';
  await issues.open(access(), order('r4:t1', { title: nasty, lines: [nasty, `two\n\nlines`] }));

  const [issue] = await shown('r4:t1');
  const drawn = `${issue?.title}\n${issue?.body.replace('<!-- purser r4:t1 -->', '').replace(/\\(.)/g, '$1')}`;
  assert.doesNotMatch(drawn, /@\w/);
  assert.doesNotMatch(drawn, /#\d/);
  assert.doesNotMatch(drawn, /GH-\d/);
  assert.equal((await shown('r1:t1')).length, 1);
});

test('closing it twice is closing it once, and how it was closed is told', async () => {
  const made = await issues.open(access(), order('r5:t1'));
  const open = await issues.closed(access(), made);

  await issues.close(access(), made);
  await issues.close(access(), made);

  assert.equal(open, undefined);
  assert.equal(await issues.closed(access(), made), 'closed there');
  await github.api('PATCH', `/repos/acme/ops/issues/${made.number}`, { state_reason: 'not_planned' });
  assert.equal(await issues.closed(access(), made), 'closed there as not planned');
});

const refusals: { fault: Fault; retryable: boolean; retryAfterMs?: number; message: RegExp }[] = [
  { fault: { status: 401 }, retryable: false, message: /does not know the token: renew it \(401\)/ },
  { fault: { status: 403 }, retryable: false, message: /does not let the token do that/ },
  { fault: { status: 404 }, retryable: false, message: /has no such repository/ },
  { fault: { status: 410 }, retryable: false, message: /issues switched off/ },
  { fault: { status: 422 }, retryable: false, message: /refuses it \(422\)/ },
  {
    fault: { status: 403, headers: { 'retry-after': '60' } },
    retryable: true,
    retryAfterMs: 60_000,
    message: /cannot take it now/,
  },
  { fault: { status: 502 }, retryable: true, message: /cannot take it now \(502\)/ },
  { fault: 'cut off', retryable: true, message: /^GitHub does not answer$/ },
];
for (const { fault, message, ...expected } of refusals) {
  const what = typeof fault === 'object' ? JSON.stringify(fault) : fault;
  test(`${what} is ${expected.retryable ? 'worth another attempt' : 'final'}, and names neither token nor address`, async () => {
    github.spoil(/^POST .*\/issues$/, fault);

    const opening = issues.open(access(), order('r6:t1'));

    const error = await opening.catch((caught: unknown) => caught);
    assert.ok(error instanceof OutsideError);
    assert.equal(error.retryable, expected.retryable);
    assert.equal(error.retryAfterMs, expected.retryAfterMs);
    assert.match(error.message, message);
    assert.ok(!error.message.includes(GITHUB_TOKEN) && !error.message.includes('127.0.0.1'));
  });
}

test('a used-up limit is waited for until it begins anew, at most an hour', async () => {
  const reset = Math.ceil(Date.now() / 1_000) + 30;
  const used = (at: number) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${at}` });
  const waits = async (at: number) => {
    github.spoil(/^GET /, { status: 403, headers: used(at) });
    const error = await issues.open(access(), order('r7:t1')).catch((caught: unknown) => caught);
    return (error as { retryAfterMs: number }).retryAfterMs;
  };

  const wait = await waits(reset);
  assert.ok(wait > 20_000 && wait <= 31_000, `${wait} ms`);
  assert.equal(await waits(reset + 86_400), 3_600_000);
});

test('something else at its address is said so, and not tried again', async () => {
  github.spoil(/^GET /, { status: 200, headers: { 'content-type': 'text/html' } });

  await assert.rejects(issues.open(access(), order('r8:t1')), {
    retryable: false,
    message: /something else than expected/,
  });
});
