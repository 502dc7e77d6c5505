import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from './run.ts';

export interface BuildWorkspace {
  /** An empty directory of this build's own. */
  scratch: string;
  /** Where the programs go. */
  output: string;
  signal?: AbortSignal;
}

/** Builds the named programs. */
export type ToolBuild = (names: string[], workspace: BuildWorkspace) => Promise<void>;

// What somebody set for their own projects must not steer these builds.
const GO_ENVIRONMENT = { GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
const BUILD_TIMEOUT_MS = 40 * 60_000;

const downloadSchema = z.object({ Dir: z.string() });
const moduleFileSchema = z.object({
  Replace: z.array(z.object({ Old: z.object({ Path: z.string() }), New: z.object({ Path: z.string() }) })),
});

/** `go install` of `<module>/cmd/<name>`. `stamps` are string variables the linker sets. */
export function goInstall(source: {
  module: string;
  version: string;
  stamps?: Record<string, string>;
}): ToolBuild {
  return async (names, workspace) => {
    const packages = names.map((name) => `${source.module}/cmd/${name}@v${source.version}`);
    const flags = ['-trimpath', ...linkerFlags(source.stamps ?? {})];
    await go(['install', ...flags, ...packages], workspace, { GOBIN: workspace.output });
  };
}

/** A module whose root package is the program: it replaces modules itself, and then `go install` refuses it. */
export function buildModule(source: { module: string; version: string }): ToolBuild {
  return async ([name], workspace) => {
    await go(['mod', 'init', 'purser.local/tools'], workspace);
    await go(['get', `${source.module}@v${source.version}`], workspace);
    const flags = ['-mod=mod', '-trimpath', ...linkerFlags({})];
    await go(['build', ...flags, '-o', join(workspace.output, name ?? ''), source.module], workspace);
  };
}

/**
 * Kubernetes' own go.mod points its libraries at folders of its repository; a module that requires it points them at
 * their published versions instead (`v1.37.2` of Kubernetes is `v0.37.2` of each library).
 */
export function buildKubernetes(version: string): ToolBuild {
  return async (names, workspace) => {
    const { scratch, output } = workspace;
    const module = 'k8s.io/kubernetes';
    const libraryVersion = `v${version.replace(/^\d+/, '0')}`;
    await go(['mod', 'init', 'purser.local/tools'], workspace);
    const download = await go(['mod', 'download', '-json', `${module}@v${version}`], workspace);
    const { Dir } = downloadSchema.parse(JSON.parse(download));
    // `go mod edit` reads and writes the file it is given: a copy, for the module cache is read-only.
    await mkdir(join(scratch, 'upstream'));
    await writeFile(join(scratch, 'upstream', 'go.mod'), await readFile(join(Dir, 'go.mod'), 'utf8'));
    const moduleFile = await go(['mod', 'edit', '-json', 'upstream/go.mod'], workspace);
    const replacements = moduleFileSchema
      .parse(JSON.parse(moduleFile))
      .Replace.filter((replace) => replace.New.Path.startsWith('./staging/'))
      .map(({ Old }) => `-replace=${Old.Path}=${Old.Path}@${libraryVersion}`);
    await go(['mod', 'edit', `-require=${module}@v${version}`, ...replacements], workspace);
    const packages = names.map((name) => `${module}/cmd/${name}`);
    const imports = packages.map((path) => `import _ "${path}"\n`).join('');
    await writeFile(join(scratch, 'tools.go'), `//go:build tools\n\npackage tools\n\n${imports}`);
    await go(['mod', 'tidy'], workspace);
    const [major = '', minor = ''] = version.split('.');
    const stamps = Object.fromEntries(
      ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
        [`${path}.gitVersion`, `v${version}`],
        [`${path}.gitMajor`, major],
        [`${path}.gitMinor`, minor],
      ]),
    );
    const flags = ['-mod=mod', '-trimpath', ...linkerFlags(stamps)];
    await go(['build', ...flags, '-o', `${output}/`, ...packages], workspace);
  };
}

/** Whether there is a Go to build with. */
export async function hasGo(): Promise<boolean> {
  return await run('go', ['version']).then(
    () => true,
    () => false,
  );
}

function linkerFlags(stamps: Record<string, string>): string[] {
  const assignments = Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`);
  return [`-ldflags=${['-s', '-w', ...assignments].join(' ')}`];
}

function go(args: string[], workspace: BuildWorkspace, env: Record<string, string> = {}): Promise<string> {
  return run('go', args, {
    cwd: workspace.scratch,
    env: { ...GO_ENVIRONMENT, ...env },
    timeoutMs: BUILD_TIMEOUT_MS,
    signal: workspace.signal,
  });
}
