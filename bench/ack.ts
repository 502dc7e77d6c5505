/**
 * How long a person waits for the acknowledgement of `/env create`, with Temporal having accepted the workflow: the
 * bot of Purser, with everything it checks and writes, against a bare Bolt app on the same Temporal.
 */
import { join } from 'node:path';
import { freePort } from '../src/local/ports.ts';
import { startProcess } from '../src/local/processes.ts';
import { QUEUES } from '../src/temporal/queues.ts';
import { sendRaw } from '../test/support/fake-slack.ts';
import { CHANNEL, DEVELOPER, type Deployment, deploy, statusOf } from './deployment.ts';
import { compareLatencies, type Side } from './latency.ts';

await using running = new AsyncDisposableStack();
// No worker: what happens after the acknowledgement is another figure.
const deployment = await deploy(running, { worker: false });
await compareLatencies(
  'Acknowledgement',
  [sideOf('bare Bolt', await startBareBolt(deployment)), sideOf('Purser', deployment.url)],
  deployment.temporalAddress,
);

async function startBareBolt({ slack, temporalAddress, logDirectory }: Deployment): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  const { apiUrl = '', inbound } = slack.config;
  const child = await startProcess({
    name: 'bare-bolt',
    command: process.execPath,
    args: [
      'bench/bare-bolt.ts',
      String(port),
      inbound.signingSecret,
      apiUrl,
      temporalAddress,
      `bare-${QUEUES.main}`,
    ],
    logFile: join(logDirectory, 'bare-bolt.log'),
    ready: async () => (await statusOf(url)) !== undefined,
    readyTimeoutMs: 30_000,
  });
  running.defer(child.stop);
  return url;
}

function sideOf(name: string, url: string): Side {
  const { slack } = deployment;
  return {
    name,
    async send(number) {
      const text = `create preview bench-${number} team=shop image=docker.io/library/httpd:2.4`;
      const signed = slack.signed('form', slack.commandPayload(DEVELOPER, CHANNEL, text));
      const answer = await sendRaw({ ...signed, url });
      if (answer.status !== 200 || !answer.text.includes('Requested')) {
        throw new Error(`${name} did not take it: ${answer.status} ${answer.text.slice(0, 500)}`);
      }
      return answer.tookMs;
    },
  };
}
