import { join } from 'node:path';
import { limitsSchema, type Policy, policySchema } from '../domain/policy.ts';
import { createCachedReader, ManifestError, readManifest, yamlFiles } from './manifest-files.ts';

const fileSchema = policySchema.extend({ limits: limitsSchema.optional() });

/** The rules of `policies/*.yaml`, file by file in the order of their names, and the limits one of them has. Rejects while any of them is wrong. */
export function createPolicyFiles(manifests: string): () => Promise<Policy> {
  const folder = join(manifests, 'policies');
  return createCachedReader({
    files: () => yamlFiles(folder),
    read: async (files) => {
      const policies = await Promise.all(files.map((file) => readManifest(file, fileSchema)));
      const rules = policies.flatMap((policy) => policy.rules);
      const twice = rules.find((rule, at) => rules.findIndex(({ id }) => id === rule.id) !== at);
      if (twice !== undefined) throw new ManifestError([`policies: rule “${twice.id}” is there twice`]);
      if (rules.length === 0)
        throw new ManifestError(['policies: there is no rule, so nobody may do anything']);
      const [limits = limitsSchema.parse({}), ...more] = policies.flatMap((policy) => policy.limits ?? []);
      if (more.length > 0) throw new ManifestError(['policies: limits are in two files: keep one of them']);
      return { apiVersion: 'purser/v1', kind: 'Policy', rules, limits };
    },
  });
}
