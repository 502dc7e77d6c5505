/** How generous a drawing may be; tried from the first to the last until the platform takes it. */
export interface Room {
  /** Characters of a reason. */
  reason: number;
  /** Characters of a fact; a longer one is named as too long instead of being cut. */
  fact: number;
  facts: number;
  /** Entries of a list. */
  rows: number;
}

export const ROOMS: readonly [Room, ...Room[]] = [
  { reason: 2_500, fact: 1_800, facts: 30, rows: 25 },
  { reason: 800, fact: 500, facts: 20, rows: 12 },
  { reason: 300, fact: 200, facts: 12, rows: 8 },
  { reason: 120, fact: 90, facts: 8, rows: 4 },
  { reason: 60, fact: 60, facts: 6, rows: 2 },
];

/** The first of them, and how many more there are. */
export function some<Item>(items: Item[], max: number): { shown: Item[]; more: number } {
  return { shown: items.slice(0, max), more: Math.max(0, items.length - max) };
}
