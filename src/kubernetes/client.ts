import type { KubeConfig } from '@kubernetes/client-node';
import type { Manifest } from '../domain/plans.ts';
import { KubeError, parseAnswer, parseKubeError } from './errors.ts';
import { field, type LiveObject, type ObjectRef, refOf, text } from './objects.ts';
import { createTransport, type KubeRequest, type Transport, USER_AGENT } from './transport.ts';

export const FIELD_MANAGER = 'purser';

/** Somebody else's eyes: what they may not see, we do not see. */
export interface Impersonation {
  user: string;
  groups: string[];
}

export interface AccessQuestion {
  user: string;
  groups: string[];
  attributes: {
    namespace: string;
    verb: string;
    resource: string;
    group?: string;
    subresource?: string;
    name?: string;
  };
}

interface CallOptions {
  signal?: AbortSignal;
}

interface ApplyOptions extends CallOptions {
  dryRun?: boolean;
  uid?: string;
  /** For a few fields apart: applying takes away what its manager set before and does not set again. */
  fieldManager?: string;
  /** Takes fields from whoever has set them. */
  force?: boolean;
}

/** Objects go over the wire as they are written: no generated class comes between. Rejects with `KubeError`. */
export interface KubeClient {
  /** Server-side apply, strict, forced for fields of ours alone. `uid` makes it fail when the object is not that one any more. */
  apply(object: Manifest, options?: ApplyOptions): Promise<LiveObject>;
  create(object: Manifest, options?: CallOptions & { dryRun?: boolean }): Promise<LiveObject>;
  get(ref: ObjectRef, options?: CallOptions & { as?: Impersonation }): Promise<LiveObject | undefined>;
  /** All of them, page by page. */
  list(
    kind: { apiVersion: string; kind: string; namespace?: string },
    options?: CallOptions,
  ): Promise<LiveObject[]>;
  /** Deletes that object and no successor of the same name. `false` when it is not there any more. */
  remove(ref: ObjectRef, uid: string, options?: CallOptions): Promise<boolean>;
  mayAccess(question: AccessQuestion, options?: CallOptions): Promise<boolean>;
  /** As `mayAccess`, with what the cluster gives as its reason: `RBAC: allowed by RoleBinding "a/b" of …`. */
  reviewAccess(
    question: AccessQuestion,
    options?: CallOptions,
  ): Promise<{ allowed: boolean; reason: string }>;
  /** Whether the account of this client may do that itself. */
  mayI(attributes: AccessQuestion['attributes']): Promise<boolean>;
  ready(): Promise<boolean>;
  /** The same client, whose requests the cluster's audit log shows as made for this environment, by its business key. */
  onBehalfOf(environment: string): KubeClient;
}

const PAGE = 250;

interface Page {
  items: LiveObject[];
  metadata?: { continue?: string };
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

interface Resource {
  plural: string;
  namespaced: boolean;
}

export function createKubeClient(kubeConfig: KubeConfig): KubeClient {
  const send = createTransport(kubeConfig);
  return clientOver(send, createDiscovery(send));
}

function clientOver(send: Transport, locate: Locate): KubeClient {
  async function call(request: KubeRequest, about: { kind: string; name: string }): Promise<LiveObject> {
    const response = await send(request);
    if (response.code >= 300) throw parseKubeError(response, about);
    return parseAnswer<LiveObject>(response.body);
  }

  function review(kind: string, spec: object, options: CallOptions = {}): Promise<LiveObject> {
    const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
    const path = `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`;
    return call({ method: 'POST', path, body, signal: options.signal }, { kind, name: '' });
  }

  async function reviewAccess({ user, groups, attributes }: AccessQuestion, options?: CallOptions) {
    const spec = { user, groups, resourceAttributes: attributes };
    const answer = await review('SubjectAccessReview', spec, options);
    return {
      allowed: field(answer, 'status', 'allowed') === true,
      reason: text(field(answer, 'status', 'reason')),
    };
  }

  return {
    async apply(object, options = {}) {
      const path = await locate(refOf(object), options.signal);
      const { fieldManager = FIELD_MANAGER } = options;
      const query = new URLSearchParams({ fieldManager, fieldValidation: 'Strict' });
      if (options.dryRun) query.set('dryRun', 'All');
      if (options.force) query.set('force', 'true');
      const body =
        options.uid === undefined
          ? object
          : { ...object, metadata: { ...object.metadata, uid: options.uid } };
      return await call(
        {
          method: 'PATCH',
          path: `${path}?${query}`,
          body: JSON.stringify(body),
          contentType: 'application/apply-patch+yaml',
          signal: options.signal,
        },
        { kind: object.kind, name: object.metadata.name },
      );
    },

    async create(object, options = {}) {
      const path = await locate({ ...refOf(object), name: '' }, options.signal);
      const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' });
      if (options.dryRun) query.set('dryRun', 'All');
      return await call(
        { method: 'POST', path: `${path}?${query}`, body: JSON.stringify(object), signal: options.signal },
        { kind: object.kind, name: object.metadata.name },
      );
    },

    async get(ref, options = {}) {
      const path = await locate(ref, options.signal);
      const headers = options.as === undefined ? undefined : impersonating(options.as);
      try {
        return await call({ method: 'GET', path, headers, signal: options.signal }, ref);
      } catch (error) {
        if (error instanceof KubeError && error.code === 404) return undefined;
        throw error;
      }
    },

    async list(kind, options = {}) {
      const path = await locate({ ...kind, name: '' }, options.signal);
      const found: LiveObject[] = [];
      for (let next: string | undefined = ''; next !== undefined; ) {
        const query = new URLSearchParams({
          limit: String(PAGE),
          ...(next === '' ? {} : { continue: next }),
        });
        const response = await send({ method: 'GET', path: `${path}?${query}`, signal: options.signal });
        if (response.code >= 300) throw parseKubeError(response, { ...kind, name: '' });
        const page = parseAnswer<Page>(response.body, 'items');
        found.push(...page.items);
        next = page.metadata?.continue || undefined;
      }
      return found;
    },

    async remove(ref, uid, options = {}) {
      const path = await locate(ref, options.signal);
      const body = JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid },
        propagationPolicy: 'Background',
      });
      const response = await send({ method: 'DELETE', path, body, signal: options.signal });
      // 409 is both "another uid" and "already on its way out": whoever needs to know looks at what is there.
      if (response.code === 404 || response.code === 409) return false;
      if (response.code >= 300) throw parseKubeError(response, ref);
      return true;
    },

    reviewAccess,

    async mayAccess(question, options) {
      return (await reviewAccess(question, options)).allowed;
    },

    async mayI(attributes) {
      const answer = await review('SelfSubjectAccessReview', { resourceAttributes: attributes });
      return field(answer, 'status', 'allowed') === true;
    },

    async ready() {
      try {
        const response = await send({ method: 'GET', path: '/readyz', signal: AbortSignal.timeout(2_000) });
        return response.code === 200;
      } catch {
        return false;
      }
    },

    onBehalfOf(environment) {
      const agent = { 'user-agent': `${USER_AGENT} (${environment})` };
      return clientOver((request) => send({ ...request, headers: { ...agent, ...request.headers } }), locate);
    },
  };
}

type Locate = (ref: ObjectRef, signal?: AbortSignal) => Promise<string>;

function impersonating(who: Impersonation): Record<string, string | string[]> {
  return { 'Impersonate-User': who.user, 'Impersonate-Group': who.groups };
}

/** Paths of kinds, read once per API group and again when a kind is missing: it may have been installed since. */
function createDiscovery(send: Transport): Locate {
  const known = new Map<string, Promise<Map<string, Resource>>>();

  async function read(prefix: string): Promise<Map<string, Resource>> {
    const response = await send({ method: 'GET', path: prefix });
    if (response.code === 404) return new Map();
    if (response.code >= 300) throw parseKubeError(response, { kind: 'API group', name: prefix });
    const { resources } = parseAnswer<ResourceList>(response.body, 'resources');
    return new Map(
      resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
    );
  }

  function remember(prefix: string): Promise<Map<string, Resource>> {
    const reading = read(prefix);
    known.set(prefix, reading);
    reading.catch(() => known.delete(prefix));
    return reading;
  }

  return async function locate(ref, signal) {
    signal?.throwIfAborted();
    const prefix = ref.apiVersion.includes('/') ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
    const cached = await (known.get(prefix) ?? remember(prefix));
    const resource = cached.get(ref.kind) ?? (await remember(prefix)).get(ref.kind);
    if (resource === undefined) {
      throw new KubeError({
        code: 404,
        reason: 'NotFound',
        message: `the cluster knows no ${ref.kind} in ${ref.apiVersion}`,
      });
    }
    const inside = resource.namespaced ? `/namespaces/${encodeURIComponent(ref.namespace ?? 'default')}` : '';
    const name = ref.name === '' ? '' : `/${encodeURIComponent(ref.name)}`;
    return `${prefix}${inside}/${resource.plural}${name}`;
  };
}
