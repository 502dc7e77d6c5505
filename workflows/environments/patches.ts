/** Changes that histories of earlier versions do not have, by the id that `patched` notes in newer ones. */
export const PATCHES = {
  /** The approval is confirmed before anything is built on it, and before a retry. */
  confirmApproval: 'confirm-approval',
} as const;
