import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError, loadIncidentClientConfig } from './config.ts';

const USAGE = `Usage: npm run incident -- COMMAND, what follows /incident in chat:
  npm run incident -- sev2 checkout is down
  npm run incident -- 12 ack
  npm run incident -- help`;

const TRIES = 5;
const PAUSE_MS = 2_000;
const ANSWER_MS = 15_000;
const EX_UNAVAILABLE = 69;

const answerSchema = z.union([z.object({ text: z.string() }), z.object({ error: z.string() })]);

process.exitCode = await main(process.argv.slice(2));

/** 0 when it is done, 1 when it is refused, 2 for a wrong call, 69 when nobody answers, 78 for a wrong configuration. */
async function main(words: string[]): Promise<number> {
  if (words.length === 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  try {
    const { url, token } = loadIncidentClientConfig();
    return await tell(new URL('/incidents', url), token, commandOf(words));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigError ? error.exitCode : EX_UNAVAILABLE;
  }
}

/** With one key for all tries there is one effect, whichever answer was lost. */
async function tell(address: URL, token: string, text: string): Promise<number> {
  const key = crypto.randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(address, token, key, text);
    if (response !== undefined && response.status !== 503) return await show(response);
    if (attempt === TRIES) {
      const why = response === undefined ? `Nobody answers at ${address.origin}.` : await problemIn(response);
      throw new Error(
        `${why}\nWhether it was taken is not known: look with “npm run incident -- list” first.`,
      );
    }
    process.stderr.write(`No answer yet; trying again (${attempt} of ${TRIES - 1}) …\n`);
    await delay(PAUSE_MS);
  }
}

async function post(address: URL, token: string, key: string, text: string): Promise<Response | undefined> {
  try {
    return await fetch(address, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ text }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    return undefined;
  }
}

async function show(response: Response): Promise<number> {
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined)).data;
  if (answer !== undefined && 'text' in answer) {
    process.stdout.write(`${answer.text}\n`);
    return 0;
  }
  process.stderr.write(`${answer?.error ?? `This is not Purser: it answers with ${response.status}.`}\n`);
  return 1;
}

async function problemIn(response: Response): Promise<string> {
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined)).data;
  return answer !== undefined && 'error' in answer ? answer.error : 'It is too busy to answer.';
}

/** One argument is the command as it would be typed in chat; of several the shell has taken the quotes. */
function commandOf(words: string[]): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (!/[\s"“”„]/.test(word)) return word;
  const [, key = '', value = word] = /^([A-Za-z][\w-]*=)([\s\S]*)$/.exec(word) ?? [];
  return `${key}"${value.replace(/["“”„\\]/g, '\\$&')}"`;
}
