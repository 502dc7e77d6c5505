import { loadDatabaseConfig } from '../config.ts';
import { acquireInstanceLock } from '../local/instance-lock.ts';
import { openStore, type Store } from '../store/open-store.ts';

/** For a tool of the command line. The embedded database bears one process: then Purser must not run beside it. */
export async function withStore(
  onError: (error: Error) => void,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const { databaseUrl, home } = loadDatabaseConfig();
  await using opened = new AsyncDisposableStack();
  if (databaseUrl === undefined) {
    const lock = await acquireInstanceLock(home);
    opened.defer(() => lock.release());
  }
  const store = await openStore({ databaseUrl, home, onError });
  opened.defer(() => store.close());
  return await work(store);
}
