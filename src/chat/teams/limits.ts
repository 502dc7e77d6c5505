/**
 * Limits of Teams. Source: learn.microsoft.com, "Format your bot messages" and "Universal Actions for Adaptive Cards".
 */
export const LIMITS = {
  /** Bytes of a card as JSON. Connectors refuse above 28 KB, bots above 100 KB. */
  card: { message: 25_000, dialog: 80_000 },
  /** Who a card is refreshed for without asking. */
  refreshUsers: 60,
  /** More buttons than that are hidden behind a menu. */
  actions: 6,
  title: 60,
  buttonTitle: 40,
  label: 200,
  text: 3_000,
} as const;

/** How generous a drawing may be; tried from the first to the last until the card is within its limit. */
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
];

export function bytesOf(card: object): number {
  return Buffer.byteLength(JSON.stringify(card));
}
