import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentConfig } from '../../src/domain/incident-config.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { openPurserInTeams, type PurserInTeams } from '../support/purser-in-teams.ts';
import { spawnPurser } from '../support/purser-process.ts';

const CANARY = 'canary-0123456789abcdef';
const SECRET = { PURSER_SECRET_STATUS_PAGE: 'what-the-body-is-signed-with' };

let purser: PurserInTeams;
let alertmanager: Alertmanager;
before(async () => {
  alertmanager = await startAlertmanager({ receiver: 'http://127.0.0.1:1', token: 'none', maxAlerts: 1 });
  purser = await openPurserInTeams({ incidents });
});
after(async () => {
  await purser.close();
  await alertmanager.stop();
});

function incidents(config: IncidentConfig): void {
  config.alertmanager = { url: alertmanager.url, silenceFor: '2h' as never };
  config.webhooks = [
    {
      id: 'status-page',
      kind: 'generic',
      url: 'https://status.example.test/hook',
      secret: 'status-page',
      severities: ['sev1'],
    },
  ];
}

test('where all would work, every line says so, and nobody has been told anything', async () => {
  const { code, output } = await doctor([], SECRET);

  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /✗/);
  for (const title of [
    'Configuration',
    'Temporal',
    'Database',
    'Kubernetes',
    'Slack',
    'Microsoft Teams',
    'Incidents',
  ])
    assert.match(output, new RegExp(`^${title}\n  [✓–]`, 'm'));
  assert.match(output, /✓ Lee Sample \(team lead\) is on call in “Shop on call”/);
  assert.match(output, /✓ the webhook “status-page” has its secret/);
  assert.match(output, /✓ Alertmanager answers/);
  assert.deepEqual(purser.slack.workspace.messages, []);
  assert.deepEqual(purser.teams.world.messages, []);
  assert.deepEqual(purser.problems(), []);
});

test('what would not work is named with what to do, and no secret is in it', async () => {
  const { code, output } = await doctor([], {
    DATABASE_URL: `postgres://purser:${CANARY}@127.0.0.1:1/purser`,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    TEMPORAL_API_KEY: CANARY,
    KUBECONFIG: 'no-such-file',
    SLACK_BOT_TOKEN: `xoxb-${CANARY}`,
    SLACK_APP_TOKEN: `xapp-${CANARY}`,
    TEAMS_APP_PASSWORD: CANARY,
    ALERTS_TOKEN: CANARY,
    PURSER_SECRET_OTHER: CANARY,
  });

  assert.equal(code, 1);
  assert.doesNotMatch(output, new RegExp(CANARY));
  for (const line of [
    /✗ Temporal does not answer/,
    /✗ the database does not answer \(ECONNREFUSED\)/,
    /✗ KUBECONFIG names no cluster/,
    /✗ Slack refuses SLACK_BOT_TOKEN \(invalid_auth\)/,
    /✗ Microsoft refuses TEAMS_APP_ID with TEAMS_APP_PASSWORD/,
    /✗ no page gets to .*Lee Sample/,
    /✗ the secret of the webhook “status-page” is missing\n +Set PURSER_SECRET_STATUS_PAGE\./,
  ])
    assert.match(output, line);
  for (const [line, next] of pairs(output)) if (line.includes('✗')) assert.match(next, /^ {6}\S/, line);
});

test('what one process has no use for is not asked of it, and wrong variables are said before anything is looked at', async () => {
  const quiet = await doctor(['bot'], { TEAMS_APP_ID: '', TEAMS_APP_PASSWORD: '', TEAMS_TENANT_IDS: '' });
  const wrong = await doctor([], { DATABASE_URL: `mysql://purser:${CANARY}@db`, SLACK_SIGNING_SECRET: '' });

  assert.equal(quiet.code, 0, quiet.output);
  assert.match(quiet.output, /Microsoft Teams\n {2}– off\n {6}Set TEAMS_APP_ID to have it/);
  assert.match(quiet.output, /the bot may do all/);
  assert.doesNotMatch(quiet.output, /the worker may|status-page/);
  assert.equal(wrong.code, 78);
  assert.match(wrong.output, /✗ DATABASE_URL must be a Postgres URL\n/);
  assert.match(wrong.output, /✗ SLACK_SIGNING_SECRET is empty.*\n.*from the app’s Basic Information page/);
  assert.doesNotMatch(wrong.output, new RegExp(`Temporal|${CANARY}`));
});

test('a wrong call reads how it is called', async () => {
  const { code, output } = await doctor(['everything'], {});

  assert.equal(code, 2);
  assert.match(output, /npm run doctor -- worker/);
});

async function doctor(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = await spawnPurser({
    entry: 'src/doctor.ts',
    args,
    env: { ...purser.env, ...purser.teams.env, ...env },
  });
  const { code } = await child.exited;
  return { code, output: child.output() };
}

/** Each line and the one below it. */
function pairs(output: string): [string, string][] {
  const lines = output.split('\n');
  return lines.map((line, at) => [line, lines[at + 1] ?? '']);
}
