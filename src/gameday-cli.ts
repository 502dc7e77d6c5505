import { randomUUID } from 'node:crypto';
import { ConfigError } from './config.ts';
import { duration } from './domain/durations.ts';
import type { GameDayFault, GameDayTarget } from './domain/game-day.ts';
import { byOperator } from './processes/by-operator.ts';
import { withStore } from './processes/with-store.ts';
import type { Store } from './store/open-store.ts';

const USAGE = `Usage:
  npm run gameday                     what is on
  npm run gameday -- slack down 10m   Slack does not answer what drills send
  npm run gameday -- teams 429 5m     Teams takes no more of what drills send
  npm run gameday -- webhooks down 5m pagers and status pages do not answer drills, which never reach them
  npm run gameday -- off              all of it ends at once
Only drills are hit, never a real incident. A time is at most 4h, such as 90s or 10m.`;

const EX_CONFIG = 78;
const LONGEST_MS = 4 * 3_600_000;
const NAMES: Record<GameDayTarget, string> = {
  slack: 'Slack is',
  teams: 'Teams is',
  webhooks: 'Webhooks are',
};

process.exitCode = await main(process.argv.slice(2));

/** 0 when it is done, 1 when it is refused, 2 for a wrong call, 78 for a wrong configuration. */
async function main(words: string[]): Promise<number> {
  const work = workOf(words);
  if (work === undefined) {
    complain(USAGE);
    return 2;
  }
  try {
    return await withStore(
      ({ message }) => complain(message),
      async (store) => {
        await work(store);
        return await list(store);
      },
    );
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return error instanceof ConfigError ? EX_CONFIG : 1;
  }
}

function workOf(words: string[]): ((store: Store) => Promise<void>) | undefined {
  const [target = '', kind = '', lasts = '', extra] = words;
  if (words.length === 0) return async () => undefined;
  if (words.length === 1 && words[0] === 'off') return end;
  const length = duration.safeParse(lasts);
  if (!isTarget(target) || !isKind(kind) || !length.success || extra !== undefined) return undefined;
  if (length.data > LONGEST_MS) return undefined;
  const until = new Date(Date.now() + length.data).toISOString();
  return (store) => begin(store, { target, kind, until });
}

async function begin({ gameDay, audit }: Store, fault: GameDayFault): Promise<void> {
  await audit.append(event('begin', { ...fault }));
  await gameDay.begin(fault);
}

async function end({ gameDay, audit }: Store): Promise<void> {
  await audit.append(event('end', {}));
  await gameDay.end();
}

async function list({ gameDay }: Store): Promise<number> {
  const faults = await gameDay.faults(new Date());
  if (faults.length === 0) say('Nothing is made to fail.');
  for (const { target, kind, until } of faults)
    say(`${NAMES[target]} ${kind === 'down' ? 'down' : 'at its limit (429)'} for drills until ${until}`);
  return 0;
}

function event(what: 'begin' | 'end', detail: Record<string, string>) {
  const key = `gameday:${what}:${randomUUID()}`;
  return byOperator({ key, action: `gameday.${what}`, subject: 'gameday', detail });
}

function isTarget(word: string): word is GameDayTarget {
  return Object.hasOwn(NAMES, word);
}

function isKind(word: string): word is GameDayFault['kind'] {
  return word === 'down' || word === '429';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
