import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { SystemError } from '../../src/domain/systems.ts';
import {
  type ConformanceOptions,
  type ConnectorFault,
  type ConnectorStage,
  order,
  readsBack,
} from './connector-stage.ts';

const IN_WORDS: Record<Exclude<ConnectorFault, 'lost'>, string> = {
  down: 'the system is down',
  slow: 'the system never answers',
  error: 'the system answers 500',
  limited: 'the system wants to be left alone for a while',
  empty: 'the system answers with nothing',
};

/** What a connector owes when its system does not work: it says so, guesses nothing and gives nothing away. */
export function faultConformance({ open, faults }: ConformanceOptions): void {
  for (const fault of faults.filter((fault) => fault !== 'lost')) {
    test(`guesses nothing and changes nothing while ${IN_WORDS[fault]}`, async (t) => {
      const stage = await open(t);
      const { another, known, group, outside } = stage;
      await outside.give(another, group);

      await stage.break(fault);
      const errors = await Promise.all([...looks(stage), ...changes(stage, fault)].map(refusal));
      await stage.mend();

      for (const error of errors) assertHelpful(error, stage, fault);
      assert.equal(await outside.holds(known, group), false);
      assert.equal(await outside.holds(another, group), true);
      assert.equal(await stage.connector.readBack(another, group), true);
    });
  }

  if (!faults.includes('lost')) return;
  test('does it once when the answer to it was lost', async (t) => {
    const stage = await open(t);
    const { connector, known, group, outside } = stage;
    const asked = order(known, group);

    await stage.break('lost');
    const given = await refusal(() => connector.apply(asked));
    await stage.mend();
    await connector.apply(asked);
    await readsBack(stage, known, group, true);
    const members = await connector.members(group);
    await stage.break('lost');
    const taken = await refusal(() => connector.revoke(asked));
    await stage.mend();
    await connector.revoke(asked);

    await readsBack(stage, known, group, false);
    for (const error of [given, taken]) assertHelpful(error, stage, 'lost');
    assert.equal(members.length, 1);
    assert.equal(await outside.holds(known, group), false);
  });
}

function looks({ connector, known, another, group }: ConnectorStage): (() => Promise<unknown>)[] {
  return [
    () => connector.plan(known, group),
    () => connector.readBack(another, group),
    () => connector.holdings(another),
    () => connector.members(group),
  ];
}

/** An empty answer is one that some systems give to a change: only what was looked at tells. */
function changes(
  { connector, known, another, group }: ConnectorStage,
  fault: ConnectorFault,
): (() => Promise<unknown>)[] {
  if (fault === 'empty') return [];
  return [
    () => connector.apply(order(known, group)),
    () => connector.revoke(order(another, group)),
    ...(connector.capabilities.accounts ? [() => connector.revoke(order(another, { kind: 'account' }))] : []),
    ...(connector.capabilities.sessions ? [() => connector.endSessions(another)] : []),
  ];
}

async function refusal(run: () => Promise<unknown>): Promise<unknown> {
  return await run().then(
    (value) => assert.fail(`it answered ${inspect(value)} to ${run}`),
    (error: unknown) => error,
  );
}

function assertHelpful(error: unknown, { canaries }: ConnectorStage, fault: ConnectorFault): void {
  assert.ok(error instanceof SystemError, `no SystemError: ${inspect(error)}`);
  assert.equal(error.retryable, true, error.message);
  assert.equal(error.retryAfterMs, fault === 'limited' ? 7_000 : undefined, error.message);
  // With its causes, for logs print those as well.
  const printed = inspect(error, { depth: 10 });
  for (const canary of canaries) assert.ok(!printed.includes(canary), `it shows ${canary}: ${printed}`);
}
