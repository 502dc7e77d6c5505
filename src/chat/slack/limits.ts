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
  channel: { name: 80, topic: 250, purpose: 250 },
} as const;

export function withinBudget(blocks: readonly KnownBlock[]): boolean {
  return blocks.length <= LIMITS.message.blocks && JSON.stringify(blocks).length <= LIMITS.message.budget;
}
