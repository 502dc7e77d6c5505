/** Changes that histories of earlier versions do not have, by the id that `patched` notes in newer ones. */
export const PATCHES = {
  /** A child keeps its parent told of how it is. */
  rollUp: 'roll-up',
  /** Systems of others are told of merges. */
  mergesOutside: 'merges-outside',
} as const;
