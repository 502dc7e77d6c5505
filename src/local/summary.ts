import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { LocalStack } from './local-stack.ts';

type Row = [what: string, where: string, note: string];

/** What a person reads once everything runs. `given` is the configuration as it was set, without the local parts. */
export function summary(stack: LocalStack, given: Config, tookMs: number): string {
  const { temporal, cluster, slack, teams, config } = stack;
  const running: Row[] = [
    slack === undefined
      ? ['Slack', 'your workspace', '']
      : ['Slack', slack.url, 'open this; “Act as” switches between the sample people'],
    ...teams.map(({ name, url }): Row => ['Teams', url, `open this to be ${name}`]),
    ...(given.teams === undefined ? [] : [['Teams', 'your organisation', ''] satisfies Row]),
    temporal === undefined
      ? ['Temporal', config.temporal?.connectionOptions.address ?? '', '']
      : ['Temporal', temporal.uiUrl ?? '', `server at ${temporal.address}`],
    cluster === undefined
      ? ['Kubernetes', given.kubernetes?.kind === 'kubeconfig' ? given.kubernetes.path : 'this cluster', '']
      : ['Kubernetes', cluster.server, `simulated; export KUBECONFIG=${cluster.kubeconfig}`],
    ['Purser', `http://localhost:${config.port}`, '/healthz /readyz /metrics'],
    config.databaseUrl === undefined
      ? ['Database', join(config.home, 'database'), 'embedded']
      : ['Database', 'Postgres', 'from DATABASE_URL'],
    ['Log', logFile(config.home), ''],
  ];
  const off: Row[] = [
    ...(slack === undefined
      ? []
      : [['A real Slack', 'SLACK_BOT_TOKEN', 'with SLACK_SIGNING_SECRET or SLACK_APP_TOKEN'] satisfies Row]),
    ...(config.teams === undefined
      ? [
          [
            'Teams',
            'npm start -- --teams',
            'or TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_IDS',
          ] satisfies Row,
        ]
      : []),
    ...(temporal === undefined ? [] : [['A shared Temporal', 'TEMPORAL_ADDRESS', ''] satisfies Row]),
    ...(cluster === undefined ? [] : [['A real cluster', 'KUBECONFIG', ''] satisfies Row]),
    ...(config.databaseUrl === undefined ? [['Postgres', 'DATABASE_URL', ''] satisfies Row] : []),
    ...(config.alerts === undefined
      ? [
          [
            'Alerts',
            'ALERTS_TOKEN',
            'for /webhooks/alertmanager, /webhooks/alerts and /webhooks/pagerduty',
          ] satisfies Row,
        ]
      : []),
  ];
  return [
    '',
    `Purser is ready, after ${(tookMs / 1_000).toFixed(1)} s.`,
    '',
    ...table(running),
    '',
    'Type first, in #general:  /env create  or  /incident drill',
    ...(off.length === 0 ? [] : ['', 'Off, and the variable that turns it on:', ...table(off)]),
    ...(slack === undefined
      ? []
      : [
          '',
          `The local Slack${teams.length === 0 ? ' answers' : ' and Teams answer'} everybody on this network: use it on one you trust.`,
        ]),
    '',
    'Ctrl-C stops everything. Environments are kept for the next start.',
    '',
  ].join('\n');
}

export function logFile(home: string): string {
  return join(home, 'logs', 'purser.log');
}

function table(rows: Row[]): string[] {
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return rows.map(([what, where, note]) =>
    `  ${what.padEnd(width(0))}  ${where.padEnd(width(1))}  ${note}`.trimEnd(),
  );
}
