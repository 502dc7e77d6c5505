import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';

/** A file of the organisation's that cannot be used as it is. Every problem names the file and the place in it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly problems: string[];

  constructor(problems: string[], options: { cause?: unknown } = {}) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/**
 * Reads and checks YAML files, and keeps what came of it until one of them changes. A failure is not kept. Callers
 * who come while the files are being looked at share that look.
 */
export function createCachedReader<T>(options: {
  files(): Promise<string[]>;
  read(files: string[]): Promise<T>;
}): () => Promise<T> {
  let cached: { stamp: string; value: T } | undefined;
  let looking: Promise<T> | undefined;

  async function look(): Promise<T> {
    const files = await options.files();
    const stamp = (await Promise.all(files.map(stampOf))).join('\n');
    if (cached?.stamp !== stamp) cached = { stamp, value: await options.read(files) };
    return cached.value;
  }

  return () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}

/** `manifests/platform.yaml`: enough of a path for a message, without where the folder lies. */
export function shownPath(file: string): string {
  return join(basename(dirname(file)), basename(file));
}

/** As `readManifest`; `undefined` where there is no such file. */
export async function readManifestIfThere<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  return (await isThere(file)) ? await readManifest(file, schema) : undefined;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    // A file that may not be looked at is there.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

export async function readManifest<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const shown = shownPath(file);
  const document = parseDocument(await readText(file), { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new ManifestError(document.errors.map((error) => `${shown}: ${error.message.split('\n')[0]}`));
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new ManifestError(
    parsed.error.issues.map((issue) => `${shown}: ${pathOf(issue.path)}: ${issue.message}`),
  );
}

/**
 * The YAML files of a folder in the order of their names. Rejects with `ManifestError` when it cannot be read, and when it
 * is not there unless it is `optional`.
 */
export async function yamlFiles(folder: string, { optional = false } = {}): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && optional) return [];
    throw new ManifestError([`${basename(folder)}: the folder cannot be read`], { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ManifestError([`${shownPath(file)}: cannot be read`], { cause: error });
  }
}

async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(file);
    return [file, mtimeMs, ctimeMs, size, ino].join(' ');
  } catch {
    return `${file} missing`;
  }
}

function pathOf(path: PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
