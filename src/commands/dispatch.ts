import type { ChatReply, Dispatch } from '../chat/adapter.ts';
import type { Intent } from '../domain/intents.ts';
import { mayAnywhere } from '../domain/policy.ts';
import { accountKey } from '../domain/refs.ts';
import type { ChatRequest, TokenRequest } from '../domain/requests.ts';
import { isRefusal, type SpokenView } from '../domain/views.ts';
import { type Admission, admitted, admittedByToken } from './admission.ts';
import { refusal } from './authorize.ts';
import { type Call, type CommandContext, type Handler, NotRecordedError } from './context.ts';
import { HANDLERS } from './handlers.ts';
import { inWords } from './in-words.ts';
import { incidentHere } from './incident-lookups.ts';
import { parseIntent } from './parse-intent.ts';
import { notice, tryAgain } from './wording.ts';

/** From what somebody did in chat to what they are told, however late: who asks waits as long as their platform does. */
export function createDispatch(context: CommandContext): Dispatch {
  return async (request) => {
    const logger = context.logger.child({
      requestId: request.requestId,
      kind: request.kind,
      account: accountKey(request.actor.account),
    });
    try {
      return await once({ ...context, logger }, request);
    } catch (error) {
      return failed(logger, request, error);
    }
  };
}

/**
 * The same for somebody with a token, in words alone: what chat asks in a form or offers as a button is said as what to
 * type. Whoever calls it sees to duplicates. Rejects with `NotRecordedError`.
 */
export function createTokenDispatch(context: CommandContext): (request: TokenRequest) => Promise<SpokenView> {
  return async (request) => {
    const logger = context.logger.child({ requestId: request.requestId, token: request.actor.token });
    const call = { context: { ...context, logger }, request };
    const reply = await answerAs(call, await admittedByToken(context, request));
    return inWords(request, reply);
  };
}

/** One effect and one answer for each delivery. The claim is settled by the work itself, however late it ends. */
async function once(context: CommandContext, request: ChatRequest): Promise<ChatReply> {
  if (harmless(request)) return answer(context, request);
  const { deliveries } = context;
  const { dedupeKey, pressKey } = request;
  if (!(await claimed(deliveries, request))) return undefined;
  try {
    const reply = await answer(context, request);
    // To press again after a refusal is to try again.
    const refused = pressKey !== undefined && reply?.kind === 'notice' && isRefusal(reply);
    if (refused) await deliveries.release(pressKey);
    // Nobody waits for it: should it be lost, the same delivery ten seconds later does again what is harmless twice.
    const done = pressKey === undefined || refused ? [dedupeKey] : [dedupeKey, pressKey];
    Promise.all(done.map((key) => deliveries.settle(key))).catch((err) =>
      context.logger.warn({ err }, 'Delivery not settled'),
    );
    return reply;
  } catch (error) {
    await deliveries.release(dedupeKey);
    if (pressKey !== undefined) await deliveries.release(pressKey);
    throw error;
  }
}

/** Without the database nothing has happened yet, and nothing will. */
async function claimed(
  deliveries: CommandContext['deliveries'],
  { dedupeKey, pressKey }: ChatRequest,
): Promise<boolean> {
  try {
    const claims = [deliveries.claim(dedupeKey), pressKey === undefined || deliveries.claimPress(pressKey)];
    return (await Promise.all(claims)).every(Boolean);
  } catch (cause) {
    throw new NotRecordedError('The database did not answer', { cause });
  }
}

/** Looking at the home tab and redrawing a form change nothing, and every delivery wants its answer. */
function harmless(request: ChatRequest): boolean {
  return request.kind === 'home' || (request.kind === 'form' && request.phase === 'change');
}

async function answer(context: CommandContext, request: ChatRequest): Promise<ChatReply> {
  // What people do to messages elsewhere is not meant for us, whoever they are.
  if (request.kind === 'message' && (await incidentHere({ context, request })) === undefined)
    return undefined;
  return answerAs({ context, request }, await admitted(context, request));
}

async function answerAs(
  { context, request }: Pick<Call, 'context' | 'request'>,
  admission: Admission,
): Promise<ChatReply> {
  if (!admission.ok) return admission.reply;
  const parsed = parseIntent(request, context.now());
  if (!parsed.ok) return parsed.reply;
  return handle({ context, request, ...admission }, parsed.intent);
}

async function handle(call: Call, intent: Intent): Promise<ChatReply> {
  const { permission, handle } = HANDLERS[intent.intent] as Handler<Intent['intent']>;
  if (permission !== undefined && !mayAnywhere(call.policy, call.person, permission)) {
    return refusal(call, permission);
  }
  return handle(call, intent);
}

function failed(logger: CommandContext['logger'], request: ChatRequest, error: unknown): ChatReply {
  if (error instanceof NotRecordedError) logger.warn({ err: error }, 'Request not recorded');
  else logger.error({ err: error }, 'Request failed');
  const answer =
    error instanceof NotRecordedError
      ? tryAgain(request.requestId)
      : notice('error', 'Something went wrong on our side, and this may not have been recorded.', {
          details: [
            'Please try again; repeating it is harmless.',
            `If it fails again, tell the platform team this request id: ${request.requestId}`,
          ],
        });
  // A form stays open, so that what was filled in is not lost.
  const filledIn = request.kind === 'form' && request.phase === 'submit';
  return filledIn ? { kind: 'form-errors', errors: { '': answer.text } } : answer;
}
