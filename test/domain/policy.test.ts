import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { askAboutPerson, askPolicy, type Permission, policySchema, whoMay } from '../../src/domain/policy.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const POLICY = policySchema.parse(parse(readFileSync('manifests/policies/commands.yaml', 'utf8')));
const KIMS = { owner: 'kim', team: 'shop' };

for (const [person, permission, resource, rule] of [
  ['kim', 'env.create', { owner: 'kim', team: 'shop' }, 'teams-create'],
  ['kim', 'env.create', { owner: 'kim', team: 'finops' }, 'default-deny'],
  ['kim', 'env.delete', KIMS, 'owners-look-after'],
  ['sam', 'env.delete', KIMS, 'default-deny'],
  ['sam', 'env.reveal', KIMS, 'teams-use'],
  ['lee', 'env.delete', KIMS, 'leads-look-after'],
  ['noor', 'env.reveal', KIMS, 'default-deny'],
  ['noor', 'env.show', KIMS, 'everybody-looks'],
  ['ravi', 'env.delete', KIMS, 'administrators'],
  ['ravi', 'link.decide', undefined, 'administrators'],
  ['lee', 'link.decide', undefined, 'default-deny'],
  ['kim', 'incident.declare', undefined, 'everybody-runs-incidents'],
  ['noor', 'incident.command', KIMS, 'everybody-runs-incidents'],
  ['lee', 'incident.private', KIMS, 'default-deny'],
  ['ravi', 'incident.private', KIMS, 'administrators'],
  ['old', 'incident.look', undefined, 'default-deny'],
  ['old', 'env.show', KIMS, 'default-deny'],
  ['kim', 'env.delete', undefined, 'default-deny'],
  ['kim', 'env.reveal', { owner: 'sam', team: 'no-such-team' }, 'default-deny'],
] as const satisfies [string, Permission, { owner: string; team: string } | undefined, string][]) {
  test(`${person}, ${permission} of ${resource?.owner ?? 'nobody'}/${resource?.team ?? 'none'}: ${rule}`, () => {
    const directory = sampleDirectory();
    const found = directory.people.find(({ id }) => id === person);
    assert.ok(found);

    const answer = askPolicy(POLICY, directory, { person: found, permission, resource });

    assert.equal(answer.rule, rule);
    assert.equal(answer.allowed, rule !== 'default-deny');
  });
}

test('who may, names nobody who has left', () => {
  const people = whoMay(POLICY, sampleDirectory(), { permission: 'env.delete', resource: KIMS });

  assert.deepEqual(
    people.map(({ id }) => id),
    ['kim', 'lee', 'ravi'],
  );
});

test('a lead may what their team is about, by whichever team of the person allows it', () => {
  const rule = { id: 'leads', role: 'developer', may: ['user.look-into'], on: 'led', because: 'leads do' };
  const policy = policySchema.parse({ apiVersion: 'purser/v1', kind: 'Policy', rules: [rule] });
  const directory = sampleDirectory();
  const may = (id: string, of: string) => {
    const person = directory.people.find((candidate) => candidate.id === id);
    assert.ok(person);
    return askAboutPerson(policy, directory, { person, permission: 'user.look-into', of }).allowed;
  };

  assert.deepEqual([may('lee', 'kim'), may('noor', 'kim'), may('kim', 'kim')], [true, false, false]);
});
