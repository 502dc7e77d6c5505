/**
 * Why a connection failed: the code where there is one, as messages may quote what was sent or read. Connection errors
 * come as a bundle without a code of its own.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? String(error.code) : error.name;
}
