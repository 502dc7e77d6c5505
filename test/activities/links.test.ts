import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDirectory } from '../../src/directory/connector.ts';
import type { AccountRef } from '../../src/domain/refs.ts';
import { createStage, type Scene } from './scene.ts';
import type { Posted } from './strict-chat.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const DAY_MS = 86_400_000;
const LAST_MS = 30 * DAY_MS;
const SECOND: AccountRef = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0KIMTOO' };
/** Its direct conversation, and that of the account that Kim has by the file. */
const [THERE, ELSEWHERE] = ['DU0KIMTOO', 'DU0KIM'];

interface Linked extends Scene {
  /** Looks so many days after the account was linked. */
  look(day: number): Promise<void>;
  /** What the links of the directory are when asked. */
  grant(requestId: string): Promise<string>;
}

/** Kim has a second account, which an administrator has linked for thirty days. */
async function linked(): Promise<Linked> {
  const scene = await stage.scene();
  const { deps, directory } = scene;
  const grant = (requestId: string) =>
    deps.links.link({ requestId, account: SECOND, person: 'kim', decidedBy: 'ravi' });
  await grant('request-1');
  const began = (await deps.links.list())[0]?.decidedAt.getTime() ?? Number.NaN;
  const connector = { name: 'sample', read: async () => directory };
  deps.directory = createDirectory(connector, deps.links, {
    linksLast: async () => LAST_MS,
    now: () => deps.now(),
  });
  return {
    ...scene,
    grant,
    async look(day) {
      deps.now = () => new Date(began + day * DAY_MS);
      await scene.run(scene.activities.tellOfLinks as (input: undefined) => Promise<void>, undefined);
    },
  };
}

function said(message: Posted | undefined): string {
  return JSON.stringify(message?.shown.at(-1));
}

test('a week before its link ends the person reads so on the account, once, with a button to keep it', async () => {
  const scene = await linked();

  for (const day of [0, 22, 23, 24, 28, 29]) await scene.look(day);

  assert.deepEqual(
    scene.chat.messages.map(({ channel }) => channel),
    [THERE],
  );
  const [told] = scene.chat.in(THERE);
  assert.match(said(told), /is linked to you until \d{4}-\d\d-\d\d, and no longer/);
  assert.match(said(told), /"actionId":"link\.request","label":"Ask to keep it"/);
});

test('nothing is said before that week, nor when the link is over', async () => {
  const scene = await linked();

  for (const day of [0, 10, 22, 30, 31]) await scene.look(day);

  assert.deepEqual(scene.chat.messages, []);
});

test('an account that was unlinked or prolonged meanwhile, or whose person has left, hears nothing', async () => {
  const unlinked = await linked();
  await unlinked.deps.links.unlink(SECOND, 'kim', 'kim');
  await unlinked.look(25);
  assert.deepEqual(unlinked.chat.messages, []);

  const left = await linked();
  const kim = left.directory.people.find(({ id }) => id === 'kim');
  assert.ok(kim);
  kim.active = false;
  await left.look(25);
  assert.deepEqual(left.chat.messages, []);

  const prolonged = await linked();
  const lastDay = new Date(prolonged.deps.now().getTime() + 25 * DAY_MS);
  prolonged.deps.links.list = async () => [{ account: SECOND, person: 'kim', decidedAt: lastDay }];
  await prolonged.look(26);
  assert.deepEqual(prolonged.chat.messages, []);
});

test('an account that the organisation’s file has as well does not end', async () => {
  const scene = await linked();
  scene.directory.people.find(({ id }) => id === 'kim')?.accounts.push(SECOND);

  await scene.look(25);

  assert.deepEqual(scene.chat.messages, []);
});

test('whoever dies after telling, and before knowing it, tells nobody twice', async () => {
  const scene = await linked();
  scene.chat.fail({ method: 'post', channel: THERE, reason: 'unavailable', committed: true, times: 1 });

  await assert.rejects(scene.look(24));
  await scene.look(24);

  assert.equal(scene.chat.in(THERE).length, 1);
});

test('while chat is down nothing is lost: it is said once chat is back', async () => {
  const scene = await linked();
  scene.chat.fail({ method: 'post', channel: THERE, reason: 'unavailable' });

  await assert.rejects(scene.look(24));
  scene.chat.heal();
  await scene.look(25);

  assert.equal(scene.chat.in(THERE).length, 1);
});

test('whoever’s account somebody else unlinked reads so there and on the others, once', async () => {
  const scene = await linked();
  await scene.deps.links.unlink(SECOND, 'kim', 'ravi');

  for (const day of [0, 1, 2]) await scene.look(day);

  assert.deepEqual(scene.chat.messages.map(({ channel }) => channel).sort(), [ELSEWHERE, THERE].sort());
  assert.match(
    said(scene.chat.in(ELSEWHERE)[0]),
    /Ravi.* unlinked the chat account slack:T0SAMPLE:U0KIMTOO from you/,
  );
});

test('what they unlinked themselves, or was prolonged, is no news', async () => {
  const own = await linked();
  await own.deps.links.unlink(SECOND, 'kim', 'kim');
  await own.look(0);
  assert.deepEqual(own.chat.messages, []);

  const later = await linked();
  await later.grant('request-2');
  await later.look(0);
  assert.deepEqual(later.chat.messages, []);
});
