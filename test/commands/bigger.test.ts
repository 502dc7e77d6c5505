import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, actorOf, createTestContext } from '../support/commands-context.ts';
import { sampleState } from '../support/environment-samples.ts';
import { asForm, asNotice, said } from '../support/replies.ts';

const BUTTON = { name: 'pr-42', requestId: 'request-1' };
const NO_ROOM = { type: 'QuotaExceeded' as const, reason: 'exceeded quota', events: [], next: '' };

function failed(bigger?: string) {
  const context = createTestContext();
  const trouble = { ...NO_ROOM, ...(bigger === undefined ? {} : { bigger }) };
  const parameters = { name: 'pr-42', team: 'shop', size: 's', postgres: false, gone: 'x' };
  context.environments.set('pr-42', sampleState({ phase: 'failed', trouble, parameters }));
  return context;
}

test('the form asks for one like it, of the next size and under a name that is free', async () => {
  const { dispatch, environments, done } = failed('m');
  environments.set('pr-42-2', sampleState({ name: 'pr-42-2' }));

  const opened = asForm(await dispatch(action(actorOf('kim'), 'environment.bigger', BUTTON)));

  assert.deepEqual(opened.values, {
    template: 'dev',
    name: 'pr-42-3',
    team: 'shop',
    size: 'm',
    postgres: false,
  });
  assert.match(opened.intro ?? '', /like “pr-42”, of size m\. “pr-42” itself stays.*roll it back/);
  assert.match(JSON.stringify(opened.notes), /no approval/i);
  assert.deepEqual(done, []);
});

test('a button of an earlier environment, or of one that does not lack room, opens nothing', async () => {
  const earlier = await failed('m').dispatch(
    action(actorOf('kim'), 'environment.bigger', { ...BUTTON, requestId: 'older' }),
  );
  const retried = asNotice(await failed().dispatch(action(actorOf('kim'), 'environment.bigger', BUTTON)));

  assert.match(said(earlier), /belongs to an earlier environment/);
  assert.match(retried.text, /does not lack room any more/);
  assert.equal(retried.actions?.[0]?.actionId, 'environment.show');
});
