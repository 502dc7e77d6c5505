import type { ApprovalRequirement } from './approvals.ts';
import type { JsonObject, ParametersSchema } from './json.ts';

/** A Kubernetes object as JSON. `${{ generate.<key> }}` inside a Secret's `stringData` is the only placeholder left. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

/** One line of the checklist: applied together, then waited for. */
export interface PlanStep {
  /** Stable within a template version: `space`, `access`, then the template's own, `publish` last. */
  id: string;
  /** What the person reads: "Postgres 16". */
  title: string;
  /** Steps run in order, those of one wave side by side. */
  wave?: number;
  objects: Manifest[];
}

export type Output = { key: string; value: string } | { key: string; secret: { name: string; key: string } };

/**
 * Everything that will be done for one environment, rendered. It is stored under its digest, approval binds to the
 * digest, and the worker applies what the digest names: what was approved is what is applied, by construction.
 * Holds no secret values.
 */
export interface Plan {
  template: { name: string; version: number; title: string; digest: string };
  environment: { cluster: string; name: string; namespace: string; team: string; group: string };
  parameters: JsonObject;
  steps: PlanStep[];
  outputs: Output[];
  lifecycle: { ttlMs: number; maxTtlMs: number; warnMs: number[] };
  approval: ApprovalRequirement;
  quota: { perOwner: number; perTeam: number };
  /** Who must get in and who must not, proven by access reviews after the `access` step. */
  accessProof: { group: string; outsiderGroup: string };
}

export interface TemplateSummary {
  name: string;
  version: number;
  title: string;
  description: string;
  owner: string;
  parameters: ParametersSchema;
  lifecycle: { ttlMs: number; maxTtlMs: number; warnMs: number[] };
  quota: { perOwner: number; perTeam: number };
}

export type PlanResult =
  | { ok: true; plan: Plan; digest: string }
  /** Errors by parameter name; `template` when the template itself is unknown or broken. */
  | { ok: false; errors: Record<string, string> };

/** Templates as they are on disk now; a broken one is in `problems` and cannot be asked for. */
export interface TemplateCatalog {
  list(): TemplateSummary[];
  get(name: string): TemplateSummary | undefined;
  problems(): { template: string; problem: string }[];
  /** Pure: the same request gives the same digest. Values may be strings from a command line or typed from a form. */
  plan(request: {
    template: string;
    values: JsonObject;
    requester: { id: string; roles: string[]; teams: { id: string; group: string }[] };
  }): PlanResult;
}
