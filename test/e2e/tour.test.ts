import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { environmentWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import {
  actionsOf,
  answered,
  approvalsOf,
  assertPostedOnce,
  atWork,
  auditOf,
  cardOf,
  copiesOf,
  create,
  namespaceOf,
  runsOf,
  secretOf,
  untilCard,
  untilPhase,
} from './acts.ts';

const purser = await atWork(openPurser());

describe('the tour', () => {
  test('an environment from the form to gone, by the person who asked for it', async () => {
    const { slack } = purser;
    const name = purser.newName();

    await slack.command('U0KIM', CHANNEL, 'create dev');
    const form = await slack.until(() => slack.modalOf('U0KIM'));
    assert.match(readable(form.view), /Space with its limits: Namespace env-/);
    assert.match(readable(form.view), /you 3 of 3, Shop 20 of 20/);
    await answered(purser, 'U0KIM', () => slack.submitView('U0KIM', { name }));
    assert.equal(slack.modalOf('U0KIM'), undefined);
    const ready = await untilCard(purser, name, 'is ready');

    const { expiresAt = '', readyAt = '', ...state } = await purser.state(name);
    assert.equal(Date.parse(expiresAt) - Date.parse(readyAt), 7 * 86_400_000);
    assert.ok(state.steps.every((step) => step.state === 'done'));
    assert.match(readable(ready), new RegExp(`<https://${name}.env.localhost/>`));
    assert.match(readable(ready), new RegExp(`<!date\\^${Math.floor(Date.parse(expiresAt) / 1000)}\\^`));
    assert.deepEqual(actionsOf(ready), ['environment.reveal', 'environment.delete']);
    const { labels, annotations } = (await namespaceOf(purser, name))?.metadata ?? {};
    assert.equal(labels?.['purser/environment'], name);
    const noted = Date.parse(annotations?.['purser/expires-at'] ?? '');
    assert.ok(Math.abs(Date.parse(expiresAt) - noted) < 60_000, `the namespace says ${noted}`);

    await slack.click('U0KIM', ready, 'environment.reveal');
    const modal = await slack.until(() => slack.modalOf('U0KIM'));
    const [postgres, artifacts] = await Promise.all([
      secretOf(purser, name, 'postgres'),
      secretOf(purser, name, 'artifacts'),
    ]);
    for (const value of [postgres.url, artifacts.username, artifacts.password]) {
      assert.ok(value !== undefined && readable(modal.view).includes(value));
    }

    const question = await answered(purser, 'U0KIM', () => slack.click('U0KIM', ready, 'environment.delete'));
    assert.match(readable(question), /Everything in it goes/);
    assert.equal((await purser.state(name)).phase, 'ready');
    await slack.click('U0KIM', question, 'environment.delete-confirmed');
    const gone = await untilCard(purser, name, 'was deleted');

    assert.match(readable(question), /is being taken down/);
    assert.deepEqual(actionsOf(question), []);
    assert.deepEqual(actionsOf(gone), []);
    assert.match(readable(gone), /Ended by <@U0KIM>/);
    assert.equal(await namespaceOf(purser, name), undefined);
    assert.equal((await runsOf(purser, name)).length, 1);
    await eventually(async () => (await auditOf(purser, name)).at(-1) === 'environment.end done kim');
    assert.deepEqual(await auditOf(purser, name), [
      'environment.request intended kim',
      'environment.create allowed kim',
      ...state.steps.map(() => 'environment.apply intended purser'),
      'environment.reveal intended kim',
      'environment.delete allowed kim',
      'environment.teardown intended kim',
      'environment.end done kim',
    ]);
    const { history } = await describeRun(name);
    assert.ok(history <= 80, `${history} events`);
    assertPostedOnce(purser);
  });

  test('whoever is not in the team reads the rule instead of the credentials', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    await untilCard(purser, name, 'is ready');
    const shop = purser.newName();
    await create(purser, `dev ${shop} postgres=no`);
    const card = await untilCard(purser, shop, 'is ready');

    const refused = await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', card, 'environment.reveal'));
    await slack.click('U0LEE', card, 'environment.reveal');
    const lead = await slack.until(() => slack.modalOf('U0LEE'));

    assert.match(readable(refused), /You may not reveal the credentials.*\(rule default-deny\)/s);
    assert.equal(slack.modalOf('U0NOOR'), undefined);
    const { password = '' } = await secretOf(purser, shop, 'artifacts');
    assert.ok(readable(lead.view).includes(password));
    assert.deepEqual(actionsOf(cardOf(purser, name) ?? { blocks: [] }), ['environment.delete']);
  });

  test('size l: approved by somebody else, and every copy says by whom', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const said = await create(purser, `dev ${name} size=l`);
    assert.match(said, /It needs approval first/);
    const waiting = await untilCard(purser, name, 'waits for approval');
    const copies = await eventually(() => {
      const found = approvalsOf(purser, name);
      return found.length === 2 && found;
    });
    assert.deepEqual(copies.map(({ channel }) => channel).sort(), [APPROVAL_CHANNEL, 'D0U0NOOR']);
    const [copy] = copies.filter(({ channel }) => channel === APPROVAL_CHANNEL);
    const [direct] = copies.filter(({ channel }) => channel === 'D0U0NOOR');
    assert.ok(copy && direct);
    const open = structuredClone(copy);

    const own = await answered(purser, 'U0KIM', () => slack.click('U0KIM', copy, 'environment.approve'));
    const other = await answered(purser, 'U0LEE', () => slack.click('U0LEE', copy, 'environment.approve'));
    assert.match(readable(own), /You asked for this yourself/);
    assert.match(readable(other), /You cannot decide on/);
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');
    assert.equal(await namespaceOf(purser, name), undefined);
    await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', direct, 'environment.approve'));
    await untilCard(purser, name, 'is ready');

    for (const shown of [waiting, copy, direct]) {
      await eventually(() => readable(shown).includes('Approved by <@U0NOOR>'));
    }
    assert.deepEqual([...actionsOf(copy), ...actionsOf(direct)], []);
    const late = await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', open, 'environment.deny'));
    assert.match(readable(late), /was already approved by Noor Sample/);
    assert.equal(copiesOf(purser, name).filter(({ channel }) => channel !== 'D0U0KIM').length, 3);
    assertPostedOnce(purser);
  });

  test('size l: denied with a reason, and nothing is created', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`, { user: 'U0LEE' });
    const copy = await eventually(() =>
      approvalsOf(purser, name).find(({ channel }) => channel === APPROVAL_CHANNEL),
    );
    const open = structuredClone(copy);

    await slack.click('U0NOOR', copy, 'environment.deny');
    await slack.until(() => slack.modalOf('U0NOOR'));
    await slack.submitView('U0NOOR', { reason: 'no' });
    assert.ok(slack.modalOf('U0NOOR')?.errors.reason);
    await answered(purser, 'U0NOOR', () =>
      slack.submitView('U0NOOR', { reason: 'The budget of this quarter is spent.' }),
    );
    const denied = await untilCard(purser, name, 'was denied');

    for (const shown of [denied, ...approvalsOf(purser, name)]) {
      await eventually(() => readable(shown).includes('The budget of this quarter is spent.'));
      assert.match(readable(shown), /Denied by <@U0NOOR>/);
      assert.deepEqual(actionsOf(shown), []);
    }
    const note = await slack.until(() =>
      slack.directMessages('U0LEE').find((message) => readable(message).includes(name)),
    );
    assert.match(readable(note), /denied by Noor Sample/);
    const late = await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', open, 'environment.approve'));
    assert.match(readable(late), /was already denied by Noor Sample/);
    assert.equal(await namespaceOf(purser, name), undefined);
    assert.deepEqual(
      (await auditOf(purser, name)).filter((row) => row.includes('apply')),
      [],
    );
  });

  test('a name that is taken: told whose it is, and offered another', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name} size=l`, { user: 'U0RAVI' });
    await untilPhase(purser, name, 'awaiting-approval');

    await slack.command('U0NOOR', CHANNEL, `create dev ${name}`);
    const form = await slack.until(() => slack.modalOf('U0NOOR'));

    assert.match(readable(form.view), new RegExp(`“${name}” belongs to Ravi Sample.*is free`));
    assert.equal((await purser.state(name)).requester, 'ravi');
    assert.equal((await runsOf(purser, name)).length, 1);
  });

  async function describeRun(name: string): Promise<{ history: number }> {
    const handle = purser.temporal.workflow.getHandle(environmentWorkflowId('local', name));
    await handle.result();
    const { historyLength } = await handle.describe();
    return { history: historyLength };
  }
});
