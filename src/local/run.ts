import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface RunOptions {
  cwd?: string;
  /** Set for the program in addition to what it inherits. */
  env?: Record<string, string>;
  timeoutMs?: number;
  /** Ends the program when it aborts. */
  signal?: AbortSignal;
}

/** Runs a program to its end and returns its standard output. Rejects with what it wrote when it fails. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const assignments = Object.entries(options.env ?? {}).map(([key, value]) => `${key}=${value}`);
  const [program, programArgs] =
    assignments.length === 0 ? [command, args] : ['env', [...assignments, command, ...args]];
  const { stdout } = await execute(program, programArgs, {
    cwd: options.cwd,
    timeout: options.timeoutMs,
    signal: options.signal,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** The last lines a failed `run` left behind, for one line of explanation. */
export function failureReason(error: unknown): string {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const message = error instanceof Error ? error.message : String(error);
  return (output || message).split('\n').slice(-3).join(' ').slice(0, 500);
}
