import { Context } from '@temporalio/activity';

/** Below the heartbeat timeout of 15 s, with room for a beat that gets lost. */
const BEAT_EVERY_MS = 4_000;

/**
 * Heartbeats while it works: a worker that died is noticed within seconds, and a cancellation reaches the work as
 * `Context.current().cancellationSignal`. `progress` says how far it is.
 */
export async function beating<Result>(
  work: (progress: (note: string) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  let note = '';
  const progress = (next: string) => {
    note = next;
    context.heartbeat(note);
  };
  const beat = setInterval(() => context.heartbeat(note), BEAT_EVERY_MS);
  context.heartbeat(note);
  try {
    return await work(progress);
  } finally {
    clearInterval(beat);
  }
}

/** The same activity, with a heartbeat. */
export function withHeartbeat<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return (input) => beating(() => activity(input));
}
