import { z } from 'zod';
import { isTimeZone } from './local-times.ts';
import { accountRefSchema, conversationRefSchema } from './refs.ts';

/** Ids of people, teams and roles. */
export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'small letters, digits and dashes, starting with a letter');

/** `manifests/platform.yaml`: what is the organisation's own and not in any other system. */
export const platformSchema = z.strictObject({
  apiVersion: z.literal('purser/v1'),
  kind: z.literal('Platform'),
  organisation: z.string().min(1),
  cluster: z.strictObject({
    name: idSchema,
    /** Hosts of environments are `<name>.<ingressDomain>`. */
    ingressDomain: z.string().min(1),
    /** Where the ingress controller runs: its pods may reach environments. */
    ingressNamespace: z.string().min(1),
    storageClass: z.string().min(1).optional(),
    /** Registries that environments may pull images from, as prefixes. */
    registries: z.array(z.string().min(1)).min(1),
    /** Where the Kubernetes API is, for pods that may call it; anywhere, by its ports, when not given. */
    apiServerCidrs: z.array(z.cidrv4()).min(1).optional(),
  }),
  /** Where approvals are posted besides the direct messages. One entry a platform. */
  approvalChannels: z.array(conversationRefSchema).default([]),
  people: z.array(
    z.strictObject({
      id: idSchema,
      name: z.string().min(1),
      email: z.email(),
      active: z.boolean().default(true),
      roles: z.array(idSchema).default([]),
      accounts: z.array(accountRefSchema).default([]),
      manager: idSchema.optional(),
      /** Never offboarded from chat: accounts for emergencies, and of Purser itself. */
      protected: z.boolean().optional(),
    }),
  ),
  teams: z.array(
    z.strictObject({
      id: idSchema,
      title: z.string().min(1),
      group: z.string().min(1),
      leads: z.array(idSchema).default([]),
      members: z.array(idSchema).default([]),
      /** Where it works: newcomers start at eight there. UTC when not given. */
      timeZone: z.string().refine(isTimeZone, 'is no time zone, such as Europe/Berlin').optional(),
      /** Groups in other systems of `systems.yaml` that whoever is put into it from chat gets as well, and loses with it. */
      also: z
        .array(
          z.strictObject({
            system: z.string().min(1),
            group: z.string().min(1),
            scope: z.string().min(1).optional(),
          }),
        )
        .optional(),
    }),
  ),
});
export type PlatformConfig = z.infer<typeof platformSchema>;
