import type { RequestListener } from 'node:http';
import { z } from 'zod';
import type { AlertsConfig } from '../config.ts';
import { alertmanagerSchema, alertsSchema, fromAlertmanager, fromDirect } from '../domain/alerts.ts';
import { type PagerdutyEvent, pagerdutySchema } from '../domain/pagerduty.ts';
import type { StoredAlert } from '../domain/ports.ts';
import type { Log } from '../operations/logger.ts';
import { authenticate, isToken } from './authenticate.ts';
import { type Answer, ComeBackError, createEndpoint, parseBody } from './endpoint.ts';
import type { IntakeOutcome } from './intake.ts';
import type { PagerdutyOutcome } from './pagerduty.ts';

export interface AlertReceiver {
  /** `/webhooks/alertmanager` */
  alertmanager: RequestListener;
  /** `/webhooks/alerts` */
  alerts: RequestListener;
  /** `/webhooks/pagerduty` */
  pagerduty: RequestListener;
}

/**
 * Takes alerts from monitoring. Success is answered only once they are kept for good; 503 asks for the same again, which is harmless.
 * Other answers are final: 401, 413 and 400, which names the field.
 */
export function createAlertReceiver(options: {
  auth: AlertsConfig;
  take(alerts: StoredAlert[]): Promise<IntakeOutcome>;
  takeEvent(event: PagerdutyEvent): Promise<PagerdutyOutcome>;
  log: Log;
  now?: () => Date;
}): AlertReceiver {
  const { auth, take, takeEvent, log, now = () => new Date() } = options;

  async function keep(alerts: StoredAlert[]): Promise<Answer> {
    const outcome = await take(alerts);
    if (!outcome.ok) throw new ComeBackError(outcome.why);
    const { taken, ignored, incidents } = outcome;
    return { status: 200, body: { taken, ignored, incidents } };
  }

  function listener<Body>(schema: z.ZodType<Body>, toAlerts: (body: Body) => StoredAlert[]): RequestListener {
    return createEndpoint({
      ...LIMITS,
      log,
      async admit(request) {
        const isGenuine = authenticate(auth, request, now());
        if (isGenuine === undefined) return UNAUTHORISED;
        return async (body) => {
          if (!isGenuine(body)) return UNAUTHORISED;
          const parsed = parseBody(body, schema);
          return parsed.ok ? await keep(toAlerts(parsed.value)) : parsed.answer;
        };
      },
    });
  }

  function delivered(delivery: z.infer<typeof alertmanagerSchema>): StoredAlert[] {
    const { truncatedAlerts: left } = delivery;
    if (left > 0) log.info({ left }, 'alertmanager left alerts out: max_alerts says how many it sends');
    return fromAlertmanager(delivery);
  }

  /** The token is within the body, and what is wrong with it is said as PagerDuty says it. */
  async function takePosted(body: Buffer): Promise<Answer> {
    const keyed = parseBody(body, z.looseObject({ routing_key: z.string() }));
    if (!keyed.ok || !isToken(auth, keyed.value.routing_key)) return invalidEvent(401, UNKNOWN_KEY);
    const parsed = parseBody(body, pagerdutySchema);
    if (!parsed.ok) return invalidEvent(400, parsed.error);
    const outcome = await takeEvent(parsed.value);
    if (!outcome.ok) throw new ComeBackError(outcome.why);
    const { message, dedupKey } = outcome;
    return { status: 202, body: { status: 'success', message, dedup_key: dedupKey } };
  }

  return {
    alertmanager: listener(alertmanagerSchema, delivered),
    alerts: listener(alertsSchema, (alerts) => fromDirect(alerts, now())),
    pagerduty: createEndpoint({ ...LIMITS, log, admit: async () => takePosted }),
  };
}

const LIMITS = {
  what: 'alerts',
  maxBodyBytes: 1024 * 1024,
  tooLarge:
    'This is more than 1 MiB: send fewer alerts at once (max_alerts: 500 in Alertmanager’s webhook_config).',
  maxInFlight: 200,
  again: 'Nothing is lost: send it again in a moment.',
};

const UNKNOWN_KEY = 'This routing_key is not known here: it is what ALERTS_TOKEN says.';

function invalidEvent(status: number, error: string): Answer {
  return { status, body: { status: 'invalid event', message: 'Event object is invalid', errors: [error] } };
}

const UNAUTHORISED: Answer = {
  status: 401,
  body: {
    error:
      'This is not signed in a way that is known here: send ALERTS_TOKEN as a bearer token, or sign the body with ' +
      'ALERTS_HMAC_SECRET in X-Signature-256.',
  },
};
