import { z } from 'zod';
import { OutsideError, type Silences } from '../domain/outside.ts';
import { callOutside } from './http.ts';

const WHO = 'Alertmanager';

const silencesSchema = z.array(z.object({ id: z.string(), endsAt: z.string(), comment: z.string() }));
const statusSchema = z.object({ versionInfo: z.object({ version: z.string() }) });
const createdSchema = z.object({ silenceID: z.string().min(1) });

/** Silences through Alertmanager's API v2. */
export function createSilences(): Silences {
  return {
    async silence({ url, key, comment, matchers, ...order }) {
      const api = apiOf(url, 'silences');
      const mark = `[${key}]`;
      // Alertmanager knows no keys: an attempt whose answer was lost is known by what it wrote into the comment.
      const made = (await ask(api, { method: 'GET' }, silencesSchema)).find((silence) =>
        silence.comment.endsWith(mark),
      );
      if (made !== undefined) return { id: made.id, until: new Date(made.endsAt).toISOString() };
      const body = {
        ...order,
        comment: `${comment} ${mark}`,
        matchers: matchers.map((matcher) => ({ ...matcher, isRegex: false, isEqual: true })),
      };
      const { silenceID } = await ask(
        api,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
        createdSchema,
      );
      return { id: silenceID, until: order.endsAt };
    },
  };
}

/** Resolves when there is an Alertmanager. Rejects with `OutsideError`. */
export async function findAlertmanager(url: string): Promise<void> {
  await ask(apiOf(url, 'status'), { method: 'GET' }, statusSchema);
}

function apiOf(url: string, path: string): string {
  return new URL(`api/v2/${path}`, url.endsWith('/') ? url : `${url}/`).href;
}

async function ask<Answer>(
  url: string,
  request: Parameters<typeof callOutside>[2],
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const response = await callOutside(WHO, url, request);
  const text = await response.text().catch(() => {
    throw new OutsideError(`${WHO} broke off in the middle of its answer`, { retryable: true });
  });
  const parsed = schema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new OutsideError(`${WHO} answers with something else than expected; is its address right?`, {
    retryable: false,
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
