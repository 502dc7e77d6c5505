import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from './environments/search-attributes.ts';

/** Each upsert is an event of the history: only when lists would show something else. */
export function list({ phase, endsAt }: { phase: string; endsAt?: string | undefined }): void {
  const shown = workflowInfo().typedSearchAttributes;
  const end = endsAt === undefined ? undefined : new Date(endsAt);
  const samePhase = shown.get(SEARCH_ATTRIBUTES.phase) === phase;
  const sameEnd = shown.get(SEARCH_ATTRIBUTES.expiresAt)?.getTime() === end?.getTime();
  if (samePhase && sameEnd) return;
  upsertSearchAttributes([
    ...(samePhase ? [] : [{ key: SEARCH_ATTRIBUTES.phase, value: phase }]),
    ...(sameEnd ? [] : [{ key: SEARCH_ATTRIBUTES.expiresAt, value: end ?? null }]),
  ]);
}
