import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { freePort } from '../../src/local/ports.ts';
import { type LocalProcess, startProcess } from '../../src/local/processes.ts';
import { run } from '../../src/local/run.ts';
import { purserHome } from './stack.ts';

const VERSION = '26.5.6';
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
const ADMINISTRATOR = { username: 'admin', password: 'administrator' };
const JAVA_OPTS = '-Xms64m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1';
const READY_TIMEOUT_MS = 180_000;

export interface Keycloak {
  url: string;
  /** As the administrator of everything, for an hour. */
  administrator(realm: string): Promise<KeycloakAdminClient>;
  stop(): Promise<void>;
}

/** The real Keycloak, on its own database, with nothing in it but the master realm. */
export async function startKeycloak(): Promise<Keycloak> {
  const prepared = await prepareKeycloak(purserHome());
  const home = await mkdtemp(join(tmpdir(), 'purser-keycloak-'));
  await cp(join(prepared, 'master'), join(home, 'database'), { recursive: true });
  const { url, process } = await startServer({
    program: join(prepared, 'server'),
    database: join(home, 'database'),
    logFile: join(home, 'log'),
    java: `-XX:SharedArchiveFile=${join(prepared, 'classes.jsa')}`,
  });
  const master = await signIn(url);
  await master.realms.update({ realm: 'master' }, { accessTokenLifespan: 3_600 });
  return {
    url,
    async administrator(realm) {
      const client = await signIn(url);
      client.setConfig({ realmName: realm });
      return client;
    },
    async stop() {
      await process.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function signIn(url: string): Promise<KeycloakAdminClient> {
  const client = new KeycloakAdminClient({ baseUrl: url, realmName: 'master' });
  await client.auth({ grantType: 'password', clientId: 'admin-cli', ...ADMINISTRATOR });
  return client;
}

/**
 * Keycloak from Maven Central, kept in `home`: built, its database filled, its classes archived, all of which takes most of
 * a first start.
 */
async function prepareKeycloak(home: string): Promise<string> {
  const directory = join(home, 'java', `keycloak-${VERSION}`);
  if (existsSync(directory)) return directory;

  await mkdir(dirname(directory), { recursive: true });
  const building = await mkdtemp(`${directory}-`);
  try {
    const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
    const args = ['--batch-mode', '--quiet', UNPACK, `-Dartifact=${artifact}`, '-DoutputDirectory=.'];
    await run('mvn', args, { cwd: building });
    await rename(join(building, `keycloak-${VERSION}`), join(building, 'server'));
    await run(join(building, 'server/bin/kc.sh'), ['build', '--db=dev-file', '--cache=local']);
    await fillDatabase(building);
    await rename(building, directory);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    if (existsSync(directory)) return directory;
    throw new Error('The tests need Java and Maven for Keycloak', { cause: error });
  }
  return directory;
}

/** Runs the server once, up to its first answer. */
async function fillDatabase(directory: string): Promise<void> {
  const { process } = await startServer({
    program: join(directory, 'server'),
    database: join(directory, 'master'),
    logFile: join(directory, 'log'),
    java: `-XX:ArchiveClassesAtExit=${join(directory, 'classes.jsa')}`,
  });
  await process.stop();
}

async function startServer(options: {
  program: string;
  database: string;
  logFile: string;
  java: string;
}): Promise<{ url: string; process: LocalProcess }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    name: 'keycloak',
    command: join(options.program, 'bin/kc.sh'),
    args: [
      'start',
      '--optimized',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      '--hostname-strict=false',
      `--db-url=jdbc:h2:file:${join(options.database, 'keycloak')};NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE`,
    ],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      JAVA_OPTS: `${JAVA_OPTS} ${options.java}`,
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMINISTRATOR.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMINISTRATOR.password,
    },
    logFile: options.logFile,
    ready: () =>
      fetch(`${url}/realms/master`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: READY_TIMEOUT_MS,
    // The last thing it does is to write down its classes.
    graceMs: 120_000,
  });
  return { url, process: server };
}
