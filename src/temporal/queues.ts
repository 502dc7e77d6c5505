/** Task queue names. `main` runs workflows and lookups; the others keep slow or rate-limited work apart. */
export const QUEUES = {
  main: 'purser',
  kubernetes: 'purser-kubernetes',
  systems: 'purser-systems',
  chat: 'purser-chat',
} as const;
