/** Changes that histories of earlier versions do not have, by the id that `patched` notes in newer ones. */
export const PATCHES = {
  /** The approval is confirmed before anything is built on it, and before a retry. */
  confirmApproval: 'confirm-approval',
  /** A warning that reaches nobody does not put the end off for ever. */
  boundedPostponement: 'bounded-postponement',
  /** A removal that is stuck is told of. */
  stuckRemoval: 'stuck-removal',
  /** An end that moves is written on the namespace. */
  notedExpiry: 'noted-expiry',
} as const;
