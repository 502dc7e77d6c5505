import { newToken, stateOf } from './api/tokens.ts';
import { ConfigError, loadManifestsDirectory } from './config.ts';
import { createFileConnector } from './directory/file.ts';
import { ManifestError } from './directory/manifest-files.ts';
import { createPlatformFile } from './directory/platform-file.ts';
import { duration } from './domain/durations.ts';
import { findPerson } from './domain/people.ts';
import { byOperator } from './processes/by-operator.ts';
import { withStore } from './processes/with-store.ts';
import type { Store } from './store/open-store.ts';

const USAGE = `Usage:
  npm run token -- issue PERSON 90d   prints a new token once: with it PERSON runs incidents without a chat
  npm run token -- list               who has one, until when
  npm run token -- revoke ID          ends one at once`;

const EX_CONFIG = 78;
const LONGEST_MS = 366 * 86_400_000;

process.exitCode = await main(process.argv.slice(2));

/** 0 when it is done, 1 when it is refused, 2 for a wrong call, 78 for a wrong configuration. */
async function main([command, ...rest]: string[]): Promise<number> {
  const [first = '', second = '', extra] = rest;
  try {
    if (command === 'issue' && second !== '' && extra === undefined) {
      return await withStore(onError, (store) => issue(store, first, second));
    }
    if (command === 'list' && rest.length === 0) return await withStore(onError, list);
    if (command === 'revoke' && rest.length === 1)
      return await withStore(onError, (store) => revoke(store, first));
  } catch (error) {
    const isConfiguration = error instanceof ConfigError || error instanceof ManifestError;
    complain(error instanceof Error ? error.message : String(error));
    return isConfiguration ? EX_CONFIG : 1;
  }
  complain(USAGE);
  return 2;
}

async function issue(
  { tokens, audit, directoryChanges }: Store,
  person: string,
  lasts: string,
): Promise<number> {
  const length = duration.safeParse(lasts);
  if (!length.success || length.data > LONGEST_MS) {
    complain(`“${lasts}” is no time a token may last. Give one up to a year, such as 8h, 30d or 365d.`);
    return 2;
  }
  const platform = createPlatformFile(loadManifestsDirectory());
  const directory = await createFileConnector(platform, directoryChanges).read();
  const found = findPerson(directory, person);
  if (!found?.active) {
    complain(`There is no active person “${person}”. Give the id that stands in platform.yaml.`);
    return 1;
  }
  const { id, token, hash } = newToken();
  const expiresAt = new Date(Date.now() + length.data);
  const detail = { person: found.id, expiresAt: expiresAt.toISOString() };
  await audit.append(
    byOperator({ key: `token:${id}:issue`, action: 'token.issue', subject: `token/${id}`, detail }),
  );
  await tokens.add({ id, person: found.id, hash, expiresAt });
  say(
    `Token ${id} of ${found.name}, until ${expiresAt.toISOString()}. It is shown this once and kept by nobody but them:`,
    `\n  ${token}\n`,
    'They put it into PURSER_TOKEN, and the address of Purser into PURSER_URL. Then: npm run incident -- list',
  );
  return 0;
}

async function list({ tokens }: Store): Promise<number> {
  const now = new Date();
  const all = await tokens.list();
  if (all.length === 0) say('There is none. npm run token -- issue PERSON 90d makes one.');
  for (const token of all) {
    const { id, person, expiresAt } = token;
    say(`${id}  ${person.padEnd(20)}  ${stateOf(token, now).padEnd(7)}  until ${expiresAt.toISOString()}`);
  }
  return 0;
}

async function revoke({ tokens, audit }: Store, id: string): Promise<number> {
  const known = (await tokens.list()).find((token) => token.id === id);
  if (known === undefined) {
    complain(`There is no token “${id}”. npm run token -- list shows their ids.`);
    return 1;
  }
  const detail = { person: known.person };
  await audit.append(
    byOperator({ key: `token:${id}:revoke`, action: 'token.revoke', subject: `token/${id}`, detail }),
  );
  await tokens.revoke(id);
  say(`Token ${id} of ${known.person} opens nothing any more.`);
  return 0;
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function onError({ message }: Error): void {
  complain(message);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
