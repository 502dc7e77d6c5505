import { z } from 'zod';
import { approverRuleSchema } from '../domain/approvals.ts';
import { duration } from '../domain/durations.ts';
import { parseQuantity } from './quantities.ts';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'small letters, digits and dashes, starting with a letter');

const primitive = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const quantity = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((value) => parseQuantity(value) !== undefined, 'a quantity such as 500m, 2 or 4Gi');

/** What a form can be drawn from; ajv checks the values. */
const parameter = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean']).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(primitive).min(1).optional(),
  default: primitive.optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  format: z.string().optional(),
  'x-source': z.literal('teams-of-requester').optional(),
});

const when = z.record(z.string(), z.union([primitive, z.array(primitive).min(1)])).optional();

const approvalRule = z.union([
  z.strictObject({ when, auto: z.literal(true) }),
  z.strictObject({
    when,
    by: approverRuleSchema,
    count: z.int().min(1).default(1),
    timeout: duration,
    remind: z.array(duration).default([]),
    /** Whoever approves signs in for it: a press in chat is not enough. */
    signIn: z.literal(true).optional(),
  }),
]);

const output = z.union([
  z.strictObject({
    key: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
    value: z.string(),
    when: z.string().optional(),
  }),
  z.strictObject({
    key: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
    secret: z.strictObject({ name: z.string(), key: z.string() }),
    when: z.string().optional(),
  }),
]);

export const templateSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('EnvironmentTemplate'),
  metadata: z.strictObject({
    name: id,
    version: z.int().min(1),
    title: z.string().min(1).max(60),
    description: z.string().min(1),
    owner: z.string().min(1),
  }),
  parameters: z.strictObject({
    type: z.literal('object'),
    required: z.array(z.string()).default([]),
    additionalProperties: z.literal(false),
    properties: z.record(z.string().regex(/^[a-z][a-zA-Z0-9_]*$/), parameter),
  }),
  /** By value of the parameter `size`; a template without that parameter has exactly one. */
  sizes: z.record(
    id,
    z
      .object({ cpu: quantity, memory: quantity, storage: quantity, pods: z.int().min(1).default(20) })
      .catchall(quantity),
  ),
  lifecycle: z
    .strictObject({ ttl: duration, maxTtl: duration, warn: z.array(duration).default([]) })
    .refine(({ ttl, maxTtl }) => ttl <= maxTtl, 'ttl is longer than maxTtl'),
  approval: z
    .array(approvalRule)
    .min(1)
    .refine(
      (rules) => rules.at(-1)?.when === undefined,
      'the last rule must match everything: leave out its `when`',
    ),
  quota: z.strictObject({ perOwner: z.int().min(1), perTeam: z.int().min(1) }),
  outputs: z.array(output).default([]),
});

export type TemplateHead = z.infer<typeof templateSchema>;
export type ApprovalRule = TemplateHead['approval'][number];
export type TemplateOutput = TemplateHead['outputs'][number];

/** What the schema alone cannot say of a head. One line each. */
export function headProblems(head: TemplateHead): string[] {
  const { properties, required } = head.parameters;
  const problems: string[] = [];
  if (properties.name?.type !== 'string' || !required.includes('name')) {
    problems.push('parameters: `name` must be there, a required string');
  }
  if (properties.team?.['x-source'] !== 'teams-of-requester' || !required.includes('team')) {
    problems.push('parameters: `team` must be there, required, with x-source: teams-of-requester');
  }
  for (const name of required.filter((key) => properties[key] === undefined)) {
    problems.push(`parameters: \`${name}\` is required but not described`);
  }
  const sizes = Object.keys(head.sizes);
  const offered = (properties.size?.enum ?? []).map(String);
  if (properties.size === undefined && sizes.length !== 1) {
    problems.push('sizes: a template without the parameter `size` has exactly one');
  }
  if (properties.size !== undefined && [...sizes].sort().join() !== [...offered].sort().join()) {
    problems.push('sizes: must be those of the enum of `size`');
  }
  problems.push(...sizesOutOfOrder(head.sizes, offered));
  if (properties.size !== undefined && properties.size.default === undefined && !required.includes('size')) {
    problems.push('parameters: `size` needs a default, or must be required');
  }
  for (const rule of head.approval) {
    for (const key of Object.keys(rule.when ?? {})) {
      if (key !== 'requester.role' && properties[key] === undefined) {
        problems.push(`approval: there is no parameter \`${key}\``);
      }
    }
  }
  return problems;
}

/** From small to big: whoever lacks room is offered the next one. */
function sizesOutOfOrder(sizes: TemplateHead['sizes'], offered: string[]): string[] {
  return offered.flatMap((size, at) => {
    const [before, after] = [sizes[offered[at - 1] ?? ''], sizes[size]];
    if (before === undefined || after === undefined) return [];
    const less = (['cpu', 'memory', 'storage', 'pods'] as const).find(
      (resource) => (parseQuantity(after[resource]) ?? 0) < (parseQuantity(before[resource]) ?? 0),
    );
    return less === undefined ? [] : [`sizes: ${size} comes after ${offered[at - 1]}, but has less ${less}`];
  });
}
