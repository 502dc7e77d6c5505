/**
 * How long somebody in Teams waits for the answer to a button that asks for an environment, with Temporal having
 * accepted the workflow: the bot of Purser, with everything it checks and writes, against a bare botbuilder bot.
 */
import { join } from 'node:path';
import { createPlatformFile } from '../src/directory/platform-file.ts';
import { teamsPeople } from '../src/local/playground.ts';
import { freePort } from '../src/local/ports.ts';
import { startProcess } from '../src/local/processes.ts';
import { QUEUES } from '../src/temporal/queues.ts';
import { startFakeTeams } from '../test/support/fake-teams.ts';
import { type Deployment, deploy, statusOf } from './deployment.ts';
import { compareLatencies, type Side } from './latency.ts';

const CHANNEL = '19:general@thread.tacv2';

await using running = new AsyncDisposableStack();
const { tenantId, people } = teamsPeople(await createPlatformFile('manifests')());
const teams = await startFakeTeams(tenantId);
running.defer(teams.close);
const kim = accountOf(0);
teams.addUser({ aadObjectId: kim, name: 'Kim Sample' });
teams.addChannel({ id: CHANNEL, name: 'General', members: [kim] });
const authorization = `Bearer ${await teams.tokens.token()}`;
// No worker: what happens after the answer is another figure.
const deployment = await deploy(running, { worker: false, env: teams.env });
await compareLatencies(
  'Answer to an invoke',
  [
    sideOf('bare botbuilder', await startBareBot(deployment)),
    sideOf('Purser', deployment.url.replace('/slack/events', '/api/messages')),
  ],
  deployment.temporalAddress,
);

function accountOf(index: number): string {
  const account = people[index]?.accounts.find(({ platform }) => platform === 'teams');
  if (account?.platform !== 'teams') throw new Error('nobody in platform.yaml is in Teams');
  return account.aadObjectId;
}

async function startBareBot({ temporalAddress, logDirectory }: Deployment): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/api/messages`;
  const { app, apiUrl } = teams.config;
  const child = await startProcess({
    name: 'bare-botbuilder',
    command: process.execPath,
    args: [
      'bench/bare-botbuilder.ts',
      String(port),
      app.id,
      app.password,
      apiUrl,
      temporalAddress,
      `bare-${QUEUES.main}`,
    ],
    logFile: join(logDirectory, 'bare-botbuilder.log'),
    ready: async () => (await statusOf(url)) !== undefined,
    readyTimeoutMs: 30_000,
  });
  running.defer(child.stop);
  return url;
}

function sideOf(name: string, url: string): Side {
  return {
    name,
    async send(number) {
      const text = `create preview bench-${number} team=shop image=docker.io/library/httpd:2.4`;
      const data = { purser: { kind: 'command', text } };
      const activity = teams.activityOf(kim, CHANNEL, {
        type: 'invoke',
        name: 'task/fetch',
        value: { data },
      });
      const body = JSON.stringify(activity);
      const began = performance.now();
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body,
      });
      const answer = await response.text();
      const tookMs = performance.now() - began;
      if (response.status !== 200 || !answer.includes('Requested')) {
        throw new Error(`${name} did not take it: ${response.status} ${answer.slice(0, 500)}`);
      }
      return tookMs;
    },
  };
}
