import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { bindingObject, bindingRef, type Place } from '../../src/directory/kubernetes-bindings.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { actionsOf, answered, atWork } from './acts.ts';

/** On the cluster, which other tests share, Kim is somebody of this one's own. */
const prefix = `leaver-${randomBytes(4).toString('hex')}-`;
const EDIT: Place = { kind: 'group', group: 'edit', scope: 'default' };
const KEY = randomBytes(20).toString('hex');

const purser = await atWork(
  openPurser({
    async manifests(directory) {
      const file = join(directory, 'systems.yaml');
      const systems = await readFile(file, 'utf8');
      await writeFile(
        file,
        systems.replace('kind: kubernetes', `kind: kubernetes\n    users: { prefix: ${prefix} }`),
      );
    },
  }),
);
const { slack, kube, store } = purser;

function may(): Promise<boolean> {
  const attributes = { namespace: 'default', verb: 'create', resource: 'configmaps' };
  return kube.mayAccess({ user: `${prefix}kim`, groups: ['system:authenticated'], attributes });
}

const card = () =>
  slack
    .messagesIn(CHANNEL)
    .find((message) => readable(message).includes('Kim Sample (developer) (kim) leaves'));
const untilCard = (text: RegExp) =>
  eventually(() => {
    const found = card();
    return found !== undefined && text.test(readable(found)) && found;
  }, 60_000);
const kimAsks = async () =>
  readable(await answered(purser, 'U0KIM', () => slack.command('U0KIM', CHANNEL, 'list')));

describe('somebody who leaves', () => {
  after(async () => {
    const found = await kube.get(bindingRef(EDIT, KEY));
    if (found !== undefined) await kube.remove(bindingRef(EDIT, KEY), found.metadata.uid);
  });

  test('has nothing any more from the moment an administrator approves, and what they have is proven gone', async () => {
    await kube.apply(bindingObject(EDIT, KEY, { system: 'cluster', user: `${prefix}kim` }));
    const expiresAt = new Date(Date.now() + 86_400_000);
    await store.tokens.add({ id: 'tok-kim', person: 'kim', hash: KEY, expiresAt });
    await eventually(may);
    const before = await kimAsks();

    const preview = await eventually(async () => {
      const said = await answered(purser, 'U0LEE', () =>
        slack.command('U0LEE', CHANNEL, 'offboard <@U0KIM|kim>', '/user'),
      );
      return /cluster: edit in default/.test(readable(said)) && said;
    });
    await slack.click('U0LEE', preview, 'departure.request');
    await slack.until(() => slack.modalOf('U0LEE'));
    await slack.submitView('U0LEE', { why: 'Goes to another company', when: '' });
    const approval = await eventually(() =>
      slack.directMessages('U0RAVI').find((message) => actionsOf(message).includes('departure.approve')),
    );
    const meanwhile = await may();
    await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', approval, 'departure.approve'));
    await untilCard(/Everything that can be taken is gone/);

    assert.match(readable(preview), /API tokens: tok-kim/);
    assert.doesNotMatch(before, /no longer here/);
    assert.equal(meanwhile, true);
    assert.match(await kimAsks(), /no longer here/);
    assert.equal(await may(), false);
    assert.ok((await store.tokens.list()).every(({ revokedAt }) => revokedAt !== undefined));
    await assertCertified();
  });

  async function assertCertified(): Promise<void> {
    const files = await eventually(() => {
      const found = slack.workspace.files.filter(({ name }) => name.startsWith('departure-kim-'));
      return found.length === 2 && found;
    });
    assert.deepEqual(
      files.map(({ name }) => name.replace(/^.*\./, '')),
      ['md', 'json'],
    );
    assert.match(`${files[0]?.content}`, /\| purser: login \| disabled \| .* \| read back/);
    const actions = (await purser.auditRows()).map(({ action, outcome }) => `${action} ${outcome}`);
    for (const row of [
      'user.offboard allowed',
      'departure.approve allowed',
      'departure.begin allowed',
      'system.take intended',
      'token.revoke intended',
      'departure.end done',
    ]) {
      assert.ok(actions.includes(row), row);
    }
    assert.equal((await store.audit.verify()).ok, true);
  }

  test('gets back what they had when an administrator finds that it was a mistake', async () => {
    const message = await untilCard(/a week an administrator/);
    const refused = await answered(purser, 'U0LEE', () => slack.click('U0LEE', message, 'departure.undo'));
    await answered(purser, 'U0RAVI', () => slack.click('U0RAVI', message, 'departure.undo'));
    await untilCard(/It was undone/);

    assert.match(readable(refused), /Only administrators may undo it/);
    await eventually(may);
    assert.doesNotMatch(await kimAsks(), /no longer here/);
    const said = await answered(purser, 'U0KIM', () => slack.command('U0KIM', CHANNEL, 'show', '/user'));
    assert.match(readable(said), /In team Shop/);
  });
});
