import type { DepartureCommands } from '../../src/commands/context.ts';
import type { DepartureState } from '../../src/domain/departures.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import type { AccessToken } from '../../src/domain/ports.ts';
import { refusalOfAct, refusalOfVote } from '../../workflows/users/departure-refusals.ts';

/** Departures in memory, which wait for approval and never move on by themselves. */
export function createTestDepartures(done: { call: string; input: unknown }[]): {
  context: DepartureCommands;
  states: Map<string, DepartureState>;
  tokens: AccessToken[];
} {
  const states = new Map<string, DepartureState>();
  const tokens: AccessToken[] = [];
  const over = { ok: false, type: FAILURE.wrongState, message: 'It is over.' } as const;
  return {
    states,
    tokens,
    context: {
      open: async () => [...states.values()].filter(({ phase }) => phase !== 'ended'),
      tokens: { list: async () => tokens },
      launchers: {
        async start(input) {
          done.push({ call: 'startDeparture', input });
          return { ok: true };
        },
        async decide({ id }, vote) {
          const state = states.get(id);
          if (state === undefined) return over;
          const refusal = refusalOfVote(state, vote);
          if (refusal !== undefined) return { ok: false, ...refusal };
          done.push({ call: 'decideDeparture', input: vote });
          return { ok: true };
        },
        async act({ id }, input) {
          const state = states.get(id);
          if (state === undefined) return over;
          const refusal = refusalOfAct(state, input);
          if (refusal !== undefined) return { ok: false, ...refusal };
          done.push({ call: 'actOnDeparture', input });
          return { ok: true };
        },
        get: async ({ id }) => states.get(id),
      },
    },
  };
}
