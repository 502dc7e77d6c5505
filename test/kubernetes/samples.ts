import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Manifest, Plan } from '../../src/domain/plans.ts';
import { type PlatformConfig, platformSchema } from '../../src/domain/platform.ts';
import { createTemplateCatalog } from '../../src/kubernetes/templates.ts';

export const TEMPLATES = 'manifests/templates';
export const KIM = { id: 'kim', roles: ['developer'], teams: [{ id: 'shop', group: 'team-shop' }] };

export function samplePlatform(): PlatformConfig {
  return platformSchema.parse(parse(readFileSync('manifests/platform.yaml', 'utf8')));
}

/** A plan of a shipped template, for Kim of team Shop. */
export function samplePlan(template: string, values: JsonObject): Plan {
  const platform = samplePlatform();
  const result = createTemplateCatalog({ dir: TEMPLATES, platform: () => platform }).plan({
    template,
    values,
    requester: KIM,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

export function previewPlan(name: string): Plan {
  return samplePlan('preview', { name, image: 'docker.io/library/httpd:2.4' });
}

/** The same plan with one object changed. */
export function withObject(
  plan: Plan,
  kind: string,
  name: string,
  change: (object: Manifest) => Manifest,
): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      objects: step.objects.map((object) =>
        object.kind === kind && object.metadata.name === name ? change(object) : object,
      ),
    })),
  };
}
