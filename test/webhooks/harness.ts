import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { parse } from 'yaml';
import type { AlertsConfig } from '../../src/config.ts';
import { type IncidentConfig, incidentConfigSchema } from '../../src/domain/incident-config.ts';
import type { IncidentInput } from '../../src/domain/incidents.ts';
import type { AlertGroup, IncidentStore } from '../../src/domain/ports.ts';
import type { LaunchOutcome } from '../../src/temporal/launchers.ts';
import { createIntake } from '../../src/webhooks/intake.ts';
import { createAlertReceiver } from '../../src/webhooks/receiver.ts';

export const TOKEN = 'canary-alerts-token-0123456789';

export function shippedConfig(): IncidentConfig {
  return incidentConfigSchema.parse(parse(readFileSync('manifests/incidents.yaml', 'utf8')));
}

/** Alerts as the shipped routes take them. */
export function directAlert(key: string, over: Record<string, unknown> = {}) {
  return { key, title: 'Backup failed', status: 'firing', service: 'shop', severity: 'sev2', ...over };
}

export interface Told extends IncidentInput {
  at: number;
}

/** A launcher that notes what it is told. */
export function recordingLauncher() {
  const told: Told[] = [];
  const answers: (LaunchOutcome | Error)[] = [];
  return {
    told,
    /** What it answers next, instead of yes. */
    answers,
    async alertsChanged(input: IncidentInput): Promise<LaunchOutcome> {
      told.push({ ...input, at: performance.now() });
      const answer = answers.shift() ?? { ok: true };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

/** Groups in memory: one incident each, and a note of what was taken. */
export function memoryStore(): Pick<IncidentStore, 'takeAlerts' | 'closeGroups'> & { groups: AlertGroup[] } {
  const groups: AlertGroup[] = [];
  const numbers = new Map<string, number>();
  let last = 0;
  return {
    groups,
    async takeAlerts(group) {
      const known = numbers.get(group.key);
      if (known === undefined && group.alerts.every(({ status }) => status === 'resolved')) return undefined;
      groups.push(group);
      const number = known ?? ++last;
      numbers.set(group.key, number);
      return { number, isNew: known === undefined, changed: true };
    },
    async closeGroups(number) {
      for (const [key, held] of numbers) if (held === number) numbers.delete(key);
    },
  };
}

/** The intake behind a server of its own. */
export async function startIntake(
  t: { after(clean: () => Promise<void>): void },
  over: {
    auth?: AlertsConfig;
    store?: Partial<Pick<IncidentStore, 'takeAlerts' | 'closeGroups'>>;
    config?: () => Promise<IncidentConfig | undefined>;
    now?: () => Date;
  } = {},
) {
  const launchers = recordingLauncher();
  const lines: string[] = [];
  const take = createIntake({
    config: over.config ?? (async () => shippedConfig()),
    store: { ...memoryStore(), ...over.store },
    launchers,
    platforms: () => ['teams', 'slack'],
  });
  const receiver = createAlertReceiver({
    auth: over.auth ?? { token: TOKEN },
    take,
    log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
    ...(over.now && { now: over.now }),
  });
  const server = createServer((request, response) =>
    (request.url === '/webhooks/alertmanager' ? receiver.alertmanager : receiver.alerts)(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...launchers,
    url,
    log: () => lines.join(''),
    async post(
      body: unknown,
      { path = '/webhooks/alerts', headers = {}, method = 'POST' }: Partial<PostOptions> = {},
    ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        ...(method === 'POST' && {
          body:
            typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        }),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? {} : JSON.parse(text),
        headers: response.headers,
      };
    },
  };
}

interface PostOptions {
  path: string;
  headers: Record<string, string>;
  method: string;
}
