import type { TemporalFailure } from '@temporalio/workflow';
import { troubleOf } from '../environments/trouble.ts';
import { isPermanent } from '../incidents/trouble.ts';

/** What is in the way, in words for people; and what to do about it, where only they can. */
export function wordsOf(failure: TemporalFailure): string {
  const { reason, next } = troubleOf(failure);
  return isPermanent(failure) && next !== '' ? `${reason} ${next}` : reason;
}
