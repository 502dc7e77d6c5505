import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { bad, type Finding, good, off } from '../domain/findings.ts';
import type { DirectorySnapshot } from '../domain/people.ts';
import { type AccessQuestion, createKubeClient, type KubeClient } from '../kubernetes/client.ts';
import { KubeError } from '../kubernetes/errors.ts';
import { loadKubeConfig } from '../kubernetes/kube-config.ts';
import type { Role } from './roles.ts';

type Right = AccessQuestion['attributes'];

const FILE = 'deploy/10-accounts.yaml';
const MAX_NAMED = 6;

const roleSchema = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      resourceNames: z.array(z.string()).optional(),
      verbs: z.array(z.string()),
    }),
  ),
});

/** Whether the cluster answers, and whether our account there may do what `deploy/10-accounts.yaml` gives these processes. */
export async function checkKubernetes(
  { kubernetes, manifests }: Pick<Config, 'kubernetes' | 'manifests'>,
  roles: Role[],
  directory: DirectorySnapshot | undefined,
): Promise<Finding[]> {
  const client = openClient(kubernetes);
  if (client === undefined) {
    return [bad('KUBECONFIG names no cluster that can be used', 'See that the file is there and is valid.')];
  }
  const file = join(manifests, FILE);
  const given = await rightsIn(file);
  try {
    await client.mayI({ namespace: '', verb: 'get', resource: 'namespaces' });
    const cluster = good('the cluster answers');
    if (given === undefined)
      return [cluster, off(`our rights were not compared with ${file}`, 'Put it there to have that done.')];
    return [
      cluster,
      ...(await Promise.all(
        roles.map((role) =>
          rightsFinding(client, role, [...(given.get(role) ?? []), ...whoIsNamed(role, directory)]),
        ),
      )),
    ];
  } catch (error) {
    return [failure(error)];
  }
}

function openClient(kubernetes: Config['kubernetes']): KubeClient | undefined {
  try {
    return createKubeClient(loadKubeConfig(kubernetes));
  } catch {
    return undefined;
  }
}

async function rightsIn(file: string): Promise<Map<string, Right[]> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const roles = parseAllDocuments(text).flatMap((document) => {
    const parsed = roleSchema.safeParse(document.toJS());
    return parsed.success ? [parsed.data] : [];
  });
  return new Map(
    roles.map(({ metadata, rules }) => [metadata.name.replace(/^purser-/, ''), rules.flatMap(rightsOf)]),
  );
}

function rightsOf({
  apiGroups,
  resources,
  resourceNames,
  verbs,
}: z.infer<typeof roleSchema>['rules'][number]) {
  const names = resourceNames ?? [undefined];
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.flatMap((name) => verbs.map((verb): Right => ({ namespace: '', group, resource, verb, name }))),
    ),
  );
}

/** Of everybody in the directory, whoever the file names: credentials are read as the person who asks. */
function whoIsNamed(role: Role, directory: DirectorySnapshot | undefined): Right[] {
  if (role !== 'bot' || directory === undefined) return [];
  const impersonate = (resource: string, name: string): Right => ({
    namespace: '',
    resource,
    verb: 'impersonate',
    name,
  });
  return [
    ...directory.people.filter(({ active }) => active).map(({ id }) => impersonate('users', id)),
    ...directory.teams.map(({ group }) => impersonate('groups', group)),
  ];
}

async function rightsFinding(client: KubeClient, role: Role, rights: Right[]): Promise<Finding> {
  const answers = await Promise.all(rights.map(async (right) => ({ right, may: await client.mayI(right) })));
  const lacking = [...new Set(answers.filter(({ may }) => !may).map(({ right }) => described(right)))];
  if (lacking.length === 0) return good(`the ${role} may do all that it does there`);
  const named = lacking.slice(0, MAX_NAMED).join(', ');
  const others = lacking.length > MAX_NAMED ? ` and ${lacking.length - MAX_NAMED} more` : '';
  return bad(
    `the ${role} may not ${named}${others}`,
    `Apply manifests/${FILE}, with everybody of platform.yaml in it. If this is the other process’s account, run ` +
      `npm run doctor -- ${role === 'bot' ? 'worker' : 'bot'} here.`,
  );
}

function described({ verb, resource, group, name }: Right): string {
  return `${verb} ${resource}${group ? `.${group}` : ''}${name === undefined ? '' : ` “${name}”`}`;
}

function failure(error: unknown): Finding {
  if (!(error instanceof KubeError)) throw error;
  if (error.code === 401) {
    return bad('the cluster does not know who we are', 'Renew the credentials in KUBECONFIG.');
  }
  const reason = error.code === 0 ? error.reason : `HTTP ${error.code}`;
  return bad(
    `the cluster does not answer (${reason})`,
    'See whether the address in KUBECONFIG is right, and whether this machine reaches it.',
  );
}
