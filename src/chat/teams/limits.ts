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
  /** Of a card that has many: a phone shows about as many at once. */
  rowActions: 4,
  channel: { name: 50, description: 1_024 },
  title: 60,
  buttonTitle: 40,
  label: 200,
  text: 3_000,
  /** A card may have several, and each stands in it beside everything else. */
  question: 300,
} as const;

export function bytesOf(card: object): number {
  return Buffer.byteLength(JSON.stringify(card));
}
