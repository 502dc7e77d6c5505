import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { isPortOpen } from '../../src/local/ports.ts';
import { type LocalProcess, startProcess } from '../../src/local/processes.ts';

const execute = promisify(execFile);
const DEBIAN_VERSIONS = '/usr/lib/postgresql';

export interface Postgres extends LocalProcess {
  /** Of the superuser, at the database `postgres`. */
  url: string;
}

/** A throwaway server: nothing it holds survives a crash. `directory` must be reachable for every user. */
export async function startPostgres(
  directory: string,
  port: number,
  logDirectory: string,
): Promise<Postgres> {
  const bin = postgresBinaries();
  const data = join(directory, 'postgres');
  const user = await unprivilegedUser();
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(data, user.uid, user.gid);
  await execute(
    join(bin, 'initdb'),
    ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    { cwd: data, ...user },
  );
  const child = await startProcess({
    name: 'postgres',
    command: join(bin, 'postgres'),
    args: [
      ...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''],
      ...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'],
      ...['-c', 'max_connections=300'],
    ],
    logFile: join(logDirectory, 'postgres.log'),
    cwd: data,
    user,
    ready: () => isPortOpen(port),
    readyTimeoutMs: 30_000,
  });
  return { ...child, url: `postgres://postgres@127.0.0.1:${port}/postgres` };
}

/** The directory of `initdb` and `postgres`: on PATH, else Debian's newest. */
function postgresBinaries(): string {
  const debian = existsSync(DEBIAN_VERSIONS)
    ? readdirSync(DEBIAN_VERSIONS)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN_VERSIONS, version, 'bin'))
    : [];
  const found = [...(process.env.PATH ?? '').split(delimiter), ...debian].find(
    (directory) => existsSync(join(directory, 'initdb')) && existsSync(join(directory, 'postgres')),
  );
  if (found === undefined) throw new Error('The tests need Postgres: apt-get install postgresql');
  return found;
}

/** Postgres refuses to run as root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([
    execute('id', ['-u', 'postgres']),
    execute('id', ['-g', 'postgres']),
  ]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
