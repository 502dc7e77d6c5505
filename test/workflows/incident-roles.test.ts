import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { named } from '../../src/domain/ids.ts';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';
import { refusalOf } from './theatre.ts';

describe('the roles of an incident', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  afterEach(() => theatre.clear());
  after(() => theatre.close());

  const lead = (person: string): IncidentAct => ({ kind: 'role', role: 'lead', person });
  const minor = { input: { severity: 'sev3' } };

  it('gives the lead to one of two who claim it at once', async () => {
    const play = await theatre.declare('race', minor);

    const answers = await Promise.allSettled([play.act('kim', lead('kim')), play.act('lee', lead('lee'))]);

    const { roles } = await play.state();
    assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refused = answers[0]?.status === 'rejected' ? 'kim' : 'lee';
    assert.equal(roles[0]?.person, refused === 'kim' ? 'lee' : 'kim');
    const refusal = await refusalOf(play.act(refused, lead(refused)));
    assert.equal(refusal.type, 'WrongState');
    assert.match(refusal.message, /is Lead\. Ask them to hand it over/);
  });

  it('takes what is delivered twice once, and answers it alike', async () => {
    const play = await theatre.declare('twice', minor);

    const answers = await Promise.all([
      play.act('kim', lead('kim'), 'click-1'),
      play.act('kim', lead('kim'), 'click-1'),
    ]);
    const later = await play.act('kim', lead('kim'), 'click-1');

    assert.ok(answers.every((revision) => revision > 0) && later >= Math.max(...answers));
    assert.equal(play.of('authorizeIncidentAct').length, 1);
    await theatre.pass('1 minute');
    assert.equal(play.told().length, 1);
    assert.deepEqual(play.reminded(), ['kim instructions']);
  });

  it('changes nothing when policy says no', async () => {
    const play = await theatre.declare('forbidden', {
      ...minor,
      activities: {
        authorizeIncidentAct: async () => {
          throw ApplicationFailure.nonRetryable('Guests may not lead.', 'Forbidden');
        },
      },
    });

    const refusal = await refusalOf(play.act('eve', lead('eve')));

    assert.equal(refusal.type, 'Forbidden');
    assert.equal((await play.state()).roles[0]?.person, undefined);
  });

  it('is handed over once the other one accepts, and not before', async () => {
    const play = await theatre.declare('handed-over', minor);
    await play.act('kim', lead('kim'));

    await play.act('kim', lead('lee'));
    const between = await play.state();
    await play.act('lee', { kind: 'accept-role', role: 'lead' });

    assert.equal(between.roles[0]?.person, 'kim');
    assert.equal(between.roles[0]?.offer?.to, 'lee');
    assert.deepEqual((await play.state()).roles[0]?.person, 'lee');
    await theatre.pass('1 minute');
    assert.ok(play.reminded().includes('lee role-offer'));
    assert.ok(play.reminded().includes('lee instructions'));
  });

  it('stays with the giver when nobody answers, or the answer is no', async () => {
    const play = await theatre.declare('unanswered', minor);
    await play.act('kim', lead('kim'));

    await play.act('kim', lead('lee'));
    await theatre.pass('11 minutes');
    const late = await refusalOf(play.act('lee', { kind: 'accept-role', role: 'lead' }));
    await play.act('kim', lead('noor'));
    await play.act('noor', { kind: 'decline-role', role: 'lead' });

    const [holding] = (await play.state()).roles;
    assert.equal(late.type, 'StaleRequest');
    assert.equal(holding?.person, 'kim');
    assert.equal(holding?.offer, undefined);
    assert.ok(
      play
        .told()
        .some((line) =>
          line.includes(`${named('lee')} did not answer in time, so it stays with ${named('kim')}`),
        ),
    );
  });

  it('never leaves an incident without its lead', async () => {
    const play = await theatre.declare('no-release', minor);
    await play.act('kim', lead('kim'));
    await play.act('kim', { kind: 'role', role: 'scribe', person: 'kim' });

    const refusal = await refusalOf(play.act('kim', { kind: 'release-role', role: 'lead' }));
    await play.act('kim', { kind: 'release-role', role: 'scribe' });

    assert.match(refusal.message, /Somebody has to lead\. Hand it over/);
    assert.equal((await play.state()).roles[2]?.person, undefined);
  });

  it('asks for a lead, and then pages for one', async () => {
    const play = await theatre.declare('leaderless');
    await play.act('kim', { kind: 'acknowledge' });

    await theatre.pass('6 minutes');
    const asked = play.reminded();
    await theatre.pass('15 minutes');
    const quiet = play.paged().length;
    await theatre.pass('10 minutes');

    assert.deepEqual(asked, ['kim claim-lead']);
    assert.equal(quiet, 1);
    assert.equal(play.paged().length, 2);
  });

  it('notices within the hour that a holder has gone, and lets somebody else take over at once', async () => {
    const play = await theatre.declare('gone', {
      ...minor,
      activities: { checkHolders: async () => [{ role: 'lead', person: 'kim', why: 'left' as const }] },
    });
    await play.act('kim', lead('kim'));

    await theatre.pass('61 minutes');
    const { roles } = await play.state();
    await play.act('lee', lead('lee'));

    assert.equal(roles[0]?.doubt, 'left');
    assert.ok(play.reminded().includes('sam holder-doubt'));
    const [holding] = (await play.state()).roles;
    assert.equal(holding?.person, 'lee');
    assert.equal(holding?.doubt, undefined);
  });
});
