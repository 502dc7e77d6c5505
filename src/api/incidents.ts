import type { IncomingMessage, RequestListener } from 'node:http';
import { z } from 'zod';
import { requestIdOf } from '../chat/deliveries.ts';
import { NotRecordedError } from '../commands/context.ts';
import type { AccessToken, AnsweredDeliveries, AuditLog, TokenStore } from '../domain/ports.ts';
import type { TokenRequest } from '../domain/requests.ts';
import type { SpokenView } from '../domain/views.ts';
import type { Log } from '../operations/logger.ts';
import { type Answer, ComeBackError, createEndpoint, parseBody } from '../webhooks/endpoint.ts';
import { plainText } from './plain-text.ts';
import { bearerIn, hashOf, stateOf } from './tokens.ts';

const bodySchema = z.strictObject({ text: z.string().trim().min(1).max(4_000) });
/** What was answered, kept for whoever asks again. */
const keptSchema = z.object({
  text: z.string(),
  body: z.object({ text: z.string(), incident: z.number().optional() }),
});
const keySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/);

export interface IncidentsEndpointOptions {
  tokens: Pick<TokenStore, 'byHash'>;
  deliveries: AnsweredDeliveries;
  audit: AuditLog;
  answer(request: TokenRequest): Promise<SpokenView>;
  log: Log;
  now?: () => Date;
}

/**
 * `POST /incidents` with `{"text": "sev1 checkout is down"}`: what follows `/incident` in chat, by somebody's token, and
 * answered in the words they would have read there. 200 when it is done, 400 with what to type instead, 401 for the
 * token, 403 for what is refused, 503 to ask again. The same `Idempotency-Key` has one effect and one answer for an hour.
 */
export function createIncidentsEndpoint(options: IncidentsEndpointOptions): RequestListener {
  const { tokens, deliveries, audit, log, now = () => new Date() } = options;

  async function admit(request: IncomingMessage): Promise<((body: Buffer) => Promise<Answer>) | Answer> {
    const bearer = bearerIn(request.headers.authorization);
    const token = bearer === undefined ? undefined : await tokens.byHash(hashOf(bearer));
    if (token === undefined) return refused(401, NO_TOKEN);
    const state = stateOf(token, now());
    if (state !== 'valid') return refused(401, `This token is ${state}. ${ASK_FOR_ONE}`);
    const given = request.headers['idempotency-key'];
    const key = keySchema.safeParse(given ?? crypto.randomUUID());
    if (!key.success) return refused(400, 'Idempotency-Key has to be 1 to 200 visible ASCII characters.');
    return async (body) => {
      const parsed = parseBody(body, bodySchema);
      return parsed.ok ? await once(token, key.data, words(parsed.value.text)) : parsed.answer;
    };
  }

  /** One effect for each key. What had none is not kept: the same key may be tried again. */
  async function once(token: AccessToken, key: string, text: string): Promise<Answer> {
    const dedupeKey = `api:${token.person}:${key}`;
    if (!(await deliveries.claim(dedupeKey))) return await earlier(dedupeKey, text);
    try {
      const answer = await answered(token, dedupeKey, text);
      if (answer.status === 200) await deliveries.settleWith(dedupeKey, { text, body: answer.body });
      else await deliveries.release(dedupeKey);
      return answer;
    } catch (error) {
      await deliveries.release(dedupeKey);
      if (error instanceof NotRecordedError) throw new ComeBackError(`${error.message.replace(/\.?$/, '.')}`);
      throw error;
    }
  }

  async function earlier(dedupeKey: string, text: string): Promise<Answer> {
    const kept = keptSchema.safeParse(await deliveries.answerTo(dedupeKey));
    if (!kept.success) throw new ComeBackError('The same is being worked on already.');
    if (kept.data.text === text) return { status: 200, body: kept.data.body };
    return refused(400, 'This Idempotency-Key came with other words before: use a new one for each command.');
  }

  async function answered({ id, person }: AccessToken, dedupeKey: string, text: string) {
    const requestId = requestIdOf(dedupeKey);
    await audit.append({
      key: `${dedupeKey}:token`,
      action: 'token.use',
      actor: person,
      subject: `token/${id}`,
      outcome: 'allowed',
      detail: { requestId },
    });
    const actor = { person, token: id };
    const view = await options.answer({
      kind: 'command',
      command: 'incident',
      text,
      actor,
      dedupeKey,
      requestId,
    });
    return answerOf(view);
  }

  return createEndpoint({
    what: 'incident commands',
    maxBodyBytes: 16 * 1024,
    tooLarge: 'This is more than 16 KiB: put long texts into the incident’s timeline from chat.',
    maxInFlight: 50,
    again: 'Send it again in a moment: with the same Idempotency-Key nothing happens twice.',
    admit,
    log,
  });
}

const ASK_FOR_ONE = 'Ask whoever runs Purser for another: npm run token -- issue PERSON 90d.';
const NO_TOKEN = `Send a token of yours as “Authorization: Bearer purser_…”. ${ASK_FOR_ONE.replace('another', 'one')}`;

/** `/incident` may stand before it as in chat. */
function words(text: string): string {
  return text.replace(/^\/inc(?:ident)?(?:\s+|$)/i, '');
}

function answerOf(
  view: SpokenView,
): { status: number; body: { error: string } } | { status: 200; body: Kept } {
  const text = plainText(view);
  const status = statusOf(view);
  if (status !== 200) return refused(status, text);
  const incident = incidentOf(view);
  return { status, body: { text, ...(incident === undefined ? {} : { incident }) } };
}

type Kept = z.infer<typeof keptSchema>['body'];

/** A notice of success says that something was done; the others that nothing was, and why. */
function statusOf(view: SpokenView): 200 | 400 | 403 {
  if (view.kind !== 'notice' || view.tone === 'success') return 200;
  return view.tone === 'error' ? 403 : 400;
}

function incidentOf(view: SpokenView): number | undefined {
  if (view.kind === 'incident' || view.kind === 'incident-review') return view.number;
  return view.kind === 'notice' ? view.incident : undefined;
}

function refused(status: number, error: string): { status: number; body: { error: string } } {
  return { status, body: { error } };
}
