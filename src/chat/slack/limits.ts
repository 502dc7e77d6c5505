import type { KnownBlock } from '@slack/web-api';

/** Slack's limits, in characters or items. Source: docs.slack.dev, Block Kit reference; the message budget is measured. */
export const LIMITS = {
  message: {
    blocks: 50,
    text: 4_000,
    /** All blocks as JSON; Slack refuses at about 13,200. */ budget: 10_000,
  },
  view: { blocks: 100, bytes: 250_000, title: 24, submit: 24, close: 24, privateMetadata: 3_000 },
  header: 150,
  section: { text: 3_000, fields: 10, fieldText: 2_000 },
  context: { elements: 10 },
  actions: { elements: 25 },
  button: { text: 75, value: 2_000, url: 3_000 },
  select: { options: 100, groups: 100, optionText: 75, optionValue: 150 },
  checkboxes: 10,
  confirm: { title: 100, text: 300, button: 30 },
  input: { label: 2_000, hint: 2_000, placeholder: 150, text: 3_000 },
  id: 255,
  callbackId: 255,
} as const;

/** How generous a drawing may be; tried from the first to the last until the message is within its budget. */
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

export function withinBudget(blocks: readonly KnownBlock[]): boolean {
  return blocks.length <= LIMITS.message.blocks && JSON.stringify(blocks).length <= LIMITS.message.budget;
}
