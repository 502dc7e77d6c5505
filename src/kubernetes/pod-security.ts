import { containersOf, field, list, record, text } from './objects.ts';

const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Where a pod spec breaks the Pod Security level `baseline`, which the cluster enforces. */
export function baselineViolations(pod: unknown): string[] {
  const found: string[] = ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => field(pod, name) === true);
  const podContext = field(pod, 'securityContext');
  if (field(podContext, 'seccompProfile', 'type') === 'Unconfined') found.push('seccompProfile Unconfined');
  for (const sysctl of list(field(podContext, 'sysctls'))) {
    const name = text(field(sysctl, 'name'));
    if (!SAFE_SYSCTLS.includes(name)) found.push(`sysctl ${name}`);
  }
  for (const volume of list(field(pod, 'volumes'))) {
    if (field(volume, 'hostPath') !== undefined) found.push(`hostPath volume ${text(field(volume, 'name'))}`);
  }
  for (const container of containersOf(pod)) found.push(...baselineOfContainer(container));
  return found;
}

function baselineOfContainer(container: Record<string, unknown>): string[] {
  const name = `container ${text(container.name)}`;
  const context = record(container.securityContext);
  const found: string[] = [];
  if (context.privileged === true) found.push(`${name}: privileged`);
  if (field(context, 'seccompProfile', 'type') === 'Unconfined')
    found.push(`${name}: seccompProfile Unconfined`);
  if (![undefined, 'Default'].includes(context.procMount as string | undefined))
    found.push(`${name}: procMount`);
  if (field(context, 'windowsOptions', 'hostProcess') === true) found.push(`${name}: hostProcess`);
  for (const capability of list(field(context, 'capabilities', 'add')).map(String)) {
    if (!BASELINE_CAPABILITIES.includes(capability)) found.push(`${name}: capability ${capability}`);
  }
  if (list(container.ports).some((port) => Number(field(port, 'hostPort') ?? 0) !== 0))
    found.push(`${name}: hostPort`);
  return found;
}

/** Where a pod spec that is `baseline` is not `restricted`, of which the cluster warns. */
export function restrictedViolations(pod: unknown): string[] {
  const found: string[] = [];
  for (const volume of list(field(pod, 'volumes')).map(record)) {
    const kind = Object.keys(volume).find((key) => key !== 'name');
    if (kind !== undefined && !RESTRICTED_VOLUMES.includes(kind)) found.push(`volume of type ${kind}`);
  }
  const podContext = record(field(pod, 'securityContext'));
  for (const container of containersOf(pod)) {
    const name = `container ${text(container.name)}`;
    const context = record(container.securityContext);
    if (context.allowPrivilegeEscalation !== false)
      found.push(`${name}: allowPrivilegeEscalation is not false`);
    if ((context.runAsNonRoot ?? podContext.runAsNonRoot) !== true)
      found.push(`${name}: runAsNonRoot is not true`);
    if ((context.runAsUser ?? podContext.runAsUser) === 0) found.push(`${name}: runs as root`);
    if (!list(field(context, 'capabilities', 'drop')).includes('ALL'))
      found.push(`${name}: does not drop ALL capabilities`);
    if (list(field(context, 'capabilities', 'add')).some((added) => added !== 'NET_BIND_SERVICE')) {
      found.push(`${name}: adds capabilities`);
    }
    const profile = text(
      field(context, 'seccompProfile', 'type') ?? field(podContext, 'seccompProfile', 'type'),
    );
    if (!['RuntimeDefault', 'Localhost'].includes(profile))
      found.push(`${name}: no seccompProfile RuntimeDefault`);
  }
  return found;
}
