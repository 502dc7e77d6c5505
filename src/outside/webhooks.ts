import { createHmac } from 'node:crypto';
import { type OutgoingEvent, OutsideError, type WebhookCall, type Webhooks } from '../domain/outside.ts';
import { callOutside } from './http.ts';

/** Limits of PagerDuty's Events API v2. */
const DEDUP_KEY_MAX = 255;
const SUMMARY_MAX = 1_024;

/** Tells pagers and status pages of others. */
export function createWebhooks(): Webhooks {
  return { send: (call) => SENDERS[call.kind](call) };
}

const SENDERS: Record<WebhookCall['kind'], (call: WebhookCall) => Promise<string>> = {
  pagerduty: sendPagerDuty,
  generic: sendGeneric,
};

async function sendPagerDuty({ url, secret, event }: WebhookCall): Promise<string> {
  if (secret === undefined) {
    throw new OutsideError('PagerDuty needs a routing key, and its webhook names no secret', {
      retryable: false,
    });
  }
  if (event.event === 'update') return 'PagerDuty takes no updates, so it was told nothing';
  const { status } = await post('PagerDuty', url, JSON.stringify(pagerDutyBody(event, secret)));
  return `PagerDuty took it (${status})`;
}

async function sendGeneric({ url, secret, event }: WebhookCall): Promise<string> {
  const body = JSON.stringify(event);
  const headers: Record<string, string> = { 'idempotency-key': event.key };
  if (secret !== undefined) headers['x-signature-256'] = signatureOf(body, secret);
  const { status } = await post('The webhook', url, body, headers);
  return `taken (${status})`;
}

async function post(who: string, url: string, body: string, headers: Record<string, string> = {}) {
  const response = await callOutside(who, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await response.body?.cancel();
  return response;
}

/** All events of an incident carry one key, by which PagerDuty knows them to be about the same. */
function pagerDutyBody({ event, note, incident }: OutgoingEvent, routingKey: string) {
  const base = {
    routing_key: routingKey,
    // It knows no withdrawal: what it would hear no more of must not go on paging people.
    event_action: event === 'withdraw' ? 'resolve' : event,
    dedup_key: `purser:${incident.id}`.slice(0, DEDUP_KEY_MAX),
  };
  // What ends something takes a payload as well, and shows it in the alert's log.
  if (event !== 'trigger' && note === undefined) return base;
  const name = `#${incident.number} ${incident.title ?? 'Private incident'}`;
  return {
    ...base,
    client: 'Purser',
    payload: {
      summary: name.slice(0, SUMMARY_MAX).toWellFormed(),
      source: incident.service ?? 'purser',
      severity: (['critical', 'error', 'warning'] as const)[incident.rank - 1] ?? 'info',
      timestamp: incident.times.declaredAt,
      ...(incident.service === undefined ? {} : { component: incident.service }),
      custom_details: {
        number: incident.number,
        severity: incident.severity,
        status: incident.status,
        ...(incident.summary === undefined ? {} : { summary: incident.summary }),
        ...(note === undefined ? {} : { note }),
      },
    },
    links: incident.links.map(({ title, url }) => ({ href: url, text: title })),
  };
}

/** As `sha256=<hex>` of the body: the receiver makes the same of what it got, and compares. */
function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
