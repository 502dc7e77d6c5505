import { z } from 'zod';
import type { Trouble } from '../domain/environments.ts';
import { FAILURE } from '../domain/errors.ts';
import { ClusterError } from '../domain/ports.ts';
import { describeRef, type ObjectRef } from './objects.ts';
import type { KubeResponse } from './transport.ts';

const statusSchema = z.object({
  message: z.string().default(''),
  reason: z.string().default('Unknown'),
  details: z
    .object({
      causes: z
        .array(
          z.object({
            reason: z.string().optional(),
            message: z.string().optional(),
            field: z.string().optional(),
          }),
        )
        .default([]),
    })
    .optional(),
});

/** A field we apply that somebody else owns. `manager` is as the API server names it: `kubectl-edit`. */
export interface FieldConflict {
  manager: string;
  field: string;
}

/** An answer of the API server other than yes. Of a Secret it says what went wrong, never with which content. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; 0 when there was no answer. */
  readonly code: number;
  /** As in a Kubernetes `Status`: `Conflict`, `Forbidden`, `Unreachable` when there was no answer. */
  readonly reason: string;
  readonly conflicts: FieldConflict[];
  /** Causes by their reason: `NamespaceTerminating`. */
  readonly causes: string[];
  /** As the header says it. */
  readonly retryAfter: string | undefined;

  constructor(failure: {
    code: number;
    reason: string;
    message: string;
    conflicts?: FieldConflict[];
    causes?: string[];
    retryAfter?: string;
    cause?: unknown;
  }) {
    super(failure.message, failure.cause === undefined ? {} : { cause: failure.cause });
    this.code = failure.code;
    this.reason = failure.reason;
    this.conflicts = failure.conflicts ?? [];
    this.causes = failure.causes ?? [];
    this.retryAfter = failure.retryAfter;
  }
}

/** Reads a `Status`; any other body is dropped, for it may be anything. */
export function parseKubeError(response: KubeResponse, about: { kind: string; name: string }): KubeError {
  const { code, body, retryAfter } = response;
  const parsed = statusSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    return new KubeError({ code, reason: 'Unknown', message: `the cluster answered ${code}`, retryAfter });
  }
  const { reason, message, details } = parsed.data;
  const causes = details?.causes ?? [];
  const secret = about.kind === 'Secret';
  return new KubeError({
    code,
    reason,
    retryAfter,
    message: secret ? `the cluster refused ${describeRef(about)}: ${reason}` : message,
    conflicts: causes.flatMap((cause) =>
      cause.reason === 'FieldManagerConflict'
        ? [{ manager: managerIn(cause.message ?? ''), field: cause.field ?? '' }]
        : [],
    ),
    causes: causes.flatMap((cause) => cause.reason ?? []),
  });
}

function managerIn(message: string): string {
  return /conflict with "([^"]*)"/.exec(message)?.[1] ?? 'somebody else';
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The JSON object of an answer that says yes, with the fields nobody can do without. An empty one is no answer. */
export function parseAnswer<Answer>(body: string, ...needed: (keyof Answer & string)[]): Answer {
  const answer = parseJson(body);
  if (typeof answer === 'object' && answer !== null && needed.every((name) => Object.hasOwn(answer, name))) {
    return answer as Answer;
  }
  throw new KubeError({ code: 0, reason: 'Unreadable', message: 'the cluster’s answer cannot be read' });
}

/** For whoever reads of something that may help itself. */
export const TRY_AGAIN = 'Try again in a few minutes. If it keeps happening, ask the platform team.';

/** What a person needs to know of a refused object. `Unknown` means: trying again may help. */
export function troubleOf(error: KubeError, ref: ObjectRef): Trouble {
  const base = { object: describeRef(ref), events: [] };
  if (error.conflicts.length > 0) {
    const fields = error.conflicts.map(({ manager, field }) => `${field} belongs to ${manager}`);
    return {
      ...base,
      type: FAILURE.conflict,
      reason: fields.join('; '),
      next: 'Ask whoever changed it to take the change back, then retry.',
    };
  }
  if (error.code === 403 && /exceeded quota/.test(error.message)) {
    return {
      ...base,
      type: FAILURE.quota,
      reason: error.message,
      next: 'Roll back and ask for a larger size, or have the platform team raise the quota.',
    };
  }
  if (error.code === 403 && error.causes.includes('NamespaceTerminating')) {
    return {
      ...base,
      type: 'Unknown',
      reason: error.message,
      next: TRY_AGAIN,
    };
  }
  if (error.code === 403 && /cannot [a-z]+ resource/.test(error.message)) {
    return {
      ...base,
      type: FAILURE.denied,
      reason: error.message,
      next: 'Have the platform team give Purser this permission in the cluster, then retry.',
    };
  }
  if ([400, 403, 404, 405, 413, 415, 422].includes(error.code) || isSchemaError(error)) {
    return {
      ...base,
      type: FAILURE.denied,
      reason: error.message,
      next: 'Have the owner of the template look at this refusal, then retry.',
    };
  }
  return {
    ...base,
    type: 'Unknown',
    reason: error.message,
    next: TRY_AGAIN,
  };
}

/** Server-side apply answers 500 for a field that its schema does not have. */
function isSchemaError(error: KubeError): boolean {
  return error.code === 500 && /failed to create typed patch object/.test(error.message);
}

/** Anything that was thrown about an object, as a `ClusterError`. Aborts pass through unchanged. */
export function toClusterError(error: unknown, ref: ObjectRef): unknown {
  return error instanceof KubeError ? new ClusterError(troubleOf(error, ref), { cause: error }) : error;
}
