import type { JsonObject, JsonPrimitive, ParameterSchema } from '../domain/json.ts';
import type { Manifest } from '../domain/plans.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { contradictoryResources, footprintOf } from './footprint.ts';
import { backendsOf } from './guardrails.ts';
import { describeRef, field, list, podTemplate, record, refOf, text } from './objects.ts';
import type { Requester } from './parameters.ts';
import { PlaceholderError } from './placeholders.ts';
import { baselineViolations, restrictedViolations } from './pod-security.ts';
import { parseQuantity } from './quantities.ts';
import { refusalsOf } from './refusals.ts';
import { controlsOf, type Rendering, renderTemplate } from './render-template.ts';
import type { Template, TemplateDocument, TemplateProblem } from './template-files.ts';

/** A warning does not keep a template from being used. */
export interface LintProblem extends TemplateProblem {
  severity: 'error' | 'warning';
}

const MAX_COMBINATIONS = 64;
const MAX_STEPS = 7;

/** What is wrong with a template that could be read, over every combination of its choices. Each problem once. */
export function lintTemplate(template: Template, platform: PlatformConfig): LintProblem[] {
  const requester = sampleRequester(platform);
  const problems = new Map<string, LintProblem>();
  const report = (problem: LintProblem) =>
    problems.set(`${problem.file}:${problem.line}:${problem.problem}`, problem);
  for (const problem of controlProblems(template)) report(problem);
  for (const given of combinations(template, platform)) {
    const read = template.readParameters({ ...given, team: requester.teams[0]?.id ?? '' }, requester);
    if (!read.ok) {
      const [name, reason] = Object.entries(read.errors)[0] ?? ['', ''];
      report(
        error('template.yaml', `parameters: no sample value fits \`${name}\` (${reason}); give it a default`),
      );
      break;
    }
    try {
      const rendering = renderTemplate(template, read.values, requester, platform);
      for (const problem of lintRendering(template, rendering)) report(problem);
    } catch (thrown) {
      if (!(thrown instanceof PlaceholderError)) throw thrown;
      report(placeholderProblem(template, thrown));
    }
  }
  return [...problems.values()];
}

function error(file: string, problem: string, line?: number): LintProblem {
  return { severity: 'error', file, problem, ...(line === undefined ? {} : { line }) };
}

function controlProblems(template: Template): LintProblem[] {
  const { properties } = template.head.parameters;
  const known = (when: string | undefined) =>
    when === undefined || properties[when.split('=')[0] ?? ''] !== undefined;
  const steps = new Map<string, number>();
  const problems = template.documents.flatMap((document) => {
    const { when, wave, step } = controlsOf(document);
    const line = document.lineOf(['metadata', 'annotations']);
    const first = steps.get(step) ?? wave;
    steps.set(step, first);
    return [
      ...(known(when)
        ? []
        : [error(document.file, `purser/when: there is no parameter for \`${when}\``, line)]),
      ...(first === wave
        ? []
        : [error(document.file, `step ${step} is in two waves, ${first} and ${wave}`, line)]),
    ];
  });
  for (const { key, when } of template.head.outputs) {
    if (!known(when))
      problems.push(error('template.yaml', `output ${key}: there is no parameter for \`${when}\``));
  }
  if (steps.size + 3 > MAX_STEPS) {
    problems.push(
      error(
        'template.yaml',
        `has ${steps.size + 3} steps, of which three are always there; at most ${MAX_STEPS}`,
      ),
    );
  }
  return problems;
}

function placeholderProblem(template: Template, thrown: PlaceholderError): LintProblem {
  const document = template.documents.find(({ object }) => mentions(object, thrown));
  return error(document?.file ?? 'template.yaml', thrown.message, document?.lineOf(thrown.path));
}

/** The document in which the path leads to a scalar with a placeholder. */
function mentions(object: JsonObject, thrown: PlaceholderError): boolean {
  const key = thrown.path.at(-1);
  const value = field(object, ...thrown.path.map(String));
  return String(value).includes('${{') || String(key).includes('${{');
}

function lintRendering(template: Template, rendering: Rendering): LintProblem[] {
  const objects = rendering.steps.flatMap((step) => step.objects);
  const { cluster, namespace } = rendering.space;
  const at = (
    object: Manifest,
    problem: string,
    severity: LintProblem['severity'] = 'error',
  ): LintProblem => {
    const document = documentOf(template, object);
    const line = document?.lineOf([]);
    return {
      severity,
      file: document?.file ?? 'template.yaml',
      ...(line === undefined ? {} : { line }),
      problem: `${describeRef(refOf(object))} ${problem}`,
    };
  };
  return [
    ...refusalsOf(objects, { namespace, registries: cluster.registries }).map(({ object, problem }) =>
      at(object, problem),
    ),
    ...objects.flatMap((object) =>
      podProblems(object, rendering).map(([problem, severity]) => at(object, problem, severity)),
    ),
    ...objects.flatMap((object) => routeProblems(object, objects).map((problem) => at(object, problem))),
    ...quotaProblems(rendering, objects),
    ...outputProblems(rendering, objects),
  ];
}

function documentOf(template: Template, object: Manifest): TemplateDocument | undefined {
  return template.documents.find(
    (document) =>
      document.object.kind === object.kind &&
      field(document.object, 'metadata', 'name') === object.metadata.name,
  );
}

function podProblems(object: Manifest, rendering: Rendering): [string, LintProblem['severity']][] {
  const pod = field(podTemplate(object), 'spec');
  if (pod === undefined) return [];
  const { cpu, memory } = rendering.space.size;
  const tooLarge = list(field(pod, 'containers')).filter(
    (container) =>
      (parseQuantity(field(container, 'resources', 'limits', 'cpu')) ?? 0) > (parseQuantity(cpu) ?? 0) ||
      (parseQuantity(field(container, 'resources', 'limits', 'memory')) ?? 0) > (parseQuantity(memory) ?? 0),
  );
  return [
    ...baselineViolations(pod).map((what): [string, 'error'] => [
      `breaks Pod Security baseline: ${what}`,
      'error',
    ]),
    ...restrictedViolations(pod).map((what): [string, 'warning'] => [
      `is not Pod Security restricted: ${what}`,
      'warning',
    ]),
    ...contradictoryResources(pod).map((what): [string, 'error'] => [what, 'error']),
    ...tooLarge.map((one): [string, 'error'] => [
      `container ${text(field(one, 'name'))} is larger than its size`,
      'error',
    ]),
  ];
}

/** Every way in ends at a container port that a pod of the template declares. */
function routeProblems(object: Manifest, objects: Manifest[]): string[] {
  const services = objects.filter(({ kind }) => kind === 'Service');
  if (object.kind === 'Ingress') {
    return backendsOf(object)
      .filter((name) => !services.some(({ metadata }) => metadata.name === name))
      .map((name) => `leads to the Service ${name}, which is not there`);
  }
  if (object.kind !== 'Service') return [];
  const selector = Object.entries(record(field(object, 'spec', 'selector')));
  const pods = objects.flatMap((other) => {
    const template = podTemplate(other);
    const labels = record(field(template, 'metadata', 'labels'));
    return template !== undefined && selector.every(([key, value]) => labels[key] === value)
      ? [template]
      : [];
  });
  if (selector.length === 0 || pods.length === 0) return ['selects no pods of the template'];
  const declared = pods
    .flatMap((template) => list(field(template, 'spec', 'containers')))
    .flatMap((container) => list(field(container, 'ports')))
    .flatMap((port) => [field(port, 'name'), field(port, 'containerPort')]);
  return list(field(object, 'spec', 'ports'))
    .map((port) => field(port, 'targetPort') ?? field(port, 'port'))
    .filter((target) => !declared.includes(target))
    .map((target) => `leads to the port ${String(target)}, which no container declares`);
}

function quotaProblems(rendering: Rendering, objects: Manifest[]): LintProblem[] {
  const { size } = rendering.space;
  const needs = footprintOf(objects);
  const choice = rendering.values.size === undefined ? 'the size' : `size ${rendering.values.size}`;
  const over = (what: string, needed: number, has: number) =>
    needed > has
      ? [error('template.yaml', `sizes: the workloads do not fit ${choice} while they are updated: ${what}`)]
      : [];
  return [
    ...over(`cpu ${round(needs.cpu)} of ${size.cpu}`, needs.cpu, parseQuantity(size.cpu) ?? 0),
    ...over(`memory ${mebi(needs.memory)} of ${size.memory}`, needs.memory, parseQuantity(size.memory) ?? 0),
    ...over(
      `storage ${mebi(needs.storage)} of ${size.storage}`,
      needs.storage,
      parseQuantity(size.storage) ?? 0,
    ),
    ...over(`${needs.pods} of ${size.pods} pods`, needs.pods, size.pods),
    ...over(`${needs.claims} of 10 volume claims`, needs.claims, 10),
  ];
}

const round = (value: number): string => String(Math.round(value * 1000) / 1000);
const mebi = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)}Mi`;

function outputProblems(rendering: Rendering, objects: Manifest[]): LintProblem[] {
  return rendering.outputs.flatMap((output) => {
    if (!('secret' in output)) return [];
    const { name, key } = output.secret;
    const secret = objects.find((object) => object.kind === 'Secret' && object.metadata.name === name);
    if (secret !== undefined && Object.hasOwn(record(secret.stringData), key)) return [];
    const choices = Object.entries(rendering.values).map(([parameter, value]) => `${parameter}=${value}`);
    return [
      error(
        'template.yaml',
        `output ${output.key}: no Secret ${name} with the key ${key} (with ${choices.join(' ')})`,
      ),
    ];
  });
}

function sampleRequester(platform: PlatformConfig): Requester {
  const teams = platform.teams.map(({ id, group }) => ({ id, group }));
  return { id: 'sample', roles: [], teams: teams.length > 0 ? teams : [{ id: 'sample', group: 'sample' }] };
}

/** Every choice of every enum and switch, with a sample for the rest. */
function combinations(template: Template, platform: PlatformConfig): JsonObject[] {
  let found: JsonObject[] = [{}];
  const { required } = template.head.parameters;
  for (const [name, property] of Object.entries(
    template.head.parameters.properties as Record<string, ParameterSchema>,
  )) {
    if (property['x-source'] !== undefined) continue;
    const optional = !required.includes(name) && property.default === undefined;
    const samples = choicesOf(property) ?? [sampleOf(name, property, platform)];
    const choices = optional ? [...samples, undefined] : samples;
    found = found.flatMap((values) =>
      choices.map((choice) => (choice === undefined ? values : { ...values, [name]: choice })),
    );
    found = found.slice(0, MAX_COMBINATIONS);
  }
  return found;
}

function choicesOf(property: ParameterSchema): JsonPrimitive[] | undefined {
  if (property.enum !== undefined) return property.enum;
  return property.type === 'boolean' ? [true, false] : undefined;
}

/** A default, or the first of a few likely values that fits. */
function sampleOf(
  name: string,
  property: ParameterSchema,
  platform: PlatformConfig,
): JsonPrimitive | undefined {
  if (property.default !== undefined) return property.default;
  if (property.type === 'integer' || property.type === 'number')
    return property.minimum ?? property.maximum ?? 1;
  const image = `${platform.cluster.registries[0]?.replace(/\/$/, '')}/sample:1`;
  const candidates =
    name === 'image' ? [image] : ['sample', 'sample-1', 'a', 'A', '1', image, 'https://example.test'];
  const pattern = new RegExp(property.pattern ?? '', 'u');
  return candidates.find((candidate) => pattern.test(candidate)) ?? candidates[0];
}
