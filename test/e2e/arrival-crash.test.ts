import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { arrivalWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { assertPostedOnce, watched } from './acts.ts';
import { startCrashingWorker, untilKilled } from './crashes.ts';

/** Others share the cluster. */
const person = `robin-${randomBytes(4).toString('hex')}`;
const BINDING = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' };

const purser = await watched(
  openPurser({
    platform({ teams }) {
      // Where it is past eight in the morning of the same day.
      for (const team of teams) team.timeZone = new Date().getUTCHours() < 8 ? 'Etc/GMT-12' : 'UTC';
    },
  }),
);

async function bindings() {
  return (await purser.kube.list(BINDING)).filter((one) => JSON.stringify(one).includes(person));
}
after(async () => {
  const left = await bindings();
  await Promise.all(left.map(({ metadata: { name, uid } }) => purser.kube.remove({ ...BINDING, name }, uid)));
});

test('a worker that is killed while somebody comes goes on from there: everything is there once, and said once', async () => {
  const { slack } = purser;
  const victims = (activity: string) =>
    ['purser account', 'cluster group'].map((what) => ({ name: person, activity: `${activity} ${what}` }));
  await purser.startBot();
  await slack.command('U0RAVI', CHANNEL, 'onboard', '/user');
  await slack.until(() => slack.modalOf('U0RAVI'));
  const today = new Date().toISOString().slice(0, 10);
  await slack.submitView('U0RAVI', {
    name: 'Robin Sample',
    email: `${person}@example.test`,
    manager: 'lee',
    team: 'shop',
    role: 'developer',
    start: today,
  });

  for (const activity of ['giveHolding', 'readHolding']) {
    for (const when of ['before', 'after'] as const) {
      await untilKilled(await startCrashingWorker(purser, victims(activity), when));
    }
  }
  await purser.startWorker();
  await eventually(
    () => slack.messagesIn(CHANNEL).some((message) => readable(message).includes('has come to team Shop')),
    90_000,
  );

  const changes = (await purser.store.directoryChanges.list()).filter((change) => change.person === person);
  assert.deepEqual(changes.map(({ what }) => what).sort(), ['account', 'role/developer', 'team/shop']);
  assert.equal((await bindings()).length, 1);
  const ended = await eventually(async () => {
    const rows = await purser.auditRows();
    return rows.find(
      ({ action, subject }) => action === 'arrival.end' && subject === arrivalWorkflowId(person),
    );
  });
  assert.equal(ended.outcome, 'done');
  assertPostedOnce(purser);
});
