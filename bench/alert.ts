/**
 * From an alert to a channel and a page of the on-call: Purser, with everything it does on the way, against the same
 * calls made directly with Slack's own client, at the same fixed delay of every call.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { postAlert } from './alerts.ts';
import { deploy } from './deployment.ts';
import { printTable, quantile, spread } from './figures.ts';
import { type SlowSlack, startSlowSlack } from './slow-slack.ts';

const DELAY_MS = 150;
const WARM_UP = 5;
const ALERTS = 10;
const ROUNDS = 7;
/** Purser keeps to the pace at which Slack lets an app create channels; what waits for that is no latency. */
const EVERY_MS = 3_500;
const ON_CALL = 'U0LEE';

interface Times {
  channelMs: number;
  pagedMs: number;
}
type Round = { [Quantity in keyof Times]: { p50: number; p99: number } };

await using running = new AsyncDisposableStack();
let slow: SlowSlack | undefined;
const deployment = await deploy(running, {
  worker: true,
  async slackVia(apiUrl) {
    slow = await startSlowSlack(apiUrl, DELAY_MS);
    running.defer(slow.close);
    return slow.apiUrl;
  },
});
const slack = slow as unknown as SlowSlack;
const client = new WebClient(deployment.slack.config.botToken, { slackApiUrl: slack.apiUrl });
const { channel: direct } = await client.conversations.open({ users: ON_CALL });

const sides = [withClient, withPurser];
const rounds: Round[][] = sides.map(() => []);
let sent = 0;
for (const side of sides) await round(side, WARM_UP);
for (let number = 0; number < ROUNDS; number += 1) {
  for (const index of number % 2 === 0 ? [0, 1] : [1, 0]) {
    rounds[index]?.push(await round(sides[index] as typeof withPurser, ALERTS));
  }
}
print(rounds as [Round[], Round[]]);

async function round(side: (title: string) => Promise<Times>, count: number): Promise<Round> {
  const times: Times[] = [];
  for (let number = 0; number < count; number += 1) {
    sent += 1;
    const pause = side === withPurser ? delay(EVERY_MS) : undefined;
    times.push(await side(`Bench${String(sent).padStart(4, '0')}`));
    await pause;
  }
  const of = (values: number[]) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) });
  return {
    channelMs: of(times.map(({ channelMs }) => channelMs)),
    pagedMs: of(times.map(({ pagedMs }) => pagedMs)),
  };
}

async function withPurser(title: string): Promise<Times> {
  const created = slack.answered('conversations.create', [title.toLowerCase()]);
  const paged = pageAnswered(title);
  const began = performance.now();
  await postAlert(deployment, { alertname: title, instance: 1, severity: 'warning' });
  return { channelMs: (await created) - began, pagedMs: (await paged) - began };
}

/** As a script would do it that somebody wrote for this alert alone. */
async function withClient(title: string): Promise<Times> {
  const began = performance.now();
  const [channelMs, pagedMs] = await Promise.all([
    client.conversations.create({ name: `inc-${title.toLowerCase()}` }).then(() => performance.now() - began),
    client.chat
      .postMessage({ channel: `${direct?.id}`, text: `You are paged: ${title}` })
      .then(() => performance.now() - began),
  ]);
  return { channelMs, pagedMs };
}

/** Whoever is on call today: a page is the first message to a person that names it. */
async function pageAnswered(title: string): Promise<number> {
  return await Promise.any(
    deployment.platform.people
      .flatMap(({ accounts }) => accounts)
      .flatMap((account) => (account.platform === 'slack' ? [`D0${account.userId}`] : []))
      .map((channel) => slack.answered('chat.postMessage', [channel, title])),
  );
}

function print([bare, purser]: [Round[], Round[]]): void {
  const quantities = [
    ['channelMs', 'p50'],
    ['channelMs', 'p99'],
    ['pagedMs', 'p50'],
    ['pagedMs', 'p99'],
  ] as const;
  const row = (of: Round[]) =>
    quantities.map(([quantity, q]) =>
      spread(
        of.map((one) => one[quantity][q]),
        0,
      ),
    );
  const more = quantities.map(([quantity, q]) =>
    spread(
      purser.map((own, at) => own[quantity][q] - (bare[at]?.[quantity][q] ?? Number.NaN)),
      0,
    ),
  );
  printTable(
    `From the alert, with a Slack that takes ${DELAY_MS} ms a call: ${ROUNDS} interleaved rounds of ${ALERTS}, median (quartiles) in ms`,
    ['', 'channel p50', 'channel p99', 'paged p50', 'paged p99'],
    [
      ['`@slack/web-api` alone', ...row(bare)],
      ['Purser', ...row(purser)],
      ['more', ...more],
    ],
  );
}
