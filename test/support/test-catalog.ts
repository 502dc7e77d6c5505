import { createHash } from 'node:crypto';
import { environmentNamespace } from '../../src/domain/ids.ts';
import type { Plan, TemplateCatalog, TemplateSummary } from '../../src/domain/plans.ts';

const DAY = 86_400_000;

const DEV_TEMPLATE: TemplateSummary = {
  name: 'dev',
  version: 1,
  title: 'Developer environment',
  description: 'Everything to develop in.',
  owner: 'platform',
  parameters: {
    type: 'object',
    required: ['name', 'team'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', pattern: '^[a-z]([-a-z0-9]{1,20}[a-z0-9])?$' },
      team: { type: 'string', 'x-source': 'teams-of-requester' },
      size: { enum: ['s', 'm', 'l'], default: 's' },
      postgres: { type: 'boolean', default: true },
      note: { type: 'string', maxLength: 200 },
    },
  },
  lifecycle: { ttlMs: 7 * DAY, maxTtlMs: 30 * DAY, warnMs: [DAY] },
  quota: { perOwner: 3, perTeam: 20 },
};

/** One template that works and one that is broken; size l is FinOps's to approve. */
export function createTestCatalog(): TemplateCatalog {
  return {
    list: () => [DEV_TEMPLATE],
    get: (name) => (name === 'dev' ? DEV_TEMPLATE : undefined),
    problems: () => [{ template: 'broken', problem: 'a placeholder names nothing' }],
    plan({ template, values, requester }) {
      if (template !== 'dev') return { ok: false, errors: { template: 'unknown' } };
      const errors: Record<string, string> = {};
      for (const key of Object.keys(values)) {
        if (!Object.hasOwn(DEV_TEMPLATE.parameters.properties, key)) errors[key] = 'is not a parameter';
      }
      const { name, team, size = 's', postgres = true, note } = values;
      if (typeof name !== 'string' || !/^[a-z]([-a-z0-9]{1,20}[a-z0-9])?$/.test(name))
        errors.name = 'no name';
      const found = requester.teams.find(({ id }) => id === team);
      if (found === undefined) errors.team = 'not one of your teams';
      if (typeof size !== 'string' || !['s', 'm', 'l'].includes(size)) errors.size = 's, m or l';
      if (!['true', 'false', true, false].includes(postgres as string)) errors.postgres = 'yes or no';
      if (note !== undefined && (typeof note !== 'string' || note.length > 200)) errors.note = 'too long';
      if (Object.keys(errors).length > 0) return { ok: false, errors };
      const parameters = {
        name: String(name),
        team: String(team),
        size: String(size),
        postgres: `${postgres}` === 'true',
      };
      const plan = testPlan(
        String(name),
        String(team),
        String(found?.group),
        note === undefined ? parameters : { ...parameters, note },
      );
      return { ok: true, plan, digest: createHash('sha256').update(JSON.stringify(plan)).digest('hex') };
    },
  };
}

function testPlan(name: string, team: string, group: string, parameters: Plan['parameters']): Plan {
  const namespace = environmentNamespace(name);
  return {
    template: { name: 'dev', version: 1, title: 'Developer environment', digest: 'template-digest' },
    environment: { cluster: 'local', name, namespace, team, group },
    parameters,
    steps: [
      {
        id: 'space',
        title: 'Space',
        objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
      },
      { id: 'publish', title: 'Publish', objects: [] },
    ],
    outputs: [
      { key: 'APP_URL', value: `https://${name}.env.localhost` },
      { key: 'DATABASE_URL', secret: { name: 'postgres', key: 'url' } },
    ],
    lifecycle: DEV_TEMPLATE.lifecycle,
    approval:
      parameters.size === 'l'
        ? {
            auto: false,
            by: { team: 'finops' },
            count: 1,
            timeoutMs: 4 * 3_600_000,
            remindMs: [],
            because: 'size l is approved by team FinOps',
          }
        : { auto: true, because: 'sizes s and m need no approval' },
    quota: DEV_TEMPLATE.quota,
    accessProof: { group, outsiderGroup: 'outsiders' },
  };
}
