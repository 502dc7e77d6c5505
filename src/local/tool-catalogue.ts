import { buildKubernetes, buildModule, goInstall, type ToolBuild } from './build-tools.ts';

export type ReleaseTarget = `${'linux' | 'darwin'}-${'amd64' | 'arm64'}`;

export interface Release {
  url: string;
  /** SHA-256: known beforehand, or in a file that lists it for the release's files. */
  checksum: { sha256: string } | { url: string };
  /** The file inside a `.tar.gz`; without it the release is the program itself. */
  member?: string;
}

export interface ToolSpec<Name extends string = string> {
  name: Name;
  version: string;
  versionArgs: string[];
  /** What else than `version` will do: the same minor version, or anything newer of the same major one. */
  accepts: 'same-minor' | 'newer-minor';
  /** The official release, where there is one for this machine. */
  release(target: ReleaseTarget): Release | undefined;
  /** Tools with the same recipe are built in one go. */
  build: ToolBuild;
}

const TEMPORAL = '1.5.1';
const KWOK = '0.8.0';
const ETCD = '3.7.3';
const KUBERNETES = '1.37.2';

/** kwok publishes no checksum files with its releases. */
const KWOK_SHA256: Record<'kwok' | 'kwokctl', Partial<Record<ReleaseTarget, string>>> = {
  kwok: {
    'linux-amd64': 'f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46',
    'linux-arm64': '628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37',
    'darwin-arm64': '69a064ec98d37844d9d742b5b28ff57825659a983ccc3e208daa6948b94d64ba',
  },
  kwokctl: {
    'linux-amd64': 'd5743166c657283d6e827c7c4c20cacfd9009fd94830f06718ca7b2c7099461f',
    'linux-arm64': '5a642b27d3e975f36040d215640cd90fb4a63cb6fca0ad5865a61bcd9c81051b',
    'darwin-arm64': '9323a59adb9c27854bd2a76652ad00258bcbb68acc40aba0dc21e362b67b7d6a',
  },
};

const kwokBuild = goInstall({ module: 'sigs.k8s.io/kwok', version: KWOK });
const kubernetesBuild = buildKubernetes(KUBERNETES);

/** Everything the local stack runs that npm does not bring. */
export const TOOLS = [
  {
    name: 'temporal',
    version: TEMPORAL,
    versionArgs: ['--version'],
    accepts: 'newer-minor',
    release: (target) => ({
      url: `https://github.com/temporalio/cli/releases/download/v${TEMPORAL}/temporal_cli_${TEMPORAL}_${target.replace('-', '_')}.tar.gz`,
      checksum: { url: `https://github.com/temporalio/cli/releases/download/v${TEMPORAL}/checksums.txt` },
      member: 'temporal',
    }),
    build: goInstall({
      module: 'github.com/temporalio/cli',
      version: TEMPORAL,
      stamps: { 'github.com/temporalio/cli/temporalcli.Version': TEMPORAL },
    }),
  },
  kwokTool('kwokctl'),
  kwokTool('kwok'),
  {
    name: 'etcd',
    version: ETCD,
    versionArgs: ['--version'],
    accepts: 'newer-minor',
    release: (target) =>
      target.startsWith('linux')
        ? {
            url: `https://github.com/etcd-io/etcd/releases/download/v${ETCD}/etcd-v${ETCD}-${target}.tar.gz`,
            checksum: { url: `https://github.com/etcd-io/etcd/releases/download/v${ETCD}/SHA256SUMS` },
            member: `etcd-v${ETCD}-${target}/etcd`,
          }
        : undefined,
    build: buildModule({ module: 'go.etcd.io/etcd/server/v3', version: ETCD }),
  },
  kubernetesTool('kube-apiserver'),
  kubernetesTool('kube-controller-manager'),
  kubernetesTool('kube-scheduler'),
  { ...kubernetesTool('kubectl'), versionArgs: ['version', '--client'], accepts: 'newer-minor' },
] as const satisfies ToolSpec[];

export type ToolName = (typeof TOOLS)[number]['name'];

function kwokTool<Name extends 'kwok' | 'kwokctl'>(name: Name): ToolSpec<Name> {
  return {
    name,
    version: KWOK,
    versionArgs: ['--version'],
    accepts: 'same-minor',
    release: (target) => {
      const sha256 = KWOK_SHA256[name][target];
      const url = `https://github.com/kubernetes-sigs/kwok/releases/download/v${KWOK}/${name}-${target}`;
      return sha256 === undefined ? undefined : { url, checksum: { sha256 } };
    },
    build: kwokBuild,
  };
}

function kubernetesTool<Name extends string>(name: Name): ToolSpec<Name> {
  return {
    name,
    version: KUBERNETES,
    versionArgs: ['--version'],
    accepts: 'same-minor',
    release: (target) => {
      const url = `https://dl.k8s.io/release/v${KUBERNETES}/bin/${target.replace('-', '/')}/${name}`;
      return { url, checksum: { url: `${url}.sha256` } };
    },
    build: kubernetesBuild,
  };
}
