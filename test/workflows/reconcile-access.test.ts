import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { AccessWatch } from '../../activities/access/watch.ts';
import type { AccessNews } from '../../activities/access/watch-notes.ts';
import type { AccessLook, Orphan } from '../../src/domain/access-drift.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/temporal/search-attributes.ts';
import type { grant } from '../../workflows/access/grant.ts';
import { getGrantQuery } from '../../workflows/access/messages.ts';
import type { reconcileAccess } from '../../workflows/access/reconcile-access.ts';
import { sampleEntitlement, sampleGrantInput } from '../support/grant-samples.ts';
import { workingActivities } from './fake-grant-activities.ts';
import { openTimeSkipping, type TimeSkipping } from './time-skipping.ts';

const EDIT = { kind: 'group' as const, group: 'edit', scope: 'default' };
const NOTHING: AccessLook = { kind: 'differences', missing: [], orphans: [] };
const DOUBT: AccessLook = { kind: 'doubtful', because: 'many', changes: 5, of: 9, digest: 'doubt' };
const GRANTS = ['grant/kim/one', 'grant/kim/two'];

function left(take: boolean): AccessLook {
  const orphan: Orphan = { system: 'cluster', holding: EDIT, person: 'kim', grants: GRANTS, take };
  return { kind: 'differences', missing: [], orphans: [orphan], digest: `left ${take}` };
}

const MINUTE_MS = 60_000;

describe('the hourly look at access', () => {
  let time: TimeSkipping;
  /** What each system says, hour by hour; the last goes on. */
  let answers: Record<string, (AccessLook | Error)[]>;
  let looks: string[];
  let told: { key: string; news: AccessNews }[];
  let taken: string[];
  /** What happens to each order to take something away, and to each message. */
  let taking: () => void;
  let telling: () => void;

  const watch: AccessWatch = {
    systemsWithAccess: async () => Object.keys(answers),
    async lookAtAccess({ system }) {
      looks.push(system);
      const said = answers[system] ?? [];
      const answer = said.length > 1 ? said.shift() : said[0];
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error('nothing to say');
      return answer;
    },
    async tellOfAccess(input) {
      telling();
      told.push(input);
    },
  };

  before(async () => {
    const world = workingActivities();
    time = await openTimeSkipping({
      ...world,
      ...watch,
      async takeHolding(input: Parameters<typeof world.takeHolding>[0]) {
        taking();
        taken.push(`${input.person} ${input.request}`);
        await world.takeHolding(input);
      },
    });
    await time.env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: SEARCH_ATTRIBUTE_TYPES,
    });
  });
  after(() => time.close());
  beforeEach(() => {
    [answers, looks, told, taken] = [{}, [], [], []];
    taking = () => undefined;
    telling = () => undefined;
  });

  /** Looks for so long. */
  async function look(workflowId: string, minutes: number): Promise<void> {
    const handle = await time.env.client.workflow.start<typeof reconcileAccess>('reconcileAccess', {
      workflowId,
      taskQueue: QUEUES.main,
      args: [],
    });
    await time.env.sleep(minutes * MINUTE_MS);
    await handle.terminate();
  }

  it('looks once an hour, for days', async () => {
    answers = { cluster: [NOTHING] };
    await look('days', 50 * 60 + 30);
    assert.equal(looks.length, 51);
    assert.deepEqual(told, []);
  });

  it('ends access that is gone, and asks nothing of a request that is over', async () => {
    const input = sampleGrantInput({ id: 'gone', entitlement: sampleEntitlement({ approval: [] }) });
    const handle = await time.env.client.workflow.start<typeof grant>('grant', {
      workflowId: 'grant/kim/gone',
      taskQueue: QUEUES.main,
      args: [{ ...input, durationMs: 8 * 60 * MINUTE_MS }],
    });
    await time.env.sleep('10 minutes');
    const missing = ['grant/kim/never', 'grant/kim/gone'].map((id) => ({
      system: 'cluster',
      holding: EDIT,
      person: 'kim',
      grant: id,
    }));
    answers = { cluster: [{ kind: 'differences', missing, orphans: [] }] };

    await look('missing', 90);

    const { phase, end, endedBy, endReason } = await handle.query(getGrantQuery);
    assert.deepEqual(
      [phase, end, endedBy, endReason],
      ['ended', 'outside', undefined, 'cluster does not show it any more.'],
    );
    assert.deepEqual(told, []);
    assert.equal(looks.length, 2);
  });

  it('takes away what no request holds, for each request it was given for, and says so once', async () => {
    answers = { cluster: [left(true)] };
    await look('take', 270);
    assert.deepEqual(
      taken,
      GRANTS.map((id) => `kim ${id}`),
    );
    assert.deepEqual(
      told.map(({ news }) => news.kind === 'orphans' && [news.taken.length, news.left.length]),
      [[1, 0]],
    );
  });

  it('asks people instead where that is the rule', async () => {
    answers = { cluster: [left(false)] };
    await look('ask', 270);
    assert.deepEqual(taken, []);
    assert.deepEqual(
      told.map(({ news }) => news.kind === 'orphans' && [news.taken.length, news.left.length]),
      [[0, 1]],
    );
  });

  it('leaves to people what a system refuses to take away', async () => {
    answers = { cluster: [left(true)] };
    let tries = 0;
    taking = () => {
      tries += 1;
      if (tries === 1) throw ApplicationFailure.nonRetryable('it may not', 'SystemRefused');
    };
    await look('refused', 150);
    assert.deepEqual(
      told.map(({ news }) => news.kind === 'orphans' && [news.taken.length, news.left.length]),
      [[0, 1]],
    );
  });

  it('tries again an hour later where a system is down', async () => {
    answers = { cluster: [left(true)] };
    taking = () => {
      if (looks.length === 1) throw new Error('it is down');
    };
    await look('down', 150);
    assert.deepEqual(
      told.map(({ news }) => news.kind === 'orphans' && [news.taken.length, news.left.length]),
      [[1, 0]],
    );
    assert.equal(looks.length, 3);
  });

  it('changes nothing in doubt, and says so once, until it is different', async () => {
    answers = { cluster: [DOUBT, DOUBT, DOUBT, NOTHING, DOUBT] };
    await look('doubt', 30 * 60 - 10);
    assert.deepEqual(taken, []);
    assert.equal(looks.length, 30);
    assert.deepEqual(
      told.map(({ news }) => news.kind),
      ['doubtful', 'doubtful'],
    );
    assert.notEqual(told[0]?.key, told[1]?.key);
  });

  it('says after three hours that a system is silent, once, and looks at the others meanwhile', async () => {
    const silence = ApplicationFailure.nonRetryable('sso does not answer', 'SystemUnavailable');
    answers = { sso: [silence], cluster: [NOTHING] };
    await look('early', 170);
    assert.equal(told.length, 0);

    looks = [];
    await look('late', 390);
    assert.deepEqual(
      told.map(({ news }) => [news.kind, news.system]),
      [['silent', 'sso']],
    );
    assert.equal(looks.filter((system) => system === 'cluster').length, 7);
  });

  it('says it an hour later where chat was down, under the same key', async () => {
    answers = { cluster: [DOUBT] };
    const keys: number[] = [];
    telling = () => {
      keys.push(keys.length);
      if (keys.length === 1) throw ApplicationFailure.nonRetryable('chat is down');
    };
    await look('chat', 210);
    assert.equal(keys.length, 2);
    assert.equal(told.length, 1);
  });
});
