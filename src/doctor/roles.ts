/** The production processes: each has an account and secrets of its own. */
export type Role = 'bot' | 'worker';
