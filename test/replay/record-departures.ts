/**
 * `node test/replay/record-departures.ts` records one history for each way of leaving, as `record.ts` does for
 * environments, on the server whose clock jumps.
 */
import { SystemError } from '../../src/domain/systems.ts';
import {
  type DeparturePlay,
  type DeparturePlayOptions,
  type DepartureTheatre,
  openDepartureTheatre,
} from '../workflows/departure-theatre.ts';
import { save } from './save.ts';

interface Shape extends DeparturePlayOptions {
  live(play: DeparturePlay, theatre: DepartureTheatre): Promise<unknown>;
}

const down = new SystemError('sso does not answer', { retryable: true });
const refuses = new SystemError('sso does not let Purser do this (403)', { retryable: false });

const SHAPES: Record<string, Shape> = {
  left: { live: (play) => play.vote('ravi') },
  denied: { live: (play) => play.vote('ravi', 'deny') },
  'timed-out': { live: async () => undefined },
  withdrawn: { live: (play) => play.act('lee', 'withdraw') },
  'two-days-late': {
    prepare: ({ sso }) => sso.fail(down),
    async live(play, { pass }) {
      await play.vote('ravi');
      await pass('2 days');
      play.systems.sso.fail(undefined);
    },
  },
  'by-hand': {
    prepare: ({ sso }) => sso.fail(refuses),
    async live(play) {
      await play.vote('ravi');
      await play.called('showDeparture', ({ ledger }) =>
        ledger.some(({ id, state }) => id === 'groups:sso' && state === 'by-hand'),
      );
      play.systems.sso.fail(undefined);
      await play.act('ravi', 'done', 'account:sso');
      await play.act('ravi', 'done', 'groups:sso');
    },
  },
  undone: {
    async live(play, { pass }) {
      await play.vote('ravi');
      await play.called('certifyDeparture');
      await pass('3 days');
      await play.act('noor', 'undo');
    },
  },
  'asked-anew': {
    activities: {
      confirmDeparture: async ({ state: { approval, round } }) => ({
        because: approval.because,
        needed: approval.needed,
        approvers: approval.approvers,
        standing: round === 1 ? [] : approval.votes.map(({ person }) => person),
      }),
    },
    async live(play) {
      await play.vote('ravi');
      await play.called('showDeparture', ({ round }) => round === 2);
      await play.vote('noor', 'approve', 2);
    },
  },
};

const theatre = await openDepartureTheatre();
for (const [name, { live, ...options }] of Object.entries(SHAPES)) {
  const play = await theatre.leave(name, options);
  await play.called('showDeparture', ({ phase }) => phase === 'awaiting-approval');
  await live(play, theatre);
  await play.handle.result();
  await save(play.handle, `departure/${name}`);
}
await theatre.close();
