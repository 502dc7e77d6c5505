import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personOf } from '../../src/sign-in/person.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const directory = sampleDirectory();
const kim = directory.people.find(({ id }) => id === 'kim');
const old = directory.people.find(({ id }) => id === 'old');
assert.ok(kim && old);

function whom(
  claims: Record<string, unknown>,
  personClaim?: string,
  snapshot = directory,
): string | undefined {
  return personOf({ claims }, snapshot, personClaim)?.id;
}

test('an e-mail address tells who it is once the identity provider has verified it', () => {
  assert.equal(whom({ email: kim.email.toUpperCase(), email_verified: true }), 'kim');
  assert.equal(whom({ email: kim.email, email_verified: false }), undefined);
  assert.equal(whom({ email: kim.email }), undefined);
  assert.equal(whom({ email: kim.email, email_verified: 'true' }), undefined);
  assert.equal(whom({}), undefined);
});

test('an address that two people have tells nobody', () => {
  const twice = { ...directory, people: [...directory.people, { ...kim, id: 'kim-2' }] };

  assert.equal(whom({ email: kim.email, email_verified: true }, undefined, twice), undefined);
});

test('whoever has left is nobody', () => {
  assert.equal(whom({ email: old.email, email_verified: true }), undefined);
  assert.equal(whom({ employee: 'old' }, 'employee'), undefined);
});

test('where a claim has the id, nothing else counts', () => {
  assert.equal(whom({ employee: 'kim' }, 'employee'), 'kim');
  assert.equal(whom({ employee: 'KIM', email: kim.email, email_verified: true }, 'employee'), undefined);
  assert.equal(whom({ email: kim.email, email_verified: true }, 'employee'), undefined);
});
