import type { Holding } from './systems.ts';

/** Something to have in one system. */
export interface SystemHolding {
  system: string;
  holding: Holding;
}

/** What somebody has in one system, or why that is not known. */
export type SystemHoldings =
  | {
      system: string;
      holdings: Holding[];
      /** What stays possible after they are taken, as the system says it. */
      outlasts?: string[];
    }
  /** In words for people. */
  | { system: string; trouble: string };

/** As a line of a card names it. */
export function holdingInWords(holding: Holding): string {
  if (holding.kind === 'account') return 'may log in';
  return holding.scope === undefined ? holding.group : `${holding.group} in ${holding.scope}`;
}
