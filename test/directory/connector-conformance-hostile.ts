import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Identity, SystemError } from '../../src/domain/systems.ts';
import {
  type ConformanceOptions,
  type ConnectorStage,
  type Group,
  order,
  readsBack,
} from './connector-stage.ts';

/** What would be more than a name in a filter, a path, a query or a document. */
const HOSTILE = [
  '*',
  '*)(uid=*',
  'x)(|(objectClass=*))',
  'cn=admin,dc=example,dc=test',
  '" or userName pr or "" eq "',
  "' or 1 eq 1 or '",
  '"}, {"active": false',
  '../../users',
  '..%2f..%2fusers?count=1#',
  'a\nkind: ClusterRoleBinding',
  'a\0b',
  'system:masters',
  '\u202enimda',
  'x'.repeat(300),
];

/** What a connector owes to names of any kind: they stay names. */
export function hostileConformance({ open }: ConformanceOptions): void {
  test('takes no name for more than a name', async (t) => {
    const stage = await open(t);
    const { known, another, group, outside } = stage;
    await outside.give(another, group);

    for (const name of HOSTILE) {
      const person: Identity = { person: name, name, email: `${name}@example.test` };
      await findsNobody(stage, person, group);
      await findsNothing(stage, known, { ...group, group: name });
      await findsNothing(stage, known, { ...group, scope: name });
    }

    assert.equal(await outside.holds(another, group), true);
    assert.equal(await outside.holds(known, group), false);
    assert.equal((await stage.connector.members(group)).length, 1);
  });

  test('gives accounts to people of any name', async (t) => {
    const stage = await open(t);
    const { connector, stranger, another, outside } = stage;
    if (!connector.capabilities.accounts) return t.skip('it has no accounts');
    const named = { ...stranger, name: 'Zoë "*)(uid=*" O’Neill <b>, ou=admins \\' };

    await connector.apply(order(named, { kind: 'account' }));

    await readsBack(stage, named, { kind: 'account' }, true);
    assert.equal(await outside.accounts(stranger), 1);
    assert.equal(await outside.accounts(another), 1);
  });
}

async function findsNobody({ connector }: ConnectorStage, person: Identity, group: Group): Promise<void> {
  const account = { kind: 'account' } as const;
  await answers(() => connector.plan(person, group), { held: false, elsewhere: false });
  await answers(() => connector.readBack(person, group), false);
  await answers(() => connector.readBack(person, account), false);
  await answers(() => connector.holdings(person), []);
  await answers(() => connector.revoke(order(person, group)), undefined);
  if (connector.capabilities.accounts)
    await answers(() => connector.revoke(order(person, account)), undefined);
  if (connector.capabilities.sessions) await answers(() => connector.endSessions(person), undefined);
}

async function findsNothing({ connector }: ConnectorStage, person: Identity, group: Group): Promise<void> {
  await answers(() => connector.plan(person, group), { held: false, elsewhere: false });
  await answers(() => connector.readBack(person, group), false);
  await answers(() => connector.members(group), []);
  await answers(() => connector.revoke(order(person, group)), undefined);
}

/** That, or a refusal for good in words for people. */
async function answers(run: () => Promise<unknown>, expected: unknown): Promise<void> {
  try {
    assert.deepEqual(await run(), expected, `${run}`);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    assert.equal(error.retryable, false, inspect(error));
  }
}
