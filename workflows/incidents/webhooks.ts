import { outside } from './activities.ts';
import { change, context, type Life, now } from './incident-state.ts';
import type { Job } from './memory.ts';
import { addResource, finish, giveUp } from './resources.ts';

type WebhookJob = Job & { kind: 'webhook' };

export async function sendToWebhook(life: Life, { webhook, event, key, note }: WebhookJob): Promise<void> {
  const answer = await outside.sendWebhook({ ...context(life), webhook, event, key, note });
  answered(life, { id: webhook, event, ok: true, note: answer.note });
  finish(life, `webhook:${webhook}`);
}

export function webhookFailed(life: Life, { webhook, event }: WebhookJob, reason: string): void {
  const id = `webhook:${webhook}`;
  answered(life, { id: webhook, event, ok: false, note: reason });
  addResource(life, { id, title: `Webhook ${webhook}`, essential: false });
  giveUp(life, id, reason);
}

/** The last answer is shown. */
export function answered(life: Life, result: { id: string; event: string; ok: boolean; note: string }): void {
  const others = life.state.webhooks.filter(({ id }) => id !== result.id);
  change(life, { webhooks: [...others, { ...result, at: now() }] });
}
