import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { AlertsConfig } from '../../src/config.ts';
import { openHttpServer } from '../../src/operations/http-server.ts';
import { mountAlerts } from '../../src/processes/mount-alerts.ts';
import type { Dependencies } from '../../src/processes/open-dependencies.ts';

const PATHS = ['/webhooks/alertmanager', '/webhooks/alerts'];

async function mounted(t: { after(clean: () => Promise<void>): void }, alerts: AlertsConfig | undefined) {
  const lines: string[] = [];
  const http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    checks: {},
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
  });
  t.after(() => http.close());
  // Nothing else is touched before a request has proved who it is.
  const shared = {
    config: { alerts },
    http,
    log: pino({}, { write: (line) => void lines.push(line) }),
    chat: { platforms: () => ['slack'] },
    store: {},
  } as unknown as Dependencies;
  mountAlerts(shared);
  const answers = await Promise.all(
    PATHS.map((path) => fetch(`http://127.0.0.1:${http.port}${path}`, { method: 'POST', body: '{}' })),
  );
  await Promise.all(answers.map((answer) => answer.text()));
  return { statuses: answers.map(({ status }) => status), log: lines.join('') };
}

test('without a way to prove who sends them, alerts are not taken, and the start says so', async (t) => {
  const { statuses, log } = await mounted(t, undefined);

  assert.deepEqual(statuses, [404, 404]);
  assert.match(log, /alerts are not taken: set ALERTS_TOKEN or ALERTS_HMAC_SECRET/);
});

test('with one, both addresses are there, for those who prove it', async (t) => {
  const { statuses, log } = await mounted(t, { token: 'canary-0123456789' });

  assert.deepEqual(statuses, [401, 401]);
  assert.doesNotMatch(log, /canary|are not taken/);
});
