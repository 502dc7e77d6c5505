import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignInRequest } from '../../src/domain/sign-in.ts';
import { signIns } from '../../src/store/schema.ts';
import { createSignInStore } from '../../src/store/sign-ins.ts';
import { samplePress } from '../sign-in/samples.ts';
import { onBothDatabases } from './databases.ts';

const MINUTE = 60_000;

function request(id: string, minutes = 10): SignInRequest {
  const expiresAt = new Date(Date.now() + minutes * MINUTE);
  return { id, what: 'Approve “pr-42”', person: 'noor', press: samplePress(), expiresAt };
}

onBothDatabases('sign-ins', (database) => {
  test('one is found until it is done', async () => {
    const store = createSignInStore(database());
    await store.ask(request('first'));

    const { expiresAt, ...found } = (await store.find('first')) ?? assert.fail('it is not there');
    assert.deepEqual(found, { id: 'first', what: 'Approve “pr-42”', person: 'noor', press: samplePress() });
    assert.ok(expiresAt > new Date());
    await store.done('first');

    assert.equal(await store.find('first'), undefined);
  });

  test('only the newest beginning leads to it', async () => {
    const store = createSignInStore(database());
    await store.ask(request('second'));

    await store.begin('second', 'state-1');
    await store.begin('second', 'state-2');

    assert.equal(await store.findBegun('state-1'), undefined);
    assert.equal((await store.findBegun('state-2'))?.id, 'second');
  });

  test('one whose time is over is not found, and is forgotten when the next is asked for', async () => {
    const store = createSignInStore(database());
    await store.ask(request('late', -1));
    await store.begin('late', 'late-state');

    assert.equal(await store.find('late'), undefined);
    assert.equal(await store.findBegun('late-state'), undefined);
    await store.ask(request('next'));

    const left = await database().select({ id: signIns.id }).from(signIns);
    assert.ok(!left.some(({ id }) => id === 'late'));
    assert.ok(left.some(({ id }) => id === 'next'));
  });
});
