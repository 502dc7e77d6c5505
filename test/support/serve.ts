/** Keeps the test servers running until it is told to stop, so that test runs need not start their own. */
import { runningStack, stackFile, startStack } from './stack.ts';

const running = await runningStack();
if (running !== undefined) {
  process.stdout.write(`The test servers run already (pid ${running.pid}): ${stackFile()}\n`);
} else {
  // Listened for before anything starts: what is half-way up is finished, and then stopped.
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const { stack, stop } = await startStack();
  process.stdout.write(`${JSON.stringify(stack, undefined, 2)}\nCtrl-C stops them.\n`);
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  await told;
  clearInterval(keepAlive);
  await stop();
}
