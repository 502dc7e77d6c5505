import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';

/** Waits, and answers with what it was given. */
export async function bare(input: unknown): Promise<void> {
  let ended = false;
  setHandler(defineQuery('state'), () => input);
  setHandler(defineSignal('end'), () => {
    ended = true;
  });
  await condition(() => ended);
}
