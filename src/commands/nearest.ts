import { closest, distance } from 'fastest-levenshtein';

const MAX_LENGTH = 40;

/** What somebody most likely meant: near enough to be a slip, or the start of it. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  if (typed === '' || typed.length > MAX_LENGTH || candidates.length === 0) return undefined;
  const word = typed.toLowerCase();
  const started = candidates.find((candidate) => candidate.startsWith(word));
  if (started !== undefined) return started;
  const near = closest(word, candidates);
  return distance(word, near) <= Math.max(2, Math.floor(near.length / 3)) ? near : undefined;
}
