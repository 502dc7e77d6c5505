import type { AccessContext } from '../commands/context.ts';
import type { LaunchOutcome } from '../temporal/calls.ts';

/** There is nothing to ask for, and nobody has any, until something gives it. */
export const NO_ACCESS: AccessContext = {
  entitlements: async () => [],
  launchers: {
    startGrant: async () => UNKNOWN,
    vote: async () => UNKNOWN,
    end: async () => UNKNOWN,
    extend: async () => UNKNOWN,
    getGrant: async () => undefined,
    listGrants: async () => ({ items: [], total: 0 }),
  },
};

const UNKNOWN: LaunchOutcome = { ok: false, type: 'WrongState', message: 'There is no such access.' };
