/** What `/env list` reads from visibility. Never a name of a person beyond their id, never a secret. */
export const SEARCH_ATTRIBUTES = {
  phase: { name: 'PurserPhase', type: 'KEYWORD' },
  team: { name: 'PurserTeam', type: 'KEYWORD' },
  owner: { name: 'PurserOwner', type: 'KEYWORD' },
  template: { name: 'PurserTemplate', type: 'KEYWORD' },
  expiresAt: { name: 'PurserExpiresAt', type: 'DATETIME' },
} as const;
