/** Something the person at the terminal can put right; `message` is the one line they read. */
export class LocalStackError extends Error {
  override name = 'LocalStackError';
}
