/**
 * `node test/replay/record-requests.ts` records one history for each shape of a request about people, as `record.ts` does for
 * environments. Files that exist are kept.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { HoldingStep, TeamChangeInput } from '../../src/domain/people-requests.ts';
import type { RequestActivities } from '../workflows/fake-request-activities.ts';
import { openRequestTheatre, type RequestPlay } from '../workflows/request-theatre.ts';
import { save } from './save.ts';

interface Shape {
  input?: Partial<TeamChangeInput>;
  activities?: Partial<RequestActivities>;
  live?(play: RequestPlay): Promise<void>;
}

const approval = { approvers: ['lee'], because: 'a lead decides' };

function step(system: string, group: string, want: HoldingStep['want'] = 'held'): HoldingStep {
  return { system, holding: { kind: 'group', group }, want, state: 'waiting' };
}

function decided(person: string, decision: 'approve' | 'deny'): Shape['live'] {
  return async (play) => {
    await play.called('announceRequest', ({ phase }) => phase === 'awaiting-approval');
    await play.decide(person, decision, decision === 'deny' ? 'not ours' : undefined);
  };
}

const SHAPES: Record<string, Shape> = {
  approved: {
    activities: {
      admitTeamChange: async ({ approvedBy }) =>
        approvedBy === undefined ? { approval } : { steps: [step('purser', 'team/x'), step('sso', '/x')] },
    },
    live: decided('lee', 'approve'),
  },
  denied: {
    activities: { admitTeamChange: async () => ({ approval }) },
    live: decided('lee', 'deny'),
  },
  'timed-out': { activities: { admitTeamChange: async () => ({ approval }) } },
  created: { input: { change: 'create', person: 'kim' } },
  'by-hand': {
    activities: {
      admitTeamChange: async () => ({
        steps: [step('purser', 'team/x'), step('sso', '/x'), step('wiki', 'x')],
      }),
      async giveHolding({ system }) {
        if (system === 'sso') throw ApplicationFailure.nonRetryable('no group “/x”', 'SystemRefused');
        if (system === 'wiki' && tries++ < 5) throw new Error('wiki does not answer');
      },
      readHolding: async () => true,
    },
  },
  'lead-kept': {
    input: { change: 'remove' },
    activities: {
      admitTeamChange: async () => ({
        steps: [step('purser', 'leads/lead-kept', 'gone'), step('purser', 'team/lead-kept', 'gone')],
      }),
      readHolding: async () => reads++ > 0,
      async requireLead() {
        throw ApplicationFailure.nonRetryable('would have no lead left', 'WrongState');
      },
    },
  },
};

let tries = 0;
let reads = 0;
const theatre = await openRequestTheatre();
for (const [name, { input, activities, live }] of Object.entries(SHAPES)) {
  const play = await theatre.change(name, { input, activities });
  await live?.(play);
  await play.handle.result();
  await save(play.handle, `changeTeam/${name}`);
}
await theatre.close();
