import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConfigError, type Environment, type Mode, readConfig } from '../src/config.ts';

/** No configuration file of the machine's owner may leak in. */
const nowhere = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };
const complete: Environment = {
  ...nowhere,
  DATABASE_URL: 'postgres://purser@localhost/purser',
  SLACK_BOT_TOKEN: 'xoxb-sample',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  TEMPORAL_ADDRESS: 'localhost:7233',
  KUBECONFIG: '/etc/kubeconfig',
};

test('npm start needs nothing', () => {
  const { secret, ...config } = readConfig(nowhere, 'start');

  assert.equal(secret('anything'), undefined);
  assert.deepEqual(config, {
    mode: 'start',
    host: '127.0.0.1',
    port: 3000,
    manifests: 'manifests',
    home: '.purser',
    logLevel: 'info',
    slack: undefined,
    teams: undefined,
    temporal: undefined,
    payloadKeys: undefined,
    kubernetes: undefined,
    databaseUrl: undefined,
    alerts: undefined,
    signIn: undefined,
  });
});

test('the production processes listen for probes from outside', () => {
  assert.equal(readConfig(complete, 'bot').host, '0.0.0.0');
  assert.equal(readConfig(complete, 'worker').host, '0.0.0.0');
});

test('Slack over HTTP, over Socket Mode, and sending only', () => {
  const http = readConfig({ ...complete, SLACK_API_URL: 'http://localhost:9/api' }, 'bot').slack;
  const socket = readConfig({ ...complete, SLACK_APP_TOKEN: 'xapp-sample' }, 'bot').slack;
  const worker = readConfig({ ...complete, SLACK_SIGNING_SECRET: undefined }, 'worker').slack;

  assert.deepEqual(http?.inbound, { kind: 'http', signingSecret: complete.SLACK_SIGNING_SECRET });
  assert.equal(http?.apiUrl, 'http://localhost:9/api/');
  assert.deepEqual(socket?.inbound, { kind: 'socket', appToken: 'xapp-sample' });
  assert.deepEqual(worker?.inbound, { kind: 'none' });
});

test('Temporal is read by its own rules', () => {
  const { temporal } = readConfig(
    { ...complete, TEMPORAL_NAMESPACE: 'desk', TEMPORAL_API_KEY: 'sample' },
    'worker',
  );

  assert.equal(temporal?.namespace, 'desk');
  assert.equal(temporal?.connectionOptions.address, 'localhost:7233');
  assert.equal(temporal?.connectionOptions.apiKey, 'sample');
  assert.equal(temporal?.connectionOptions.tls, true);
});

test('monitoring proves itself by a token, a signature, or either', () => {
  const token = '0123456789abcdef';
  const read = (env: Environment) => readConfig({ ...complete, ...env }, 'bot').alerts;

  assert.deepEqual(read({ ALERTS_TOKEN: token }), { token, hmacSecret: undefined });
  assert.deepEqual(read({ ALERTS_HMAC_SECRET: token }), { token: undefined, hmacSecret: token });
  assert.deepEqual(read({ ALERTS_TOKEN: token, ALERTS_HMAC_SECRET: token }), { token, hmacSecret: token });
  assert.equal(read({ ALERTS_TOKEN: '' }), undefined);
});

test('a secret is found by the name that a webhook gives it', () => {
  const { secret } = readConfig(
    { ...complete, PURSER_SECRET_STATUS_PAGE: 'canary', PURSER_SECRET_EMPTY: '' },
    'worker',
  );

  assert.deepEqual(
    [secret('status-page'), secret('empty'), secret('other')],
    ['canary', undefined, undefined],
  );
});

test('what Temporal keeps is encrypted with the first key, and read with all of them', () => {
  const keys = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  const read = readConfig({ ...complete, PURSER_PAYLOAD_KEYS: `new:${keys[0]}, old:${keys[1]}` }, 'worker');

  assert.deepEqual(
    read.payloadKeys?.map(({ id, key }) => `${id}:${key.toString('base64')}`),
    [`new:${keys[0]}`, `old:${keys[1]}`],
  );
  assert.equal(readConfig(complete, 'worker').payloadKeys, undefined);
});

test('people sign in where all of its variables say', () => {
  const oidc = {
    OIDC_ISSUER: 'https://sso.example.com/realms/staff',
    OIDC_CLIENT_ID: 'purser',
    OIDC_CLIENT_SECRET: '0123456789abcdef',
    PURSER_URL: 'https://purser.example.com/',
  };

  assert.deepEqual(readConfig({ ...complete, ...oidc }, 'bot').signIn, {
    issuer: 'https://sso.example.com/realms/staff',
    clientId: 'purser',
    clientSecret: '0123456789abcdef',
    personClaim: undefined,
    publicUrl: 'https://purser.example.com',
  });
  assert.equal(readConfig(complete, 'bot').signIn, undefined);
});

test('a pod needs no kubeconfig', () => {
  const config = readConfig(
    { ...complete, KUBECONFIG: undefined, KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    'bot',
  );

  assert.deepEqual(config.kubernetes, { kind: 'in-cluster' });
});

const KEY = randomBytes(32).toString('base64');

const refused: { name: string; mode: Mode; env: Environment; variables: string[] }[] = [
  { name: 'a port that is none', mode: 'start', env: { PORT: '70000' }, variables: ['PORT'] },
  { name: 'a port with letters', mode: 'start', env: { PORT: 'http' }, variables: ['PORT'] },
  { name: 'an unknown log level', mode: 'start', env: { LOG_LEVEL: 'loud' }, variables: ['LOG_LEVEL'] },
  {
    name: 'an empty signing secret',
    mode: 'bot',
    env: { ...complete, SLACK_SIGNING_SECRET: '' },
    variables: ['SLACK_SIGNING_SECRET'],
  },
  {
    name: 'a short signing secret',
    mode: 'bot',
    env: { ...complete, SLACK_SIGNING_SECRET: 'secret' },
    variables: ['SLACK_SIGNING_SECRET'],
  },
  {
    name: 'half a Slack under npm start',
    mode: 'start',
    env: { SLACK_BOT_TOKEN: 'xoxb-sample' },
    variables: ['SLACK_SIGNING_SECRET'],
  },
  {
    name: 'a token of the wrong kind',
    mode: 'bot',
    env: { ...complete, SLACK_BOT_TOKEN: 'xoxp-sample' },
    variables: ['SLACK_BOT_TOKEN'],
  },
  {
    name: 'a bot apart without a database',
    mode: 'bot',
    env: { ...complete, DATABASE_URL: undefined },
    variables: ['DATABASE_URL'],
  },
  {
    name: 'a worker apart without a database',
    mode: 'worker',
    env: { ...complete, DATABASE_URL: '' },
    variables: ['DATABASE_URL'],
  },
  {
    name: 'a database that is not Postgres',
    mode: 'worker',
    env: { ...complete, DATABASE_URL: 'mysql://localhost/purser' },
    variables: ['DATABASE_URL'],
  },
  {
    name: 'an alerts token that could be guessed',
    mode: 'bot',
    env: { ...complete, ALERTS_TOKEN: 'secret' },
    variables: ['ALERTS_TOKEN'],
  },
  {
    name: 'an alerts token that fits no header',
    mode: 'bot',
    env: { ...complete, ALERTS_TOKEN: 'sixteen and more characters' },
    variables: ['ALERTS_TOKEN'],
  },
  {
    name: 'a secret for signatures that could be guessed',
    mode: 'bot',
    env: { ...complete, ALERTS_HMAC_SECRET: 'secret' },
    variables: ['ALERTS_HMAC_SECRET'],
  },
  {
    name: 'a key that is too short to encrypt with',
    mode: 'worker',
    env: { ...complete, PURSER_PAYLOAD_KEYS: 'old:c2hvcnQ=' },
    variables: ['PURSER_PAYLOAD_KEYS'],
  },
  {
    name: 'two keys of one name',
    mode: 'worker',
    env: { ...complete, PURSER_PAYLOAD_KEYS: [KEY, KEY].map((key) => `now:${key}`).join() },
    variables: ['PURSER_PAYLOAD_KEYS'],
  },
  {
    name: 'half a sign-in',
    mode: 'bot',
    env: { ...complete, OIDC_ISSUER: 'https://sso.example.com' },
    variables: ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
  },
  {
    name: 'a sign-in that others could read',
    mode: 'bot',
    env: {
      ...complete,
      OIDC_ISSUER: 'http://sso.example.com',
      OIDC_CLIENT_ID: 'purser',
      OIDC_CLIENT_SECRET: '0123456789abcdef',
    },
    variables: ['OIDC_ISSUER'],
  },
  {
    name: 'nothing at all',
    mode: 'bot',
    env: { PORT: 'x' },
    variables: [
      'PORT',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'TEMPORAL_ADDRESS',
      'KUBECONFIG',
      'DATABASE_URL',
    ],
  },
];

for (const { name, mode, env, variables } of refused) {
  test(`refused: ${name}`, () => {
    const error = refusal(() => readConfig({ ...nowhere, ...env }, mode));

    assert.deepEqual(
      error.problems.map(({ variable }) => variable),
      variables,
    );
    assert.equal(error.exitCode, 78);
    for (const variable of variables) assert.match(error.message, new RegExp(`for example: ${variable}=.+`));
  });
}

test('no secret is repeated in the message', () => {
  const error = refusal(() =>
    readConfig({ ...complete, SLACK_BOT_TOKEN: 'canary-token', DATABASE_URL: 'canary-database' }, 'bot'),
  );

  assert.doesNotMatch(error.message, /canary/);
});

function refusal(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
  return assert.fail('the configuration was accepted');
}

const TEAMS = {
  TEAMS_APP_ID: '01234567-89ab-4def-8123-456789abcdef',
  TEAMS_APP_PASSWORD: 'a-sample-secret-of-no-use',
  TEAMS_TENANT_IDS: '11111111-1111-4111-8111-111111111111, 22222222-2222-4222-8222-22222222222A',
};

test('Teams is on when all of its variables are set, and off when none is', () => {
  const { teams } = readConfig(TEAMS, 'start');

  assert.deepEqual(teams, {
    app: { id: TEAMS.TEAMS_APP_ID, password: TEAMS.TEAMS_APP_PASSWORD },
    tenantIds: ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-22222222222a'],
    apiUrl: undefined,
  });
  assert.equal(readConfig({}, 'start').teams, undefined);
});

for (const missing of Object.keys(TEAMS)) {
  test(`Teams without ${missing} refuses to start, and says why`, () => {
    assert.throws(
      () => readConfig({ ...TEAMS, [missing]: '' }, 'start'),
      new RegExp(`${missing} is not set`),
    );
  });
}

test('another Bot Connector must be encrypted, or on this machine', () => {
  const apiUrlOf = (url: string) => () => readConfig({ ...TEAMS, TEAMS_API_URL: url }, 'start').teams?.apiUrl;

  assert.equal(apiUrlOf('http://127.0.0.1:9000')(), 'http://127.0.0.1:9000/');
  assert.equal(apiUrlOf('https://connector.example.test/teams')(), 'https://connector.example.test/teams/');
  assert.throws(apiUrlOf('http://connector.example.test/'), /TEAMS_API_URL must be an https address/);
});
