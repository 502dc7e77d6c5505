import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { parse } from 'yaml';
import type { AlertsConfig } from '../../src/config.ts';
import { type IncidentConfig, incidentConfigSchema } from '../../src/domain/incident-config.ts';
import type { ActInput, IncidentInput } from '../../src/domain/incidents.ts';
import type { AlertGroup, IncidentStore } from '../../src/domain/ports.ts';
import type { LaunchOutcome } from '../../src/temporal/launchers.ts';
import { createIntake } from '../../src/webhooks/intake.ts';
import { createPagerdutyIntake } from '../../src/webhooks/pagerduty.ts';
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
  const acts: { number: number; input: ActInput }[] = [];
  return {
    told,
    acts,
    /** What it answers next, instead of yes. */
    answers,
    async act(number: number, input: ActInput): Promise<LaunchOutcome> {
      acts.push({ number, input });
      return (answers.shift() as LaunchOutcome | undefined) ?? { ok: true };
    },
    async alertsChanged(input: IncidentInput): Promise<LaunchOutcome> {
      told.push({ ...input, at: performance.now() });
      const answer = answers.shift() ?? { ok: true };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

type AlertIntakeStore = Pick<IncidentStore, 'takeAlerts' | 'closeGroups' | 'firingAlert'>;

/** Groups in memory: one incident each, and a note of what was taken. */
export function memoryStore(): AlertIntakeStore & { groups: AlertGroup[] } {
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
    async firingAlert(fingerprint) {
      const told = groups.flatMap(({ key, alerts }) => alerts.map((alert) => ({ key, alert })));
      const last = told.findLast(({ alert }) => alert.fingerprint === fingerprint);
      const number = last && numbers.get(last.key);
      if (last === undefined || number === undefined || last.alert.status !== 'firing') return undefined;
      return { number, alert: last.alert };
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
    store?: Partial<AlertIntakeStore>;
    config?: () => Promise<IncidentConfig | undefined>;
    now?: () => Date;
  } = {},
) {
  const launchers = recordingLauncher();
  const lines: string[] = [];
  const store = { ...memoryStore(), ...over.store };
  const take = createIntake({
    config: over.config ?? (async () => shippedConfig()),
    store,
    launchers,
    platforms: () => ['teams', 'slack'],
  });
  const receiver = createAlertReceiver({
    auth: over.auth ?? { token: TOKEN },
    take,
    takeEvent: createPagerdutyIntake({ store, launchers, take, ...(over.now && { now: over.now }) }),
    log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }),
    ...(over.now && { now: over.now }),
  });
  const server = createServer((request, response) => {
    const kind = request.url?.split('/').at(-1) as keyof typeof receiver;
    receiver[kind](request, response);
  });
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
