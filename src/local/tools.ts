import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasGo, type ToolBuild } from './build-tools.ts';
import { downloadRelease } from './download.ts';
import { LocalStackError } from './errors.ts';
import type { Progress } from './progress.ts';
import { failureReason, run } from './run.ts';
import type { ReleaseTarget, ToolSpec } from './tool-catalogue.ts';

export interface PrepareOptions<Name extends string> {
  specs: readonly ToolSpec<Name>[];
  /** Tools that are downloaded or built stay in its `bin`. */
  home: string;
  /** Directories to look in first. */
  searchPath: string[];
  progress: Progress;
  /** Ends downloads and builds when it aborts. */
  signal?: AbortSignal;
}

/** The path of each tool: on PATH, in `home`, downloaded, or built. Throws `LocalStackError` when one cannot be had. */
export async function prepareTools<Name extends string>(
  options: PrepareOptions<Name>,
): Promise<Record<Name, string>> {
  const bin = resolve(options.home, 'bin');
  await mkdir(bin, { recursive: true });
  const located = await Promise.all(
    options.specs.map(async (spec) => ({ spec, ...(await locate(spec, bin, options.searchPath)) })),
  );
  for (const { spec, path } of located.filter(({ where }) => where === 'path')) {
    options.progress.line(`  ${spec.name}: ${path}`);
  }
  const reused = located.filter(({ where }) => where === 'home').length;
  if (reused > 0) options.progress.line(`  ${reused} tools are ready in ${bin}`);
  const missing = located.filter(({ where }) => where === 'nowhere');
  for (const refusal of missing.flatMap(({ refusals }) => refusals)) options.progress.line(`  ${refusal}`);
  if (missing.length > 0)
    await obtain(
      missing.map(({ spec }) => spec),
      bin,
      options,
    );
  return Object.fromEntries(located.map(({ spec, path }) => [spec.name, path])) as Record<Name, string>;
}

interface Located {
  /** Where the tool is, or where it will be once it has been obtained. */
  path: string;
  where: 'path' | 'home' | 'nowhere';
  /** Why those on PATH will not do. */
  refusals: string[];
}

async function locate(spec: ToolSpec, bin: string, searchPath: string[]): Promise<Located> {
  const refusals: string[] = [];
  for (const directory of searchPath) {
    const path = resolve(directory, spec.name);
    if (resolve(directory) === bin || !(await isExecutable(path))) continue;
    const version = await versionOf(path, spec);
    if (isAcceptable(spec, version)) return { path, where: 'path', refusals };
    const problem = version === undefined ? 'does not run' : `is ${version}, which is not ${range(spec)}`;
    refusals.push(`${spec.name}: ${path} ${problem}`);
  }
  const path = join(bin, spec.name);
  return { path, where: isAcceptable(spec, await versionOf(path, spec)) ? 'home' : 'nowhere', refusals };
}

type ObtainOptions = Pick<PrepareOptions<string>, 'progress' | 'signal'>;

async function obtain(missing: ToolSpec[], bin: string, options: ObtainOptions): Promise<void> {
  const workspace = await mkdtemp(join(bin, '..', 'tools-'));
  try {
    const refusals = new Map<ToolSpec, string>();
    await Promise.all(
      missing.map(async (spec) => {
        const refusal = await download(spec, { workspace, bin, ...options });
        if (refusal !== undefined) refusals.set(spec, refusal);
      }),
    );
    if (refusals.size > 0) await buildAll(refusals, { workspace, bin, ...options });
  } finally {
    // Go writes what it downloads read-only.
    await run('chmod', ['-R', 'u+w', workspace]).catch(() => undefined);
    await rm(workspace, { recursive: true, force: true });
  }
}

interface Places {
  /** A temporary directory beside `bin`, so that a finished tool moves in one step. */
  workspace: string;
  bin: string;
}

/** Returns why there is no release to be had. */
async function download(
  spec: ToolSpec,
  { workspace, bin, progress, signal }: ObtainOptions & Places,
): Promise<string | undefined> {
  const release = spec.release(releaseTarget());
  if (release === undefined) return `there is no official release for ${process.platform} ${process.arch}`;
  const step = progress.begin(title(spec), `downloading from ${new URL(release.url).host}`);
  const directory = await mkdtemp(join(workspace, 'download-'));
  try {
    await downloadRelease(release, directory, spec.name, signal);
    await install(spec, directory, bin);
    step.done(`downloaded from ${new URL(release.url).host}`);
    return undefined;
  } catch (error) {
    const reason = failureReason(error);
    step.done(reason);
    signal?.throwIfAborted();
    return reason;
  }
}

async function buildAll(
  refusals: Map<ToolSpec, string>,
  { workspace, bin, progress, signal }: ObtainOptions & Places,
): Promise<void> {
  if (!(await hasGo())) {
    const [[spec, reason] = []] = refusals;
    const names = [...refusals.keys()].map((missing) => missing.name).join(', ');
    throw new LocalStackError(
      `Not found on PATH and not downloaded: ${names} (${spec?.name}: ${reason}). ` +
        'Install them, or install Go 1.26 or newer from https://go.dev/dl and start again: then Purser builds them.',
    );
  }
  // One after the other: each build keeps all processors busy by itself.
  for (const [build, specs] of groupByBuild([...refusals.keys()])) {
    const names = specs.map((spec) => spec.name);
    const step = progress.begin(specs.map(title).join(', '), 'building with Go');
    const scratch = await mkdtemp(join(workspace, 'build-'));
    const output = await mkdtemp(join(workspace, 'built-'));
    try {
      await build(names, { scratch, output, signal });
      for (const spec of specs) await install(spec, output, bin);
    } catch (error) {
      step.done('not built');
      signal?.throwIfAborted();
      throw new LocalStackError(`${names.join(', ')} could not be built with Go: ${failureReason(error)}`);
    }
    step.done('built with Go');
  }
}

/** Tries the program before it takes the place of whatever was there. */
async function install(spec: ToolSpec, from: string, bin: string): Promise<void> {
  const file = join(from, spec.name);
  await chmod(file, 0o755);
  const version = await versionOf(file, spec);
  if (version === undefined) throw new Error(`${title(spec)} does not run on this machine`);
  await rename(file, join(bin, spec.name));
}

async function versionOf(file: string, spec: ToolSpec): Promise<string | undefined> {
  try {
    const output = await run(file, spec.versionArgs, { timeoutMs: 20_000 });
    return output.match(/\d+\.\d+\.\d+/)?.[0];
  } catch {
    return undefined;
  }
}

function isAcceptable(spec: ToolSpec, version: string | undefined): boolean {
  if (version === undefined) return false;
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [ourMajor = 0, ourMinor = 0, ourPatch = 0] = spec.version.split('.').map(Number);
  if (major !== ourMajor) return false;
  if (spec.accepts === 'same-minor') return minor === ourMinor;
  return minor > ourMinor || (minor === ourMinor && patch >= ourPatch);
}

function range(spec: ToolSpec): string {
  const [major, minor] = spec.version.split('.');
  return spec.accepts === 'same-minor' ? `${major}.${minor}.x` : `${spec.version} or a newer ${major}.x`;
}

function groupByBuild(specs: ToolSpec[]): Map<ToolBuild, ToolSpec[]> {
  return Map.groupBy(specs, (spec) => spec.build);
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function releaseTarget(): ReleaseTarget {
  const os = process.platform === 'darwin' ? 'darwin' : 'linux';
  return `${os}-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
}

function title(spec: ToolSpec): string {
  return `${spec.name} ${spec.version}`;
}
