import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { end, readBody } from '../chat/http.ts';
import type { AlertsConfig } from '../config.ts';
import { ManifestError } from '../directory/manifest-files.ts';
import { alertmanagerSchema, alertsSchema, fromAlertmanager, fromDirect } from '../domain/alerts.ts';
import type { StoredAlert } from '../domain/ports.ts';
import type { Log } from '../operations/logger.ts';
import { authenticate } from './authenticate.ts';
import type { IntakeOutcome } from './intake.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_IN_FLIGHT = 200;
/** Past this it is not known whether it was taken, and monitoring sends it again. */
const ANSWER_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
const SHOWN_PROBLEMS = 5;

type Parsed = { ok: true; alerts: StoredAlert[] } | { ok: false; problem: string };

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
  let inFlight = 0;

  async function receive(
    request: IncomingMessage,
    response: ServerResponse,
    parse: (body: unknown) => Parsed,
  ): Promise<void> {
    if (request.method !== 'POST') return refuse(response, 405, 'Only POST works here.');
    if (request.headers['content-encoding'] !== undefined) {
      return refuse(response, 415, 'Send the body as it is, not compressed.');
    }
    const isGenuine = authenticate(auth, request, now());
    if (isGenuine === undefined) return refuse(response, 401, UNAUTHORISED);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === 'too large') return refuse(response, 413, TOO_LARGE);
    if (!isGenuine(body)) return refuse(response, 401, UNAUTHORISED);
    const parsed = parseJson(body, parse);
    if (!parsed.ok) return refuse(response, 400, parsed.problem);
    if (inFlight >= MAX_IN_FLIGHT) return comeBack(response, 'Too many at once.');
    await answer(response, parsed.alerts);
  }

  async function answer(response: ServerResponse, alerts: StoredAlert[]): Promise<void> {
    inFlight += 1;
    const late = setTimeout(() => comeBack(response, 'This took too long.'), ANSWER_MS);
    try {
      const outcome = await take(alerts);
      if (!outcome.ok) return comeBack(response, outcome.why);
      const { taken, ignored, incidents } = outcome;
      end(response, 200, { taken, ignored, incidents });
    } finally {
      clearTimeout(late);
      inFlight -= 1;
    }
  }

  function refuse(response: ServerResponse, status: number, error: string): void {
    log.warn({ status, from: response.req.socket.remoteAddress }, 'refused alerts');
    // What is left of the body is not read.
    response.setHeader('connection', 'close');
    end(response, status, { error });
  }

  function comeBack(response: ServerResponse, why: string): void {
    if (response.headersSent) return;
    log.warn({ why }, 'alerts have to be sent again');
    response.setHeader('retry-after', String(RETRY_AFTER_SECONDS));
    end(response, 503, { error: `${why} Nothing is lost: send it again in a moment.` });
  }

  function listener(parse: (body: unknown) => Parsed): RequestListener {
    return (request, response) => {
      receive(request, response, parse).catch((error: unknown) => {
        log.error({ why: reasonOf(error) }, 'alerts could not be taken');
        comeBack(response, 'This did not work.');
      });
    };
  }

  function delivered(delivery: z.infer<typeof alertmanagerSchema>): StoredAlert[] {
    const { truncatedAlerts: left } = delivery;
    if (left > 0) log.info({ left }, 'alertmanager left alerts out: max_alerts says how many it sends');
    return fromAlertmanager(delivery);
  }

  return {
    alertmanager: listener((body) => parsed(alertmanagerSchema.safeParse(body), delivered)),
    alerts: listener((body) => parsed(alertsSchema.safeParse(body), (alerts) => fromDirect(alerts, now()))),
  };
}

const UNAUTHORISED =
  'This is not signed in a way that is known here: send ALERTS_TOKEN as a bearer token, or sign the body with ' +
  'ALERTS_HMAC_SECRET in X-Signature-256.';
const TOO_LARGE =
  'This is more than 1 MiB: send fewer alerts at once (max_alerts: 500 in Alertmanager’s webhook_config).';

/** The messages of a database repeat what it was given, and alerts may be private. */
function reasonOf(error: unknown): string {
  if (error instanceof ManifestError) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return [error.name, code].filter((part) => typeof part === 'string').join(' ');
}

function parseJson(body: Buffer, parse: (body: unknown) => Parsed): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, problem: 'The body is not JSON.' };
  }
  return parse(json);
}

function parsed<Body>(result: z.ZodSafeParseResult<Body>, toAlerts: (body: Body) => StoredAlert[]): Parsed {
  if (result.success) return { ok: true, alerts: toAlerts(result.data) };
  const problems = result.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.length === 0 ? 'the body' : z.core.toDotPath(path)}: ${message}`);
  return { ok: false, problem: problems.join('; ') };
}
