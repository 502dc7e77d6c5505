import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { end, readBody } from '../chat/http.ts';
import { ManifestError } from '../directory/manifest-files.ts';
import type { Log } from '../operations/logger.ts';

/** Past this it is not known whether it was done, and who asked asks again. */
const ANSWER_MS = 10_000;
const RETRY_AFTER_SECONDS = 5;
const SHOWN_PROBLEMS = 5;

export interface Answer {
  status: number;
  body: unknown;
}

/** What programs post to. */
export interface EndpointOptions {
  /** In logs: `alerts`. */
  what: string;
  maxBodyBytes: number;
  tooLarge: string;
  maxInFlight: number;
  /** Said behind why it was not taken: what asking again does. */
  again: string;
  /** By the headers alone: who may not post is refused before a body is read. Says what becomes of the body. */
  admit(request: IncomingMessage): Promise<((body: Buffer) => Promise<Answer>) | Answer>;
  log: Log;
}

/**
 * 503 asks for the same again in a moment: too much at once, no answer in time, or it could not be done now. What else is
 * refused stays refused: 401, 405, 413, 415, and what `admit` says.
 */
export function createEndpoint(options: EndpointOptions): RequestListener {
  const { what, maxInFlight, log } = options;
  let inFlight = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return refuse(response, 405, 'Only POST works here.');
    if (request.headers['content-encoding'] !== undefined) {
      return refuse(response, 415, 'Send the body as it is, not compressed.');
    }
    const admitted = await options.admit(request);
    if (typeof admitted !== 'function') return give(response, admitted);
    const body = await readBody(request, options.maxBodyBytes);
    if (body === 'too large') return refuse(response, 413, options.tooLarge);
    if (inFlight >= maxInFlight) return comeBack(response, 'Too many at once.');
    await answer(response, () => admitted(body));
  }

  async function answer(response: ServerResponse, work: () => Promise<Answer>): Promise<void> {
    inFlight += 1;
    const late = setTimeout(() => comeBack(response, 'This took too long.'), ANSWER_MS);
    try {
      give(response, await work());
    } finally {
      clearTimeout(late);
      inFlight -= 1;
    }
  }

  function give(response: ServerResponse, { status, body }: Answer): void {
    if (response.headersSent) return;
    if (status >= 400) {
      log.warn({ status, from: response.req.socket.remoteAddress }, `refused ${what}`);
      // What is left of the body is not read.
      response.setHeader('connection', 'close');
    }
    end(response, status, body);
  }

  function refuse(response: ServerResponse, status: number, error: string): void {
    give(response, { status, body: { error } });
  }

  function comeBack(response: ServerResponse, why: string): void {
    if (response.headersSent) return;
    log.warn({ why }, `${what} have to be sent again`);
    response.setHeader('retry-after', String(RETRY_AFTER_SECONDS));
    end(response, 503, { error: `${why} ${options.again}` });
  }

  return (request, response) => {
    receive(request, response).catch((error: unknown) => {
      if (error instanceof ComeBackError) return comeBack(response, error.message);
      log.error({ why: reasonOf(error) }, `${what} could not be taken`);
      comeBack(response, 'This did not work.');
    });
  };
}

/** It could not be done now. Asking again is harmless, and the message says why. */
export class ComeBackError extends Error {
  override readonly name = 'ComeBackError';
}

/** The messages of a database repeat what it was given, and that may be private. */
function reasonOf(error: unknown): string {
  if (error instanceof ManifestError) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return [error.name, code].filter((part) => typeof part === 'string').join(' ');
}

/** The body as its schema has it, or what is wrong with it, by its place. */
export function parseBody<Body>(body: Buffer, schema: z.ZodType<Body>): { ok: true; value: Body } | Wrong {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return wrong('The body is not JSON.');
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.length === 0 ? 'the body' : z.core.toDotPath(path)}: ${message}`);
  return wrong(problems.join('; '));
}

interface Wrong {
  ok: false;
  error: string;
  answer: Answer;
}

function wrong(error: string): Wrong {
  return { ok: false, error, answer: { status: 400, body: { error } } };
}
