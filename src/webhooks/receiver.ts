import type { RequestListener } from 'node:http';
import type { z } from 'zod';
import type { AlertsConfig } from '../config.ts';
import { alertmanagerSchema, alertsSchema, fromAlertmanager, fromDirect } from '../domain/alerts.ts';
import type { StoredAlert } from '../domain/ports.ts';
import type { Log } from '../operations/logger.ts';
import { authenticate } from './authenticate.ts';
import { type Answer, ComeBackError, createEndpoint, parseBody } from './endpoint.ts';
import type { IntakeOutcome } from './intake.ts';

export interface AlertReceiver {
  /** `/webhooks/alertmanager` */
  alertmanager: RequestListener;
  /** `/webhooks/alerts` */
  alerts: RequestListener;
}

/**
 * Takes alerts from monitoring. 200 only when they are kept for good; 503 asks for the same again, which is harmless.
 * Other answers are final: 401, 413 and 400, which names the field.
 */
export function createAlertReceiver(options: {
  auth: AlertsConfig;
  take(alerts: StoredAlert[]): Promise<IntakeOutcome>;
  log: Log;
  now?: () => Date;
}): AlertReceiver {
  const { auth, take, log, now = () => new Date() } = options;

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

  return {
    alertmanager: listener(alertmanagerSchema, delivered),
    alerts: listener(alertsSchema, (alerts) => fromDirect(alerts, now())),
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

const UNAUTHORISED: Answer = {
  status: 401,
  body: {
    error:
      'This is not signed in a way that is known here: send ALERTS_TOKEN as a bearer token, or sign the body with ' +
      'ALERTS_HMAC_SECRET in X-Signature-256.',
  },
};
