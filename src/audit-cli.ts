import { parseArgs } from 'node:util';
import { ConfigError, loadDatabaseConfig } from './config.ts';
import { type AuditHead, createAuditStore } from './store/audit.ts';
import { openDatabase } from './store/open-database.ts';

const USAGE = `Usage:
  npm run audit:verify [-- --head INDEX:HASH]   checks the hash chain; the head is one noted earlier, elsewhere
  npm run --silent audit:export                 writes every row as a line of JSON`;

process.exitCode = await main();

/** 0 when all is well, 1 when the log was tampered with, 2 for a wrong call, 78 for a wrong configuration. */
async function main(): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { head: { type: 'string' } },
    });
    const [command] = positionals;
    if (command === 'verify') return await verify(readHead(values.head));
    if (command === 'export') return await exportRows();
    process.stderr.write(`${USAGE}\n`);
    return 2;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof ConfigError ? error.exitCode : 2;
  }
}

async function verify(noted: AuditHead | undefined): Promise<number> {
  const { database, close } = await open();
  try {
    const verdict = await createAuditStore(database).verify(noted);
    if (!verdict.ok) {
      process.stderr.write(`The audit log is broken at index ${verdict.index}: ${verdict.problem}.\n`);
      return 1;
    }
    const { index, hash } = verdict.head;
    process.stdout.write(
      `The audit log is whole: ${index} rows.\nHead: ${index}:${hash}\n` +
        'Note the head somewhere else and give it as --head next time: ' +
        'only that proves that nothing was cut off the end.\n',
    );
    return 0;
  } finally {
    await close();
  }
}

async function exportRows(): Promise<number> {
  const { database, close } = await open();
  try {
    for await (const row of createAuditStore(database).rows()) {
      if (!process.stdout.write(`${JSON.stringify(row)}\n`)) {
        await new Promise((resolve) => process.stdout.once('drain', resolve));
      }
    }
    return 0;
  } finally {
    await close();
  }
}

function open() {
  const { databaseUrl, home } = loadDatabaseConfig();
  return openDatabase({
    databaseUrl,
    home,
    onError: (error) => process.stderr.write(`${error.message}\n`),
  });
}

function readHead(text: string | undefined): AuditHead | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (match === null) throw new Error(`--head wants INDEX:HASH as audit:verify prints it, not "${text}"`);
  return { index: Number(match[1]), hash: match[2] ?? '' };
}
