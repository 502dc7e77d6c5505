import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { environmentNamespace } from '../domain/ids.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Manifest, Output, Plan, PlanResult, PlanStep } from '../domain/plans.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { requireApproval } from './approval-rules.ts';
import { accessObjects, type Space, spaceObjects } from './guardrails.ts';
import { describeRef, field, OWNERSHIP, refOf } from './objects.ts';
import type { Requester } from './parameters.ts';
import { fillPlaceholders, PlaceholderError, type Scopes } from './placeholders.ts';
import { describeRegistries, refusalsOf } from './refusals.ts';
import type { Template, TemplateDocument } from './template-files.ts';
import type { TemplateOutput } from './template-schema.ts';

const CONTROL = { step: 'purser/step', wave: 'purser/wave', when: 'purser/when' } as const;
type Values = Record<string, string | number | boolean>;

/** Everything a template becomes for some values. */
export interface Rendering {
  values: Values;
  space: Space;
  /** The template's own, by wave. */
  steps: (PlanStep & { wave: number })[];
  outputs: Output[];
}

/** Reads the values, renders, and holds the result to the guardrails. */
export function planEnvironment(
  template: Template,
  given: JsonObject,
  requester: Requester,
  platform: PlatformConfig,
): PlanResult {
  const read = template.readParameters(given, requester);
  if (!read.ok) return read;
  const rendering = tryRender(template, read.values, requester, platform);
  if (rendering instanceof PlaceholderError) {
    const { name, owner } = template.head.metadata;
    const errors = {
      template: `The template “${name}” is broken: ${rendering.message}. Tell its owner, ${owner}.`,
    };
    return { ok: false, errors };
  }
  const refusals = refusalsOf(
    rendering.steps.flatMap(({ objects }) => objects),
    { namespace: rendering.space.namespace, registries: platform.cluster.registries },
  );
  if (refusals.length > 0) {
    const errors: Record<string, string> = {};
    for (const { object, problem, image } of refusals) {
      const asked = Object.keys(read.values).find(
        (name) => image !== undefined && read.values[name] === image,
      );
      if (asked === undefined) errors.template ??= `${describeRef(refOf(object))} ${problem}.`;
      else errors[asked] = `Images come from ${describeRegistries(platform.cluster.registries)}.`;
    }
    return { ok: false, errors };
  }
  const plan = assemble(template, rendering, requester, platform);
  return { ok: true, plan, digest: digestOf(plan) };
}

function tryRender(...request: Parameters<typeof renderTemplate>): Rendering | PlaceholderError {
  try {
    return renderTemplate(...request);
  } catch (error) {
    if (error instanceof PlaceholderError) return error;
    throw error;
  }
}

/** SHA-256, hex, over the canonical JSON (RFC 8785). */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');
}

/** Throws `PlaceholderError` for an author's mistake. */
export function renderTemplate(
  template: Template,
  values: Values,
  requester: Requester,
  platform: PlatformConfig,
): Rendering {
  const { head } = template;
  const name = String(values.name);
  const team = String(values.team);
  const group = requester.teams.find(({ id }) => id === team)?.group ?? team;
  const namespace = environmentNamespace(name);
  const size = head.sizes[String(values.size ?? Object.keys(head.sizes)[0])];
  if (size === undefined) throw new Error(`template ${head.metadata.name} has no size ${values.size}`);
  const { cluster } = platform;
  const scopes: Scopes = {
    parameters: { ...absent(Object.keys(head.parameters.properties)), ...values },
    environment: { name, namespace, host: `${name}.${cluster.ingressDomain}` },
    cluster: {
      name: cluster.name,
      ingressDomain: cluster.ingressDomain,
      ingressNamespace: cluster.ingressNamespace,
      storageClass: cluster.storageClass,
    },
    team: { id: team, group },
    size: { ...size },
  };
  const outputs = head.outputs.flatMap((output) => renderOutput(output, values, scopes));
  return {
    values,
    space: {
      namespace,
      environment: name,
      team,
      group,
      owner: requester.id,
      template: `${head.metadata.name}@${head.metadata.version}`,
      size,
      outputSecrets: [
        ...new Set(outputs.flatMap((output) => ('secret' in output ? [output.secret.name] : []))),
      ],
      cluster,
    },
    steps: renderSteps(template.documents, values, scopes),
    outputs,
  };
}

function absent(names: string[]): Record<string, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function renderOutput(output: TemplateOutput, values: Values, scopes: Scopes): Output[] {
  if (!holds(output.when, values)) return [];
  if ('secret' in output) return [{ key: output.key, secret: output.secret }];
  const value = fillPlaceholders(output.value, scopes);
  return value === null ? [] : [{ key: output.key, value: String(value) }];
}

function renderSteps(
  documents: TemplateDocument[],
  values: Values,
  scopes: Scopes,
): (PlanStep & { wave: number })[] {
  const steps = new Map<string, PlanStep & { wave: number }>();
  for (const document of documents) {
    const { step, wave, when } = controlsOf(document);
    if (!holds(when, values)) continue;
    const id = slug(step);
    const known = steps.get(id) ?? { id, title: step, wave, objects: [] };
    known.objects.push(strip(fillPlaceholders(document.object, scopes) as JsonObject));
    steps.set(id, known);
  }
  return [...steps.values()].sort((one, other) => one.wave - other.wave);
}

/** An object without a step belongs to that of the object before it in its file. */
export function controlsOf(document: TemplateDocument): {
  step: string;
  wave: number;
  when: string | undefined;
} {
  const own = (name: string) => field(document.object, 'metadata', 'annotations', name);
  const when = own(CONTROL.when);
  return {
    step: document.step,
    wave: document.wave,
    when: when === undefined ? undefined : String(when),
  };
}

/** `postgres` is a boolean parameter that is true, `size=l` a parameter of that value. */
export function holds(when: string | undefined, values: Values): boolean {
  if (when === undefined) return true;
  const [name = '', expected] = when.split('=');
  return expected === undefined ? values[name] === true : String(values[name]) === expected;
}

export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function strip(object: JsonObject): Manifest {
  const metadata = object.metadata as Record<string, JsonValue>;
  const annotations = Object.entries((metadata.annotations ?? {}) as JsonObject).filter(
    ([name]) => !Object.values<string>(CONTROL).includes(name),
  );
  const { annotations: _all, ...rest } = metadata;
  const kept = annotations.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(annotations) };
  return { ...object, metadata: kept } as Manifest;
}

function assemble(
  template: Template,
  rendering: Rendering,
  requester: Requester,
  platform: PlatformConfig,
): Plan {
  const { head } = template;
  const { space, values, outputs } = rendering;
  const own = (objects: Manifest[]) => objects.map((object) => mark(object, space));
  const workloads = rendering.steps.flatMap(({ objects }) => objects);
  const teamTitle = platform.teams.find(({ id }) => id === space.team)?.title ?? space.team;
  const steps: PlanStep[] = [
    { id: 'space', title: 'Space with its limits', objects: own(spaceObjects(space, workloads)) },
    { id: 'access', title: `Access for team ${teamTitle}`, objects: own(accessObjects(space)) },
    ...rendering.steps.map((step) => ({ ...step, objects: own(step.objects) })),
    { id: 'publish', title: 'Connection info', objects: own([connectionInfo(space, outputs)]) },
  ];
  const { ttl, maxTtl, warn } = head.lifecycle;
  return {
    template: {
      name: head.metadata.name,
      version: head.metadata.version,
      title: head.metadata.title,
      digest: template.digest,
    },
    environment: {
      cluster: platform.cluster.name,
      name: space.environment,
      namespace: space.namespace,
      team: space.team,
      group: space.group,
    },
    parameters: values,
    steps,
    outputs,
    lifecycle: { ttlMs: ttl, maxTtlMs: maxTtl, warnMs: warn },
    approval: requireApproval(head.approval, { parameters: values, requester, team: space.team }, platform),
    quota: head.quota,
    accessProof: { group: space.group, outsiderGroup: OUTSIDERS },
  };
}

/** A group that nobody is in: what it may do, everybody may. */
const OUTSIDERS = 'purser:outsiders';

/** Ours, and in the environment's namespace unless it is the namespace. The request is added when it is applied. */
function mark(object: Manifest, space: Space): Manifest {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(object.kind === 'Namespace' ? {} : { namespace: space.namespace }),
      labels: {
        ...object.metadata.labels,
        [OWNERSHIP.managedByLabel]: OWNERSHIP.managedBy,
        [OWNERSHIP.environmentLabel]: space.environment,
      },
    },
  };
}

/** Written last: whoever finds it finds everything it names. */
function connectionInfo(space: Space, outputs: Output[]): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'connection-info', namespace: space.namespace },
    data: Object.fromEntries(
      outputs.map((output) =>
        'secret' in output
          ? [output.key, `in Secret ${output.secret.name}, key ${output.secret.key}`]
          : [output.key, output.value],
      ),
    ),
  };
}
