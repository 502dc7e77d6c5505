import { patched } from '@temporalio/workflow';
import { outside } from './activities.ts';
import { change, context, type Life, now } from './incident-state.ts';
import type { Job } from './memory.ts';
import { PATCHES } from './patches.ts';
import { addResource, finish, giveUp, mark } from './resources.ts';

type WebhookJob = Job & { kind: 'webhook' };

export async function sendToWebhook(life: Life, { webhook, event, key, note }: WebhookJob): Promise<void> {
  const answer = await outside.sendWebhook({ ...context(life), webhook, event, key, note });
  answered(life, { id: webhook, event, ok: true, note: answer.note });
  finish(life, `webhook:${webhook}`);
}

/** On the card, as long as it is so. */
export function webhookTroubled(life: Life, { webhook, event }: WebhookJob, reason: string): void {
  if (!patched(PATCHES.troubleShows)) return;
  const note = `${reason.replace(/\.$/, '')}. It is tried again.`;
  answered(life, { id: webhook, event, ok: false, note });
  mark(life, lineOf(life, webhook), 'running', note);
}

export function webhookFailed(life: Life, { webhook, event }: WebhookJob, reason: string): void {
  answered(life, { id: webhook, event, ok: false, note: reason });
  giveUp(life, lineOf(life, webhook), reason);
}

function lineOf(life: Life, webhook: string): string {
  const id = `webhook:${webhook}`;
  addResource(life, { id, title: `Webhook ${webhook}`, essential: false });
  return id;
}

/** The last answer is shown. */
export function answered(life: Life, result: { id: string; event: string; ok: boolean; note: string }): void {
  const others = life.state.webhooks.filter(({ id }) => id !== result.id);
  change(life, { webhooks: [...others, { ...result, at: now() }] });
}
