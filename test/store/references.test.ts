import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { type AccountRef, accountKey } from '../../src/domain/refs.ts';
import { createReferenceStore } from '../../src/store/references.ts';
import { onBothDatabases } from './databases.ts';

function account(aadObjectId: string): AccountRef {
  return { platform: 'teams', tenantId: 'tenant', aadObjectId };
}

onBothDatabases('references', (database) => {
  test('what was remembered last is recalled, of those who are asked for', async () => {
    const references = createReferenceStore(database());
    await references.remember(account('kim'), { conversationId: 'a:old' });
    await references.remember(account('kim'), { conversationId: 'a:new' });
    await references.remember(account('lee'), { conversationId: 'a:lee' });

    const found = await references.recall([account('kim'), account('nobody')]);

    assert.deepEqual([...found], [[accountKey(account('kim')), { conversationId: 'a:new' }]]);
    assert.deepEqual(await references.recall([]), new Map());
  });

  test('the same person in another tenant is somebody else', async () => {
    const references = createReferenceStore(database());
    await references.remember(account('noor'), { conversationId: 'a:noor' });

    const found = await references.recall([{ platform: 'teams', tenantId: 'other', aadObjectId: 'noor' }]);

    assert.equal(found.size, 0);
  });

  test('who was forgotten is not recalled', async () => {
    const references = createReferenceStore(database());
    await references.remember(account('ravi'), { conversationId: 'a:ravi' });

    await references.forget(account('ravi'));

    assert.equal((await references.recall([account('ravi')])).size, 0);
  });

  test('who has not been heard of for more than a year is pruned, and nobody else', async () => {
    const references = createReferenceStore(database());
    await references.remember(account('old'), {});
    await references.remember(account('recent'), {});
    const key = accountKey(account('old'));
    await database().execute(
      sql`update chat_references set seen_at = now() - interval '401 days' where account_key = ${key}`,
    );

    await references.prune();

    const found = await references.recall([account('old'), account('recent')]);
    assert.deepEqual([...found.keys()], [accountKey(account('recent'))]);
  });
});
