import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { arrivalWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeMessage, readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { actionsOf, answered, atWork } from './acts.ts';

const WAIT_MS = 60_000;
/** Others share the cluster. */
const person = `robin-${randomBytes(4).toString('hex')}`;
/** Where it is past eight in the morning of the same day. */
const timeZone = new Date().getUTCHours() < 8 ? 'Etc/GMT-12' : 'UTC';
const purser = await atWork(
  openPurser({
    platform({ teams }) {
      for (const team of teams) team.timeZone = timeZone;
    },
  }),
);

function inSlack(channel: string, says: string): Promise<FakeMessage> {
  const { slack } = purser;
  return eventually(
    () => slack.messagesIn(channel).find((message) => readable(message).includes(says)),
    WAIT_MS,
  );
}

/** Whether the cluster lets them look, by their name alone. */
function mayLook(user: string): Promise<boolean> {
  const attributes = { namespace: '', verb: 'get', group: '', resource: 'pods' };
  return purser.kube.mayAccess({ user, groups: ['system:authenticated'], attributes });
}

after(async () => {
  const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' };
  const bindings = (await purser.kube.list(kind)).filter((one) => JSON.stringify(one).includes(person));
  await Promise.all(
    bindings.map(({ metadata: { name, uid } }) => purser.kube.remove({ ...kind, name }, uid)),
  );
});

test('whoever comes has everything the same day, is told how, and may speak once their account is linked', async () => {
  const { slack } = purser;
  const today = new Date().toISOString().slice(0, 10);
  assert.equal(await mayLook(person), false);
  await slack.command('U0LEE', CHANNEL, 'onboard', '/user');
  await slack.until(() => slack.modalOf('U0LEE'));
  await slack.submitView('U0LEE', {
    name: 'Robin Sample <!channel>',
    email: `${person}@example.test`,
    manager: 'lee',
    team: 'shop',
    role: 'developer',
    start: today,
  });
  const card = await inSlack('D0U0RAVI', 'comes to team Shop as Developer');
  assert.ok(actionsOf(card).includes('people.approve'));
  await slack.click('U0RAVI', card, 'people.approve');

  await inSlack(CHANNEL, 'has come to team Shop');
  await inSlack('D0U0LEE', 'How they get in');
  assert.equal(await mayLook(person), true);

  slack.addUser({ id: 'U0ROBIN', name: 'robin', email: `${person}@example.test` });
  const prompt = await answered(purser, 'U0ROBIN', () => slack.command('U0ROBIN', CHANNEL, 'list'));
  await answered(purser, 'U0ROBIN', () => slack.click('U0ROBIN', prompt, 'link.request'));
  const asked = await slack.until(() =>
    slack.directMessages('U0RAVI').find((message) => actionsOf(message).includes('link.decide')),
  );
  await slack.click('U0RAVI', asked, 'link.decide');
  await slack.until(() => slack.modalOf('U0RAVI'));
  await slack.submitView('U0RAVI', { person: person });
  await inSlack('D0U0ROBIN', 'You are in team Shop as Developer');
  const own = await answered(purser, 'U0ROBIN', () => slack.command('U0ROBIN', CHANNEL, 'show', '/user'));

  assert.match(readable(own), /In team Shop/);
  assert.ok(readable(own).includes(`${person}@example.test`));
  const id = arrivalWorkflowId(person);
  await purser.temporal.workflow.getHandle(id).result();
  const rows = (await purser.auditRows()).filter(({ subject }) => subject === id);
  const said = rows.map(({ action, actor, outcome }) => `${action} ${actor} ${outcome}`);
  assert.deepEqual(said.slice(0, 2), ['arrival.approve ravi allowed', 'arrival.admit ravi allowed']);
  assert.equal(said.filter((row) => row === 'system.give ravi intended').length, 4);
  assert.equal(said.at(-1), 'arrival.end purser done');
});
