/**
 * `node test/replay/record-requests.ts` records one history for each shape of a request about people, as `record.ts` does for
 * environments. Files that exist are kept.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Admission } from '../../activities/people-requests.ts';
import type {
  ArrivalInput,
  ArrivalState,
  HoldingStep,
  TeamChangeInput,
} from '../../src/domain/people-requests.ts';
import { moveArrivalUpdate, withdrawRequestUpdate } from '../../workflows/users/messages.ts';
import type { RequestActivities } from '../workflows/fake-request-activities.ts';
import { openRequestTheatre, type RequestPlay } from '../workflows/request-theatre.ts';
import { save } from './save.ts';

interface Shape {
  input?: Partial<TeamChangeInput>;
  activities?: Partial<RequestActivities>;
  live?(play: RequestPlay): Promise<void>;
}

interface ArrivalShape {
  input?: Partial<ArrivalInput>;
  activities?: Partial<RequestActivities>;
  live?(play: RequestPlay<ArrivalState>): Promise<void>;
}

const approval = { approvers: ['lee'], because: 'a lead decides' };

function step(system: string, group: string, want: HoldingStep['want'] = 'held'): HoldingStep {
  return { system, holding: { kind: 'group', group }, want, state: 'waiting' };
}

function account(system: string): HoldingStep {
  return { system, holding: { kind: 'account' }, want: 'held', state: 'waiting' };
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
        approvedBy === undefined
          ? { approval, steps: [] }
          : { steps: [step('purser', 'team/x'), step('sso', '/x')] },
    },
    live: decided('lee', 'approve'),
  },
  denied: {
    activities: { admitTeamChange: async () => ({ approval, steps: [] }) },
    live: decided('lee', 'deny'),
  },
  'timed-out': { activities: { admitTeamChange: async () => ({ approval, steps: [] }) } },
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

const come = async (): Promise<Admission> => ({
  steps: [account('purser'), account('sso'), step('sso', '/x')],
});
const inAnHour = new Date((await theatre.env.currentTimeMs()) + 3_600_000).toISOString();
const ARRIVALS: Record<string, ArrivalShape> = {
  came: { activities: { admitArrival: come, readHolding: async () => true } },
  'agreed-and-moved': {
    input: { startsAt: inAnHour },
    activities: {
      admitArrival: async ({ approvedBy }) => ({
        ...(await come()),
        ...(approvedBy === undefined ? { approval } : {}),
      }),
      readHolding: async () => true,
    },
    async live(play) {
      await play.called('announceRequest', ({ phase }) => phase === 'awaiting-approval');
      await play.decide('ravi');
      await play.called('announceRequest', ({ phase }) => phase === 'waiting');
      const startsAt = new Date(Date.parse(inAnHour) + 3_600_000).toISOString();
      const to = { requestId: 'request-1', person: 'lee', startsOn: '2026-04-02', startsAt };
      await play.handle.executeUpdate(moveArrivalUpdate, { args: [to] });
    },
  },
  withdrawn: {
    input: { startsAt: new Date(Date.parse(inAnHour) + 90 * 86_400_000).toISOString() },
    activities: { admitArrival: come },
    async live(play) {
      await play.called('announceRequest', ({ phase }) => phase === 'waiting');
      await play.handle.executeUpdate(withdrawRequestUpdate, {
        args: [{ requestId: 'request-1', person: 'lee' }],
      });
    },
  },
  'by-hand': {
    activities: {
      admitArrival: come,
      async giveHolding({ system }) {
        if (system === 'sso') throw ApplicationFailure.nonRetryable('not ours', 'SystemRefused');
      },
      readHolding: async () => true,
    },
  },
};
for (const [name, { input, activities, live }] of Object.entries(ARRIVALS)) {
  const play = await theatre.arrive(name, { input, activities });
  await live?.(play);
  await play.handle.result();
  await save(play.handle, `arrival/${name}`);
}
await theatre.close();
