import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandContext } from '../../src/commands/context.ts';
import { ClusterError } from '../../src/domain/ports.ts';
import { action, actorOf, command, createTestContext } from '../support/commands-context.ts';
import { sampleState } from '../support/environment-samples.ts';
import { said } from '../support/replies.ts';

test('credentials are read as the person, after the audit, into the form and nowhere else', async () => {
  const order: string[] = [];
  const reveal = await ready({
    async revealSecrets(request) {
      order.push('read');
      assert.deepEqual(request, {
        environment: 'environment/local/pr-42',
        namespace: 'env-pr-42',
        outputs: [{ key: 'DATABASE_URL', secret: { name: 'postgres', key: 'url' } }],
        person: 'lee',
        group: 'team-shop',
      });
      return [{ key: 'DATABASE_URL', value: 'postgres://canary' }];
    },
  });
  const { append } = reveal.context.audit;
  reveal.context.audit.append = async (event) => {
    order.push(event.action);
    await append(event);
  };

  const reply = await reveal.click('lee');

  assert.deepEqual(order, ['environment.reveal', 'read']);
  assert.equal(reply?.kind === 'open-form' && reply.form.kind, 'credentials');
  assert.ok(JSON.stringify(reply).includes('postgres://canary'));
  assert.ok(!JSON.stringify([reveal.audit, reveal.done]).includes('canary'));
});

test('whoever is not in the team is not lent its group', async () => {
  const groups: string[] = [];
  const reveal = await ready({
    revealSecrets: async ({ group }) => {
      groups.push(group);
      return [];
    },
  });

  await reveal.click('ravi');

  assert.deepEqual(groups, ['team-platform']);
});

test('a refusal of the cluster is explained and audited', async () => {
  const reveal = await ready({
    revealSecrets: async () => {
      throw new ClusterError({
        type: 'Forbidden',
        reason: 'secrets "postgres" is forbidden',
        events: [],
        next: 'Ask the platform team for access.',
      });
    },
  });

  const reply = await reveal.click('kim');

  assert.equal(
    said(reply),
    [
      'The cluster did not show you the credentials of “pr-42”.',
      'Why: secrets "postgres" is forbidden',
      'Ask the platform team for access.',
    ].join('\n'),
  );
  assert.deepEqual(
    reveal.audit.filter(({ action: what }) => what === 'environment.reveal').map(({ outcome }) => outcome),
    ['intended', 'failed'],
  );
});

test('an unexpected failure tells nothing of what was read', async () => {
  const reveal = await ready({ revealSecrets: () => Promise.reject(new Error('canary in an error')) });

  const reply = await reveal.click('kim');

  assert.doesNotMatch(said(reply), /canary/);
});

test('what is not ready has nothing to reveal', async () => {
  const reveal = await ready();
  const state = reveal.environments.get('pr-42');
  reveal.environments.set('pr-42', sampleState({ ...state, phase: 'deleting' }));

  const reply = await reveal.click('kim');

  assert.match(said(reply), /is not ready/);
});

async function ready(changes: Partial<CommandContext> = {}) {
  const testContext = createTestContext(changes);
  await testContext.dispatch(command(actorOf('kim'), 'create dev pr-42'));
  const state = sampleState({ ...testContext.environments.get('pr-42'), phase: 'ready' });
  testContext.environments.set('pr-42', state);
  const payload = { name: 'pr-42', requestId: state.requestId };
  const click = (person: string) =>
    testContext.dispatch(action(actorOf(person), 'environment.reveal', payload));
  return { ...testContext, click };
}
