import { type CopyStore, type MessageCopy, REDACTED } from '../../src/domain/ports.ts';

/** Copies of messages in memory, for one that drives them. */
export function createTestCopies(): CopyStore {
  const known = new Map<string, MessageCopy>();
  return {
    async take(key, conversation) {
      const copy = known.get(key);
      const taken: MessageCopy =
        copy === undefined
          ? { key, conversation, createdAt: new Date(), attempts: 0, shownRevision: -1, shownHash: '' }
          : { ...copy, attempts: copy.attempts + 1 };
      known.set(key, taken);
      return taken;
    },
    extend: async () => undefined,
    async shown(key, message, shownRevision, shownHash) {
      const copy = known.get(key);
      if (copy !== undefined) known.set(key, { ...copy, message, shownRevision, shownHash });
    },
    release: async () => undefined,
    forget: async (key) => void known.delete(key),
    unredacted: async (requestId) =>
      [...known.values()].filter(
        ({ key, shownRevision }) => key.startsWith(`${requestId}:`) && shownRevision < REDACTED,
      ),
  };
}
