import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, newToken, stateOf } from '../../src/api/tokens.ts';
import { tokens as kept } from '../../src/store/schema.ts';
import { createTokenStore } from '../../src/store/tokens.ts';
import { onBothDatabases } from './databases.ts';

const DAY = 86_400_000;

onBothDatabases('tokens', (database) => {
  test('a token is found by what it hashes to, and is not kept itself', async () => {
    const tokens = createTokenStore(database());
    const { id, token, hash } = newToken();
    const expiresAt = new Date(Date.now() + DAY);

    await tokens.add({ id, person: 'kim', hash, expiresAt });

    const found = await tokens.byHash(hashOf(token));
    assert.partialDeepStrictEqual(found, { id, person: 'kim', expiresAt });
    assert.equal(await tokens.byHash(hashOf(`${token}x`)), undefined);
    const rows = await database().select().from(kept);
    assert.ok(!JSON.stringify(rows).includes(token.slice('purser_'.length)));
  });

  test('revoked is revoked, since the first time', async () => {
    const tokens = createTokenStore(database());
    const { id, hash } = newToken();
    await tokens.add({ id, person: 'lee', hash, expiresAt: new Date(Date.now() + DAY) });

    const first = await tokens.revoke(id);
    const again = await tokens.revoke(id);

    assert.ok(first?.revokedAt instanceof Date);
    assert.deepEqual(again, first);
    assert.equal(await tokens.revoke('nothing'), undefined);
    assert.equal(stateOf(first, new Date()), 'revoked');
  });
});

test('a token opens up to its last moment, and not after', () => {
  const expiresAt = new Date('2026-04-01T10:00:00.000Z');
  const token = { id: 'a', person: 'kim', issuedAt: new Date(0), expiresAt };

  assert.equal(stateOf(token, new Date(expiresAt.getTime() - 1)), 'valid');
  assert.equal(stateOf(token, expiresAt), 'expired');
});
