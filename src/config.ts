import { delimiter } from 'node:path';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import type { z } from 'zod';
import { EXAMPLES, type logLevelSchema, type PayloadKey, type Variables, variables } from './variables.ts';

export type Mode = 'start' | 'bot' | 'worker';
export type Environment = Readonly<Record<string, string | undefined>>;

export interface SlackConfig {
  botToken: string;
  /** Another Slack Web API, ending in a slash. */
  apiUrl?: string;
  /** For a client that shows Slack's date markup as it is written. */
  plainDates?: boolean;
  /** How requests come in; the worker only sends. */
  inbound: { kind: 'http'; signingSecret: string } | { kind: 'socket'; appToken: string } | { kind: 'none' };
}

export interface TeamsConfig {
  /** Missing: the client is a Playground on this machine, which signs nothing and is only spoken to on loopback. */
  app?: { id: string; password: string };
  /** Only their people are listened to. */
  tenantIds: string[];
  /** Another Bot Connector, ending in a slash. */
  apiUrl?: string;
}

/** Where people sign in before what chat alone is not proof enough for. */
export interface SignInConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The claim that has the directory's id. Missing: the verified e-mail address tells. */
  personClaim?: string;
  /** Where browsers reach Purser, without a slash at the end. */
  publicUrl: string;
}

/** How monitoring proves who it is: with one of them, or the other. */
export interface AlertsConfig {
  token?: string;
  hmacSecret?: string;
}

export interface Config {
  mode: Mode;
  /** `npm start` is for the person at this machine; the production processes are probed from outside. */
  host: '127.0.0.1' | '0.0.0.0';
  port: number;
  manifests: string;
  home: string;
  logLevel: z.infer<typeof logLevelSchema>;
  /** Missing only under `start`, which brings its own. The same holds for `temporal` and `kubernetes`. */
  slack?: SlackConfig;
  /** Missing where Teams is off. */
  teams?: TeamsConfig;
  temporal?: ClientConnectConfig;
  /** Encrypts with the first. Missing: what Temporal keeps can be read there. */
  payloadKeys?: PayloadKey[];
  kubernetes?: { kind: 'kubeconfig'; path: string } | { kind: 'in-cluster' };
  /** Missing: an embedded database in `home`, for one process only. */
  databaseUrl?: string;
  /** Missing: alerts are not taken. */
  alerts?: AlertsConfig;
  /** Missing: nothing asks anybody to sign in. */
  signIn?: SignInConfig;
  /** `PURSER_SECRET_<NAME>`: what an outgoing webhook names `status-page` is in `PURSER_SECRET_STATUS_PAGE`. */
  secret(name: string): string | undefined;
}

export interface ConfigProblem {
  variable: string;
  problem: string;
  example: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** `EX_CONFIG` of sysexits.h. */
  readonly exitCode = 78;
  readonly problems: ConfigProblem[];

  constructor(problems: ConfigProblem[]) {
    const lines = problems.map(
      ({ variable, problem, example }) => `  ${variable} ${problem}\n    for example: ${variable}=${example}`,
    );
    super(`Purser cannot start with this configuration:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** The configuration of this process. Throws `ConfigError`. */
export function loadConfig(mode: Mode): Config {
  return readConfig(process.env, mode);
}

/** Where the database is, for a tool that needs nothing else. Throws `ConfigError`. */
export function loadDatabaseConfig(): Pick<Config, 'databaseUrl' | 'home'> {
  const parsed = variables
    .pick({ DATABASE_URL: true, PURSER_HOME: true })
    .safeParse(withoutEmpty(process.env));
  if (parsed.success) return { databaseUrl: parsed.data.DATABASE_URL, home: parsed.data.PURSER_HOME };
  const problems: ConfigProblem[] = [];
  for (const issue of parsed.error.issues) add(problems, String(issue.path[0]), issue.message);
  throw new ConfigError(problems);
}

/** Where the organisation's files are, for a tool that needs nothing else. */
export function loadManifestsDirectory(): string {
  return variables.pick({ PURSER_MANIFESTS: true }).parse(withoutEmpty(process.env)).PURSER_MANIFESTS;
}

/** The bot's app id, and where the organisation's files are, for a tool that needs nothing else. Throws `ConfigError`. */
export function loadTeamsPackageConfig(): { appId: string; manifests: string } {
  const parsed = variables
    .pick({ TEAMS_APP_ID: true, PURSER_MANIFESTS: true })
    .safeParse(withoutEmpty(process.env));
  const problems: ConfigProblem[] = [];
  for (const issue of parsed.error?.issues ?? []) add(problems, String(issue.path[0]), issue.message);
  const appId = parsed.data?.TEAMS_APP_ID;
  if (parsed.success && appId === undefined) {
    add(problems, 'TEAMS_APP_ID', 'is not set: the package belongs to one bot');
  }
  if (appId === undefined || parsed.data === undefined) throw new ConfigError(problems);
  return { appId, manifests: parsed.data.PURSER_MANIFESTS };
}

/** Where Purser is and who asks, for `npm run incident`. Throws `ConfigError`. */
export function loadIncidentClientConfig(): { url: string; token: string } {
  const parsed = variables
    .pick({ PURSER_URL: true, PURSER_TOKEN: true })
    .safeParse(withoutEmpty(process.env));
  const problems: ConfigProblem[] = [];
  for (const issue of parsed.error?.issues ?? []) add(problems, String(issue.path[0]), issue.message);
  const token = parsed.data?.PURSER_TOKEN;
  if (parsed.success && token === undefined) add(problems, 'PURSER_TOKEN', 'is not set: it says who you are');
  if (token === undefined || parsed.data === undefined) throw new ConfigError(problems);
  return { url: parsed.data.PURSER_URL, token };
}

/** An empty variable counts as one that is not set. Throws `ConfigError` with every problem. */
export function readConfig(env: Environment, mode: Mode): Config {
  const given = withoutEmpty(env);
  const problems: ConfigProblem[] = [];
  const parsed = variables.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) add(problems, String(issue.path[0]), issue.message);
  // What is missing shows even while something else is wrong: a wrong value is a value.
  const present = (parsed.data ?? given) as Partial<Variables>;
  const slack = readSlack(present, env, mode, problems);
  const teams = readTeams(present, problems);
  const signIn = readSignIn(present, problems);
  const temporal = readTemporal(given, mode, problems);
  const kubernetes = readKubernetes(present, mode, problems);
  if (mode !== 'start' && present.DATABASE_URL === undefined) {
    add(
      problems,
      'DATABASE_URL',
      'is not set: bot and worker apart need a database they share (the embedded one is for npm start alone)',
    );
  }
  if (problems.length > 0 || parsed.data === undefined) throw new ConfigError(problems);
  return {
    mode,
    host: mode === 'start' ? '127.0.0.1' : '0.0.0.0',
    port: parsed.data.PORT,
    manifests: parsed.data.PURSER_MANIFESTS,
    home: parsed.data.PURSER_HOME,
    logLevel: parsed.data.LOG_LEVEL,
    slack,
    teams,
    temporal,
    payloadKeys: parsed.data.PURSER_PAYLOAD_KEYS,
    kubernetes,
    databaseUrl: parsed.data.DATABASE_URL,
    alerts: readAlerts(parsed.data),
    signIn,
    secret: (name) => given[secretVariable(name)],
  };
}

/** Where the secret is that a manifest names: `status-page` in `PURSER_SECRET_STATUS_PAGE`. */
export function secretVariable(name: string): string {
  return `PURSER_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readAlerts({ ALERTS_TOKEN: token, ALERTS_HMAC_SECRET: hmacSecret }: Variables): Config['alerts'] {
  return token === undefined && hmacSecret === undefined ? undefined : { token, hmacSecret };
}

/** All of it or nothing. People's browsers come back to `PURSER_URL`, which therefore has to be said. */
function readSignIn(given: Partial<Variables>, problems: ConfigProblem[]): SignInConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = given;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  for (const variable of ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const) {
    if (given[variable] === undefined) add(problems, variable, 'is not set: without it nobody can sign in');
  }
  return {
    issuer: issuer ?? '',
    clientId: clientId ?? '',
    clientSecret: clientSecret ?? '',
    personClaim: given.OIDC_PERSON_CLAIM,
    publicUrl: (given.PURSER_URL ?? '').replace(/\/+$/, ''),
  };
}

/** All of it or nothing: an app id without tenants would listen to every organisation there is. */
function readTeams(given: Partial<Variables>, problems: ConfigProblem[]): TeamsConfig | undefined {
  const { TEAMS_APP_ID: id, TEAMS_APP_PASSWORD: password, TEAMS_TENANT_IDS: tenantIds } = given;
  if (id === undefined && password === undefined && tenantIds === undefined) return undefined;
  if (id === undefined) add(problems, 'TEAMS_APP_ID', 'is not set: without it anybody could speak as Teams');
  if (password === undefined)
    add(problems, 'TEAMS_APP_PASSWORD', 'is not set: nothing could be said in Teams');
  if (tenantIds === undefined) {
    add(
      problems,
      'TEAMS_TENANT_IDS',
      'is not set: it names the organisations whose people may ask for anything',
    );
  }
  return {
    app: { id: id ?? '', password: password ?? '' },
    tenantIds: tenantIds ?? [],
    apiUrl: given.TEAMS_API_URL?.replace(/\/*$/, '/'),
  };
}

/** With an app-level token Slack is reached by Socket Mode, otherwise it comes to us over HTTP. */
function readSlack(
  given: Partial<Variables>,
  env: Environment,
  mode: Mode,
  problems: ConfigProblem[],
): SlackConfig | undefined {
  const anything = given.SLACK_BOT_TOKEN ?? given.SLACK_APP_TOKEN ?? given.SLACK_SIGNING_SECRET;
  if (anything === undefined && (mode === 'start' || given.TEAMS_APP_ID !== undefined)) return undefined;
  if (given.SLACK_BOT_TOKEN === undefined) {
    const why = mode === 'bot' ? 'the bot has no chat to listen to' : 'nothing could be said in Slack';
    add(problems, 'SLACK_BOT_TOKEN', `is not set: ${why}`);
  }
  const inbound = readInbound(given);
  if (inbound.kind === 'none' && mode !== 'worker') {
    const state = env.SLACK_SIGNING_SECRET === '' ? 'is empty' : 'is not set';
    add(
      problems,
      'SLACK_SIGNING_SECRET',
      `${state}: without it anybody could speak as Slack (or set SLACK_APP_TOKEN for Socket Mode)`,
    );
  }
  return {
    botToken: given.SLACK_BOT_TOKEN ?? '',
    apiUrl: given.SLACK_API_URL?.replace(/\/*$/, '/'),
    inbound: mode === 'worker' ? { kind: 'none' } : inbound,
  };
}

function readInbound(given: Partial<Variables>): SlackConfig['inbound'] {
  if (given.SLACK_APP_TOKEN !== undefined) return { kind: 'socket', appToken: given.SLACK_APP_TOKEN };
  if (given.SLACK_SIGNING_SECRET !== undefined)
    return { kind: 'http', signingSecret: given.SLACK_SIGNING_SECRET };
  return { kind: 'none' };
}

function readTemporal(
  given: Record<string, string>,
  mode: Mode,
  problems: ConfigProblem[],
): ClientConnectConfig | undefined {
  const named = given.TEMPORAL_ADDRESS ?? given.TEMPORAL_PROFILE ?? given.TEMPORAL_CONFIG_FILE;
  if (named === undefined && mode === 'start') return undefined;
  try {
    const config = loadClientConnectConfig({ overrideEnvVars: given });
    if (config.connectionOptions.address !== undefined) return config;
    add(problems, 'TEMPORAL_ADDRESS', 'is not set: Purser keeps every promise in Temporal');
  } catch (error) {
    add(
      problems,
      'TEMPORAL_ADDRESS',
      `and its companions cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return undefined;
}

function readKubernetes(
  given: Partial<Variables>,
  mode: Mode,
  problems: ConfigProblem[],
): Config['kubernetes'] {
  if (given.KUBECONFIG !== undefined) return { kind: 'kubeconfig', path: given.KUBECONFIG };
  if (mode === 'start') return undefined;
  if (given.KUBERNETES_SERVICE_HOST !== undefined) return { kind: 'in-cluster' };
  add(problems, 'KUBECONFIG', 'is not set, and this is not a pod: Purser does not know its cluster');
  return undefined;
}

function withoutEmpty(env: Environment): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(entries);
}

function add(problems: ConfigProblem[], variable: string, problem: string): void {
  problems.push({ variable, problem, example: EXAMPLES[variable] ?? '…' });
}

/** Where programs are looked for: the directories of PATH, in order. */
export function programDirectories(env: Environment = process.env): string[] {
  return (env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
}
