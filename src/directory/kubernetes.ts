import { z } from 'zod';
import { type DirectorySnapshot, findPerson, teamsOf } from '../domain/people.ts';
import type { ChangeOrder, Holding, Identity, SystemConnector, SystemMember } from '../domain/systems.ts';
import type { KubeClient } from '../kubernetes/client.ts';
import { KubeError } from '../kubernetes/errors.ts';
import { field, type LiveObject, list, text } from '../kubernetes/objects.ts';
import {
  bindingObject,
  bindingRef,
  gives,
  isFor,
  isNamespaceName,
  isOurs,
  isPlace,
  namesOurBinding,
  type Place,
  probeOf,
  RBAC,
  type Subjects,
} from './kubernetes-bindings.ts';
import {
  type ConnectorKind,
  changeKey,
  noAnswerFrom,
  peopleOf,
  refusal,
  refusalIn,
  refusedBy,
  SYSTEM_TIMEOUT_MS,
  unreadableAnswerFrom,
} from './systems.ts';

const settingsSchema = z.strictObject({
  /** Cluster roles that may be given, and where. */
  roles: z
    .array(
      z
        .strictObject({
          role: z.string().min(1),
          /** In the whole cluster. */
          everywhere: z.boolean().default(false),
          namespaces: z.array(z.string().refine(isNamespaceName, 'is no name of a namespace')).default([]),
        })
        .refine(({ role }) => isPlace({ kind: 'group', group: role }) && !role.startsWith('system:'), {
          path: ['role'],
          error: 'write the name of a cluster role that is for people',
        })
        .refine(
          ({ everywhere, namespaces }) => everywhere || namespaces.length > 0,
          'say where it may be given: everywhere: true, or namespaces',
        ),
    )
    .min(1),
  /** What people are called on the cluster: its OpenID Connect settings make it of their tokens. */
  users: z
    .strictObject({ name: z.enum(['id', 'email']).default('id'), prefix: z.string().default('') })
    .prefault({}),
});
type Settings = z.infer<typeof settingsSchema>;

interface Access {
  system: string;
  settings: Settings;
  client: KubeClient;
  people(): Promise<DirectorySnapshot>;
}

/** Cluster roles for people, in a namespace or everywhere, by bindings of Purser's own: one a person and request. */
export const kubernetes: ConnectorKind<Settings> = {
  kind: 'kubernetes',
  settings: settingsSchema,
  misfit: (system, settings, { holding }) => refusalIn(() => offered({ system, settings }, holding)),
  open(system, settings, { kubernetes: client, directory }): SystemConnector {
    const access: Access = { system, settings, client, people: () => peopleOf(directory) };
    return {
      name: system,
      capabilities: {
        accounts: false,
        groups: true,
        sessions: false,
        remembers: true,
        outlasts: ['an open kubectl exec, port-forward or watch goes on until it ends by itself'],
      },
      idempotencyKey: changeKey,
      plan: (identity, holding) => asked(access, (signal) => plan(access, identity, holding, signal)),
      apply: (order) => asked(access, (signal) => apply(access, order, signal), order.signal),
      readBack: (identity, holding) => asked(access, (signal) => readBack(access, identity, holding, signal)),
      revoke: (order) => asked(access, (signal) => revoke(access, order, signal), order.signal),
      endSessions: async () => {
        throw refusal(
          `${system} has no sessions that Purser could end: what can be done there ends with the role`,
        );
      },
      holdings: (identity) => asked(access, (signal) => holdings(access, identity, signal)),
      members: (group) => asked(access, (signal) => members(access, group, signal)),
    };
  },
};

/** One try, with one deadline. Only the first look at which kinds the cluster knows, which all share, may take longer. */
async function asked<Answer>(
  { system }: Access,
  ask: (signal: AbortSignal) => Promise<Answer>,
  stop?: AbortSignal,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(SYSTEM_TIMEOUT_MS);
  try {
    return await ask(stop === undefined ? deadline : AbortSignal.any([stop, deadline]));
  } catch (error) {
    if (stop?.aborted) throw error;
    if (error instanceof KubeError && error.code > 0) throw refusedBy(system, error.code, error.retryAfter);
    if (error instanceof KubeError && error.reason === 'Unreadable') throw unreadableAnswerFrom(system);
    if (error instanceof KubeError || deadline.aborted) throw noAnswerFrom(system);
    throw error;
  }
}

async function plan(access: Access, identity: Identity, holding: Holding, signal: AbortSignal) {
  const bindings = isPlace(holding) ? await bindingsFor(access, identity, holding, signal) : [];
  return {
    held: bindings.length > 0,
    elsewhere: bindings.some((binding) => !isOurs(access.system, binding)),
  };
}

async function apply(access: Access, order: ChangeOrder, signal: AbortSignal): Promise<void> {
  const { holding, identity, key } = order;
  const place = offered(access, holding);
  const user = userName(access.settings, identity);
  if (user.startsWith('system:')) {
    throw refusal(`${access.system} knows “${user}” as a part of itself: give ${identity.name} another id`);
  }
  if ((await clusterRole(access, place, signal)) === undefined) {
    throw refusal(
      `${access.system} has no cluster role “${place.group}”: create it, or take it out of manifests/systems.yaml`,
    );
  }
  try {
    await access.client.apply(bindingObject(place, key, { system: access.system, user }), { signal });
  } catch (error) {
    if (!(error instanceof KubeError && error.code === 404)) throw error;
    throw refusal(
      `${access.system} has no namespace “${place.scope}”: create it, or take it out of manifests/systems.yaml`,
    );
  }
}

/** Also what is offered no more. */
async function revoke(access: Access, order: ChangeOrder, signal: AbortSignal): Promise<void> {
  const { holding, identity, key, whoever } = order;
  if (!isPlace(holding)) return;
  const named = { user: userName(access.settings, identity), groups: [] };
  const found = whoever
    ? (await bindingsIn(access, holding.scope, signal)).filter(
        (binding) => gives(binding, holding) && isFor(binding, named),
      )
    : [await access.client.get(bindingRef(holding, key), { signal })];
  for (const binding of found) {
    if (binding === undefined || !isOurs(access.system, binding)) continue;
    const { name, uid } = binding.metadata;
    await access.client.remove({ ...bindingRef(holding, key), name }, uid, { signal });
  }
}

/** Either there is a binding and the cluster acts on it, or there is none and it has forgotten the one there was. */
async function readBack(
  access: Access,
  identity: Identity,
  holding: Holding,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isPlace(holding)) return false;
  const [bindings, role, subjects] = await Promise.all([
    bindingsFor(access, identity, holding, signal),
    clusterRole(access, holding, signal),
    subjectsOf(access, identity),
  ]);
  const attributes = role && probeOf(role, holding.scope);
  if (attributes === undefined) return false;
  const { allowed, reason } = await access.client.reviewAccess({ ...subjects, attributes }, { signal });
  return allowed && (bindings.length > 0 || namesOurBinding(reason, holding));
}

async function holdings(access: Access, identity: Identity, signal: AbortSignal): Promise<Holding[]> {
  const places = placesOf(access.settings);
  const scopes = [...new Set(places.map(({ scope }) => scope))];
  const [subjects, ...bindings] = await Promise.all([
    subjectsOf(access, identity),
    ...scopes.map((scope) => bindingsIn(access, scope, signal)),
  ]);
  const own = bindings.flat().filter((binding) => isFor(binding, subjects));
  return places.filter((place) => own.some((binding) => gives(binding, place)));
}

async function members(access: Access, group: Place, signal: AbortSignal): Promise<SystemMember[]> {
  if (!isPlace(group)) return [];
  const [bindings, directory] = await Promise.all([bindingsIn(access, group.scope, signal), access.people()]);
  const found = bindings
    .filter((binding) => gives(binding, group))
    .flatMap(({ subjects }) => list(subjects))
    .flatMap((subject) => membersOf(access.settings, directory, subject));
  return [...new Map(found.map((member) => [member.login, member])).values()];
}

/** A team's group is its people. Who is in another group is not known here. */
function membersOf(settings: Settings, directory: DirectorySnapshot, subject: unknown): SystemMember[] {
  const name = text(field(subject, 'name'));
  const kind = text(field(subject, 'kind'));
  if (kind === 'User') {
    const person = directory.people.find(
      ({ id, email }) => userName(settings, { person: id, email }) === name,
    );
    return [{ person: person?.id, login: name }];
  }
  const team = kind === 'Group' ? directory.teams.find(({ group }) => group === name) : undefined;
  if (team === undefined) return [{ login: `${kind} ${name}` }];
  return [...team.leads, ...team.members].flatMap((id) => {
    const person = findPerson(directory, id);
    return person === undefined
      ? []
      : [{ person: id, login: userName(settings, { person: id, email: person.email }) }];
  });
}

/** What gives them the role in that place, by their name or by a group; for a namespace also what others gave everywhere. */
async function bindingsFor(
  access: Access,
  identity: Identity,
  place: Place,
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const everywhere: Place = { kind: 'group', group: place.group };
  const [subjects, here, wide] = await Promise.all([
    subjectsOf(access, identity),
    bindingsIn(access, place.scope, signal),
    place.scope === undefined ? [] : bindingsIn(access, undefined, signal),
  ]);
  return [
    ...here.filter((binding) => gives(binding, place)),
    ...wide.filter((binding) => gives(binding, everywhere) && !isOurs(access.system, binding)),
  ].filter((binding) => isFor(binding, subjects));
}

async function bindingsIn(
  { client }: Access,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return await client.list({ apiVersion: `${RBAC}/v1`, kind, namespace }, { signal });
}

async function clusterRole({ client }: Access, { group }: Place, signal: AbortSignal) {
  return await client.get({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', name: group }, { signal });
}

async function subjectsOf(access: Access, identity: Identity): Promise<Subjects> {
  const teams = teamsOf(await access.people(), identity.person);
  return {
    user: userName(access.settings, identity),
    groups: [...teams.map(({ group }) => group), 'system:authenticated'],
  };
}

function userName({ users }: Settings, { person, email }: Pick<Identity, 'person' | 'email'>): string {
  return `${users.prefix}${users.name === 'id' ? person : email}`;
}

/** Everything that is offered. */
export function placesOf({ roles }: Settings): Place[] {
  return roles.flatMap(({ role: group, everywhere, namespaces }) => [
    ...(everywhere ? [{ kind: 'group', group } as const] : []),
    ...namespaces.map((scope) => ({ kind: 'group', group, scope }) as const),
  ]);
}

function offered({ settings, system }: Pick<Access, 'settings' | 'system'>, holding: Holding): Place {
  if (holding.kind === 'account') {
    throw refusal(`${system} has no accounts: people get in by the organisation’s sign-in`);
  }
  const { group, scope } = holding;
  const places = placesOf(settings);
  const place = places.find((one) => one.group === group && one.scope === scope);
  if (place !== undefined) return place;
  const where = scope === undefined ? 'everywhere' : `in “${scope}”`;
  throw refusal(`${system} does not give out the role “${group}” ${where}: add it in manifests/systems.yaml`);
}
