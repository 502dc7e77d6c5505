import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GrantState } from '../../src/domain/access.ts';
import type { LaunchOutcome } from '../../src/temporal/launchers.ts';
import { eventually } from '../support/eventually.ts';
import { accountOf, HOUR_MS, sampleEntitlement, sampleGrantInput } from '../support/grant-samples.ts';
import { stageOf } from '../workflows/grant-theatre.ts';
import { openRealServer, type RealServer } from './real-server.ts';

const asks = ({ stages }: GrantState) => stages[0]?.deadline !== undefined;
const isActive = ({ phase }: GrantState) => phase === 'active';

describe('launchers of grants on a real server', () => {
  let server: RealServer;
  before(async () => {
    server = await openRealServer();
  });
  after(() => server.close());

  const approvable = sampleEntitlement({ approval: [stageOf(['lee', 'noor'])] });
  const atOnce = sampleEntitlement({ approval: [] });

  async function asked(beneficiary: string, entitlement = approvable) {
    const play = server.grantStage.enter(beneficiary, {});
    const input = sampleGrantInput({ requester: beneficiary, beneficiary, entitlement });
    assert.deepEqual(await server.grants.startGrant(input), { ok: true });
    return { play, input, ref: { beneficiary, id: input.id } };
  }

  const vote = (person: string, decision: 'approve' | 'deny' = 'approve') => ({
    digest: 'rules-1',
    stage: 0,
    person,
    account: accountOf(person),
    decision,
  });

  it('asks once for what is delivered twice, also after it has ended', async () => {
    const { play, input, ref } = await asked('kim-twice', atOnce);
    await play.called('showGrant', isActive);

    const again = await server.grants.startGrant(input);
    await server.grants.end(ref, { requestId: 'end', person: 'kim-twice' });
    await play.called('settleGrant');
    const late = await server.grants.startGrant(input);

    assert.deepEqual([again, late], [{ ok: true }, { ok: true }]);
    assert.equal(play.of('admitGrant').length, 1);
  });

  it('lets one of many decide, and tells the others that it is decided, also when it is over', async () => {
    const { play, ref } = await asked('kim-crowd');
    await play.called('askGrantApprovers', asks);
    const people = Array.from({ length: 12 }, (_, at) => `person-${at}`);

    const outcomes = await Promise.all(
      people.map((person, at) =>
        untilTaken(() => server.grants.vote(ref, vote(person, at % 2 === 0 ? 'approve' : 'deny'))),
      ),
    );
    await server.grants.end(ref, { requestId: 'end', person: 'kim-crowd' });
    await play.called('settleGrant');
    const late = await server.grants.vote(ref, vote('sam'));

    const state = await server.grants.getGrant(ref);
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assert.equal(state?.stages[0]?.votes.length, 1);
    const refusals = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.type]));
    assert.deepEqual(new Set(refusals), new Set(['AlreadyDecided']));
    assert.ok(!late.ok && late.type === 'AlreadyDecided', JSON.stringify(late));
  });

  it('repeats what was asked of it like the first time, also after the end', async () => {
    const { play, ref } = await asked('kim-repeats', atOnce);
    await play.called('showGrant', isActive);
    const more = { requestId: 'more', person: 'kim-repeats', extraMs: HOUR_MS, reason: 'It takes longer.' };
    const end = { requestId: 'end', person: 'kim-repeats' };

    const first = [await server.grants.extend(ref, more), await server.grants.end(ref, end)];
    await play.called('settleGrant');
    const again = [await server.grants.extend(ref, more), await server.grants.end(ref, end)];
    const others = [
      await server.grants.extend(ref, { ...more, requestId: 'even-more' }),
      await server.grants.end(ref, { requestId: 'end-2', person: 'sam' }),
    ];

    assert.deepEqual(
      [...first, ...again],
      Array.from({ length: 4 }, () => ({ ok: true })),
    );
    assert.deepEqual(
      others.map((outcome) => outcome.ok || outcome.type),
      ['WrongState', 'WrongState'],
    );
  });

  it('lists what is open, by whose it is, and knows nothing of what there never was', async () => {
    const { play, ref } = await asked('kim-listed', atOnce);
    await play.called('showGrant', isActive);
    const { endsAt } = (await server.grants.getGrant(ref)) ?? {};

    const listed = await eventually(async () => {
      const found = await server.grants.listGrants({ beneficiary: 'kim-listed', limit: 5 });
      return found.items[0]?.phase === 'active' && found;
    });
    const nobody = await server.grants.listGrants({ beneficiary: "o'nobody", limit: 5 });
    const never = { beneficiary: 'kim', id: 'never' };

    assert.deepEqual(listed, {
      items: [
        { id: '01sample', entitlement: 'cluster-edit', beneficiary: 'kim-listed', phase: 'active', endsAt },
      ],
      total: 1,
    });
    assert.deepEqual(nobody, { items: [], total: 0 });
    assert.equal(await server.grants.getGrant(never), undefined);
    const refused = await server.grants.end(never, { requestId: 'end', person: 'kim' });
    assert.ok(!refused.ok && refused.type === 'WrongState');
    await server.grants.end(ref, { requestId: 'end', person: 'kim-listed' });
  });

  it('replays as it ran', async () => {
    const { play, ref } = await asked('kim-replayed');
    await play.called('askGrantApprovers', asks);
    await server.grants.vote(ref, vote('lee'));
    await play.called('showGrant', isActive);
    await server.grants.extend(ref, {
      requestId: 'more',
      person: 'kim-replayed',
      extraMs: HOUR_MS,
      reason: 'more',
    });
    await play.called(
      'askGrantApprovers',
      ({ extensions }) => extensions[0]?.stages[0]?.deadline !== undefined,
    );
    await server.grants.vote(ref, { ...vote('noor'), extension: 'more' });
    await server.grants.end(ref, { requestId: 'end', person: 'lee' });
    await play.called('settleGrant');

    await server.replay('grant/kim-replayed/01sample');
  });
});

/** As people do when they are told that it was not recorded. */
async function untilTaken(ask: () => Promise<LaunchOutcome>): Promise<LaunchOutcome> {
  return await eventually(async () => {
    const outcome = await ask();
    return outcome.ok || outcome.type !== 'Unavailable' ? outcome : undefined;
  });
}
