import { z } from 'zod';
import { idSchema } from './platform.ts';

const gift = z.union([
  z.strictObject({ system: z.string().min(1), account: z.literal(true) }),
  z.strictObject({
    system: z.string().min(1),
    group: z.string().min(1),
    scope: z.string().min(1).optional(),
  }),
]);

/** `roles/*.yaml`: what somebody who comes gets by what they will do. */
export const roleTemplateSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('RoleTemplate'),
  metadata: z.strictObject({ name: idSchema, title: z.string().min(1).max(60) }),
  gives: z.array(gift).min(1).max(40),
  /** How they get in for the first time, for their manager: nothing secret. */
  firstCredential: z.string().min(1).max(500),
  welcome: z
    .strictObject({
      links: z
        .array(z.strictObject({ title: z.string().min(1).max(100), url: z.url() }))
        .max(10)
        .default([]),
      channels: z.array(z.string().min(1).max(80)).max(10).default([]),
    })
    .prefault({}),
});
export type RoleTemplate = z.infer<typeof roleTemplateSchema>;

export function findRole(templates: RoleTemplate[], name: string): RoleTemplate | undefined {
  return templates.find(({ metadata }) => metadata.name === name);
}
