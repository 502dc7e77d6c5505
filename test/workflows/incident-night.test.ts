import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DateTime } from 'luxon';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { peopleOf, sampleRules } from './fake-incident-activities.ts';
import { type IncidentTheatre, openIncidentTheatre } from './incident-theatre.ts';

describe('an incident at night', () => {
  let theatre: IncidentTheatre;
  before(async () => {
    theatre = await openIncidentTheatre();
  });
  after(() => theatre.close());

  it('lasts through a night in which the clocks change, and asks whoever is on call by then', async () => {
    const start = Date.parse('2027-03-27T23:50:00Z');
    await theatre.pass(start - (await theatre.env.currentTimeMs()));
    // Kim until six in the morning in Berlin, which is an hour earlier than the day before; then Noor.
    const onCall = async () => {
      const { hour } = DateTime.fromMillis(await theatre.env.currentTimeMs()).setZone('Europe/Berlin');
      return hour < 6 ? 'kim' : 'noor';
    };
    const play = await theatre.declare('night', {
      input: { rules: sampleRules({ severities: sampleRules().severities.slice(0, 1) }) },
      activities: {
        resolveTargets: async ({ targets }) => peopleOf(targets, { primary: [await onCall()] }),
      },
    });

    await theatre.pass('6 minutes');
    await play.act('lee', { kind: 'acknowledge' });
    await theatre.pass('4 hours');
    const early = await play.state();
    await play.act('kim', { kind: 'acknowledge' });
    await theatre.pass('45 minutes');
    const { escalations, update } = await play.state();

    assert.deepEqual(firstPagesOf(early), ['kim', 'kim']);
    assert.deepEqual(
      escalations[0]?.pages.map(({ person }) => person),
      ['kim', 'lee'],
    );
    assert.equal(escalations[1]?.exhausted, true);
    // 04:31 UTC is 06:31 in Berlin: without the change it would still be Kim.
    assert.equal(firstPagesOf({ escalations })[2], 'noor');
    assert.ok(update.missed >= 8, `${update.missed} missed`);
    assert.equal(update.kept, 0);
    assert.ok(play.reminded().includes('sam update-due'));
    assert.ok(play.reminded().includes('kim update-due'));
  });

  function firstPagesOf({ escalations }: Pick<IncidentState, 'escalations'>): (string | undefined)[] {
    return escalations.map(({ pages }) => pages[0]?.person);
  }
});
