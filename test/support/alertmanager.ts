import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';

export interface PostedAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt: string;
  /** In the past: it is over. */
  endsAt?: string;
  generatorURL?: string;
}

export interface Alertmanager {
  url: string;
  /** As Prometheus does. */
  post(alerts: PostedAlert[]): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's, on its own and impatient: what it is told it passes on within half a second, `maxAlerts` at a time. */
export async function startAlertmanager({
  receiver,
  token,
  maxAlerts,
}: {
  receiver: string;
  token: string;
  maxAlerts: number;
}): Promise<Alertmanager> {
  const home = await mkdtemp(join(tmpdir(), 'purser-alertmanager-'));
  const file = join(home, 'alertmanager.yml');
  const webhook = {
    url: receiver,
    send_resolved: true,
    max_alerts: maxAlerts,
    http_config: { authorization: { credentials: token } },
  };
  const config = {
    route: {
      receiver: 'purser',
      group_by: ['alertname', 'service'],
      group_wait: '300ms',
      group_interval: '500ms',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'purser', webhook_configs: [webhook] }],
  };
  await writeFile(file, JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    name: 'alertmanager',
    command: 'prometheus-alertmanager',
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(home, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
    ],
    logFile: join(home, 'log'),
    ready: () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: 30_000,
  });
  return {
    url,
    async post(alerts) {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`Alertmanager: ${response.status} ${await response.text()}`);
    },
    async stop() {
      await process.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
