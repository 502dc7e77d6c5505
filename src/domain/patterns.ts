/** Backtracking takes time by the power of the repetitions: few of them, none within another, and not on much. */
const MAX_PATTERN = 200;
const MAX_VALUE = 200;
const MAX_REPETITIONS = 3;

export type WholePattern = { ok: true; matches(value: string): boolean } | { ok: false; problem: string };

/** A regular expression of the organisation's that has to match all of a value. */
export function wholePattern(source: string): WholePattern {
  const problem = troubleWith(source);
  if (problem !== undefined) return { ok: false, problem };
  const pattern = new RegExp(`^(?:${source})$`, 'su');
  return { ok: true, matches: (value) => value.length <= MAX_VALUE && pattern.test(value) };
}

function troubleWith(source: string): string | undefined {
  if (source.length > MAX_PATTERN) return `is longer than ${MAX_PATTERN} characters`;
  try {
    new RegExp(source, 'su');
  } catch (error) {
    return `is no regular expression: ${(error as Error).message}`;
  }
  const bare = source.replace(/\\./gs, '_').replace(/\[[^\]]*\]/g, '_');
  if (/\)[*+{]/.test(bare))
    return 'repeats a group, which may take forever: list what you mean with | instead';
  if ((bare.match(/[*+]|\{\d+,\d*\}/g) ?? []).length > MAX_REPETITIONS) {
    return `repeats more than ${MAX_REPETITIONS} times, which may take forever: use fewer of * and +`;
  }
  return undefined;
}
