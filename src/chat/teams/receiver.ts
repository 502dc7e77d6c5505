import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '@microsoft/teams-ai';
import type { Activity } from 'botbuilder';
import type { AuthenticateRequestResult } from 'botframework-connector';
import type { Logger } from 'pino';
import type { TeamsConfig } from '../../config.ts';
import { end, readBody } from '../http.ts';
import type { BotClient } from './client.ts';
import { activitySchema, type TeamsActivity, tenantOf } from './payloads.ts';
import { isServiceUrl } from './service-url.ts';

const MAX_BODY_BYTES = 256 * 1024;
const ISSUER = 'https://api.botframework.com';
const CHANNEL = 'msteams';

export interface HttpReceiver {
  /** Answers what Teams posts to `/api/messages`. The caller has matched the path. */
  requestListener(request: IncomingMessage, response: ServerResponse): void;
  /** From now on everything is handed to the app. */
  start(app: Application): void;
  stop(): void;
}

/**
 * Teams' requests, for a server of the caller's. Who is refused reads 401 and nothing else, whether it is the token, the
 * tenant or the address answers would go to; nothing of an activity is acted on before all of it is checked.
 */
export function createHttpReceiver(options: {
  client: BotClient;
  config: TeamsConfig;
  logger: Logger;
}): HttpReceiver {
  const { client, config, logger } = options;
  let app: Application | undefined;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return end(response, 405);
    if (app === undefined) return end(response, 503);
    const raw = await readBody(request, MAX_BODY_BYTES);
    if (raw === 'too large') return refuse(request, response, 413, 'too large');
    const body = parseJson(raw);
    const activity = activitySchema.safeParse(body).data;
    if (activity === undefined) return refuse(request, response, 401, 'not an activity of teams');
    const problem = strangeness(activity, config);
    if (problem !== undefined) return refuse(request, response, 401, problem);
    const authenticated = await authenticate(activity, body as Activity, request.headers.authorization ?? '');
    if (typeof authenticated === 'string') return refuse(request, response, 401, authenticated);
    if (authenticated === undefined) return end(response, 503);
    const running = app;
    const answer = await client.answer(authenticated, body as Activity, async (context) => {
      await running.run(context);
    });
    end(response, answer?.status ?? 200, answer?.body);
  }

  /** Or why it is not believed; nothing while Microsoft's keys cannot be had. */
  async function authenticate(
    activity: TeamsActivity,
    body: Activity,
    authorization: string,
  ): Promise<AuthenticateRequestResult | string | undefined> {
    let authenticated: AuthenticateRequestResult;
    try {
      authenticated = await client.authenticate(body, authorization);
    } catch (error) {
      if (isOutage(error)) {
        logger.error({ err: error }, 'the keys that teams signs with cannot be had');
        return undefined;
      }
      return reasonOf(error);
    }
    if (config.app === undefined) return authenticated;
    const { claimsIdentity } = authenticated;
    if (claimsIdentity.getClaimValue('iss') !== ISSUER) return 'not a token of the bot framework';
    if (typeof claimsIdentity.getClaimValue('exp') !== 'number') return 'a token that never expires';
    if (claimsIdentity.getClaimValue('serviceurl') !== activity.serviceUrl)
      return 'a token for another address';
    const endorsements = await client.endorsements(authorization);
    return endorsements.includes(CHANNEL) ? authenticated : 'a key that does not speak for teams';
  }

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    status: 401 | 413,
    reason: string,
  ): void {
    logger.warn(
      { status, reason, from: request.socket.remoteAddress },
      'refused a request that is not from teams',
    );
    // What is left of the body is not read.
    response.setHeader('connection', 'close');
    end(response, status);
  }

  return {
    requestListener(request, response) {
      receive(request, response).catch((error: unknown) => {
        logger.error({ err: error }, 'a teams request failed');
        end(response, 500);
      });
    },
    start(application) {
      app = application;
    },
    stop() {
      app = undefined;
    },
  };
}

/** What is wrong with an activity, whoever signed it. */
function strangeness(activity: TeamsActivity, config: TeamsConfig): string | undefined {
  const tenant = tenantOf(activity);
  if (tenant === undefined || !config.tenantIds.includes(tenant)) return 'another tenant';
  const { conversation } = activity;
  if (conversation.tenantId !== undefined && conversation.tenantId.toLowerCase() !== tenant)
    return 'two tenants';
  return isServiceUrl(activity.serviceUrl, config) ? undefined : 'a foreign address';
}

/** Not a word about the token, but about whether it could be checked. */
function isOutage(error: unknown): boolean {
  const { name, statusCode } = error as { name?: string; statusCode?: number };
  return name === 'FetchError' || statusCode === 500;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}

/** Half a character, which JSON may spell and no digest takes, becomes a mark for one. */
function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'), (_key, value) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    );
  } catch {
    return undefined;
  }
}
