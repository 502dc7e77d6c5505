import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { LocalStackError } from './errors.ts';
import { isPortOpen, lastingPorts } from './ports.ts';
import { commandLine, endGroup } from './processes.ts';
import { failureReason, run } from './run.ts';

/**
 * A simulated Kubernetes cluster: etcd, API server, controller manager and scheduler are the real ones, so quotas,
 * RBAC, admission, Pod Security, rollouts, garbage collection and namespace finalisation are real. Nodes and pods are
 * kwok's: a scheduled pod turns Ready within a second without pulling its image, a Job's pod completes, and nothing
 * runs inside. PersistentVolumeClaims of the default class `standard` are bound by the controller manager itself
 * when the first pod that uses them is scheduled (`WaitForFirstConsumer`), never before.
 */
export interface Cluster {
  kubeconfig: string;
  /** The API server's URL. */
  server: string;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  tools: {
    kwokctl: string;
    kwok: string;
    etcd: string;
    'kube-apiserver': string;
    'kube-controller-manager': string;
    'kube-scheduler': string;
    kubectl: string;
  };
  /** Keeps the cluster's data and logs; a cluster found there is started again as it was. */
  directory: string;
  nodes: number;
}

const NAME = 'purser';

const PORT_OPTIONS = [
  'etcdPort',
  'etcdPeerPort',
  'kubeApiserverPort',
  'kubeControllerManagerPort',
  'kubeSchedulerPort',
  'kwokControllerPort',
] as const;

const componentsSchema = z.object({
  components: z.array(
    z.object({ name: z.string(), ports: z.array(z.object({ port: z.number() })).optional() }),
  ),
});

const kubeconfigSchema = z.object({
  clusters: z.array(z.object({ cluster: z.object({ server: z.string() }) })).min(1),
});

const STORAGE_CLASS = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: {storageclass.kubernetes.io/is-default-class: 'true'}
provisioner: kubernetes.io/host-path
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: Delete
`;

/** Starts the cluster kept in `directory`, or creates one there. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await mkdir(options.directory, { recursive: true });
  const kubeconfig = join(options.directory, 'kubeconfig');
  await endComponents(options.directory);
  try {
    if (isCreated(options.directory)) await restart(options);
    else await create(options, kubeconfig);
    // Known now, and not only in files: whatever happens to those, we can stop what we started.
    const pids = await componentPids(options.directory);
    return { kubeconfig, server: await serverOf(kubeconfig), stop: () => stopCluster(options, pids) };
  } catch (error) {
    await stopCluster(options, []);
    if (error instanceof LocalStackError) throw error;
    throw new LocalStackError(
      `The simulated cluster did not start: ${failureReason(error)} (logs: ${join(clusterHome(options.directory), 'logs')})`,
    );
  }
}

async function create(options: ClusterOptions, kubeconfig: string): Promise<void> {
  const { tools, directory } = options;
  // Left to itself kwokctl binds every interface, and its etcd asks nobody for a password.
  const config = join(directory, 'kwokctl.yaml');
  await writeFile(config, stringify(await configuration()));
  // A creation that was killed half-way leaves a directory that kwokctl neither starts nor creates again.
  await kwokctl(options, ['delete', 'cluster']).catch(() => undefined);
  await kwokctl(options, [
    ...['--config', config, 'create', 'cluster', '--runtime', 'binary', '--kubeconfig', kubeconfig],
    ...['--kube-apiserver-binary', tools['kube-apiserver'], '--etcd-binary', tools.etcd],
    ...['--kube-controller-manager-binary', tools['kube-controller-manager']],
    ...['--kube-scheduler-binary', tools['kube-scheduler'], '--kwok-controller-binary', tools.kwok],
    ...['--extra-args', 'kube-controller-manager=enable-hostpath-provisioner=true'],
    // There is one of each. With leases, those started again would wait for up to a minute until the old ones expire.
    ...['--extra-args', 'kube-controller-manager=leader-elect=false'],
    ...['--extra-args', 'kube-scheduler=leader-elect=false', '--node-lease-duration-seconds', '0'],
    ...['--disable-qps-limits', '--wait', '120s'],
  ]);
  await kwokctl(options, ['scale', 'node', '--replicas', String(options.nodes)]);
  const manifest = join(directory, 'storage-class.yaml');
  await writeFile(manifest, STORAGE_CLASS);
  await run(tools.kubectl, ['--kubeconfig', kubeconfig, 'apply', '-f', manifest]);
  await writeFile(createdMark(directory), `${new Date().toISOString()}\n`);
}

/** Its own choice of ports is the same for every cluster: of two, one could not be started again. */
async function configuration(): Promise<object> {
  const ports = await lastingPorts(PORT_OPTIONS.length);
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokctlConfiguration',
    options: {
      bindAddress: '127.0.0.1',
      ...Object.fromEntries(PORT_OPTIONS.map((name, at) => [name, ports[at]])),
    },
  };
}

async function restart(options: ClusterOptions): Promise<void> {
  const home = clusterHome(options.directory);
  const { components } = componentsSchema.parse(
    firstDocument(await readFile(join(home, 'kwok.yaml'), 'utf8')),
  );
  for (const { name, ports } of components) {
    for (const { port } of ports ?? []) {
      if (await isPortOpen(port)) {
        throw new LocalStackError(
          `Port ${port} is in use by another program, and the simulated cluster's ${name} needs it. ` +
            `End that program, or remove ${options.directory} to start over with an empty cluster.`,
        );
      }
    }
  }
  await kwokctl(options, ['start', 'cluster', '--wait', '120s']);
}

async function stopCluster(options: ClusterOptions, started: number[]): Promise<void> {
  await kwokctl(options, ['stop', 'cluster']).catch(() => undefined);
  await endComponents(options.directory, started);
}

/** Ends whatever kwokctl did not: it gives up at the first component that is already gone. */
async function endComponents(directory: string, started: number[] = []): Promise<void> {
  const home = clusterHome(directory);
  const pids = new Set([...started, ...(await componentPids(directory))]);
  await Promise.all(
    [...pids].map(async (pid) => {
      // The number may be somebody else's by now.
      if ((await commandLine(pid))?.includes(home)) await endGroup(pid, 10_000);
    }),
  );
  // kwokctl takes a component for running as long as its number is, and a zombie still has one.
  await rm(pidFolder(directory), { recursive: true, force: true });
  if (existsSync(home)) await mkdir(pidFolder(directory));
}

async function componentPids(directory: string): Promise<number[]> {
  const folder = pidFolder(directory);
  const files = await readdir(folder).catch(() => []);
  const contents = await Promise.all(
    files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')),
  );
  return contents.map(Number).filter((pid) => pid > 1);
}

function pidFolder(directory: string): string {
  return join(clusterHome(directory), 'pids');
}

function kwokctl(options: ClusterOptions, args: string[]): Promise<string> {
  return run(options.tools.kwokctl, ['--name', NAME, ...args], {
    env: { KWOK_WORKDIR: options.directory },
    timeoutMs: 180_000,
  });
}

async function serverOf(kubeconfig: string): Promise<string> {
  const { clusters } = kubeconfigSchema.parse(parse(await readFile(kubeconfig, 'utf8')));
  return clusters[0]?.cluster.server ?? '';
}

function firstDocument(yaml: string): unknown {
  return parse(yaml.split(/^---$/m)[0] ?? '');
}

function clusterHome(directory: string): string {
  return join(directory, 'clusters', NAME);
}

function createdMark(directory: string): string {
  return join(clusterHome(directory), 'created');
}

function isCreated(directory: string): boolean {
  return existsSync(createdMark(directory));
}
