import pretty from 'pino-pretty';

/** In this thread: a worker thread would lose the last lines of a process that ends. */
export function pinoPretty(): ReturnType<typeof pretty> {
  return pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', sync: true });
}
