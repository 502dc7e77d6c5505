import type { Press, SignInRequest, SignInStore } from '../../src/domain/sign-in.ts';

/** Noor presses Approve. */
export function samplePress(): Press {
  return {
    kind: 'action',
    actionId: 'environment.approve',
    payload: { name: 'pr-42', requestId: 'r1', digest: 'd1' },
    source: { platform: 'slack', teamId: 'T0', channelId: 'D0NOOR', ts: '1.2' },
    actor: {
      account: { platform: 'slack', teamId: 'T0', userId: 'U0NOOR' },
      standing: 'member',
      displayName: 'Noor',
    },
  };
}

export function memorySignIns(): SignInStore {
  const asked = new Map<string, SignInRequest & { state?: string }>();
  const open = (found: SignInRequest | undefined) =>
    found !== undefined && found.expiresAt > new Date() ? found : undefined;
  return {
    ask: async (request) => void asked.set(request.id, request),
    find: async (id) => open(asked.get(id)),
    async begin(id, state) {
      const found = asked.get(id);
      if (found !== undefined) asked.set(id, { ...found, state });
    },
    findBegun: async (state) => open([...asked.values()].find((request) => request.state === state)),
    done: async (id) => void asked.delete(id),
  };
}
