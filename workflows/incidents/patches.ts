/** Changes that histories of earlier versions do not have, by the id that `patched` notes in newer ones. */
export const PATCHES = {
  /** A child keeps its parent told of how it is. */
  rollUp: 'roll-up',
  /** Systems of others are told of merges. */
  mergesOutside: 'merges-outside',
  /** A private room waits for somebody it can belong to, and is tried again with whoever else there is. */
  ownedRooms: 'owned-rooms',
  /** Time has come once a timer says so, not when something else happens to be looked at later. */
  timersTell: 'timers-tell',
  /** The review goes to each room once it is there, not to those that are there when it is resolved. */
  reviewsWait: 'reviews-wait',
  /** Systems of others that do not answer are shown while they are asked again. */
  troubleShows: 'trouble-shows',
  /** A drill goes the way to systems of others as well, where nothing is sent. */
  drillsOutside: 'drills-outside',
  /** Runbooks begin of their own accord. */
  runbooks: 'runbooks',
} as const;
