import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser, type Purser } from '../support/purser.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import { postgresUrl, temporalAddress } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { answered, assertPostedOnce, create, runsOf, untilCard, untilPhase } from './acts.ts';

describe('a bot whose servers go away', () => {
  let purser: Purser;
  let temporal: TcpProxy;
  let database: TcpProxy;
  let bot: PurserProcess;

  before(async () => {
    [temporal, database] = await Promise.all([
      startTcpProxy(temporalAddress()),
      startTcpProxy(new URL(postgresUrl()).host),
    ]);
    purser = await openPurser();
    const through = new URL(purser.env.DATABASE_URL ?? '');
    through.host = database.address;
    [bot] = await Promise.all([
      purser.startBot({ TEMPORAL_ADDRESS: temporal.address, DATABASE_URL: through.href }),
      purser.startWorker(),
    ]);
  });
  after(async () => {
    const { problems } = purser.slack;
    await purser.close();
    await Promise.all([temporal.close(), database.close()]);
    assert.deepEqual(problems, []);
  });

  for (const [what, server] of [
    ['Temporal', () => temporal],
    ['the database', () => database],
  ] as const) {
    for (const how of ['cut', 'stall'] as const) {
      test(`${what} is out of reach (${how}): nobody is told within 3 s that it is recorded, and it works again afterwards`, async () => {
        const name = purser.newName();
        const command = `preview ${name} image=docker.io/library/httpd:2.4`;
        server()[how]();

        const said = await create(purser, command);
        const { status } = await fetch(`${bot.url}/readyz`);
        server().restore();

        // What hangs may still be recorded: then the outcome follows.
        assert.match(said, /not (have been )?recorded|working on it/i);
        assert.equal(status, 503);
        assert.equal((await fetch(`${bot.url}/healthz`)).status, 200);
        await eventually(async () => /Requested|exactly this already/.test(await create(purser, command)));
        await untilCard(purser, name, 'is ready');
        assert.equal((await runsOf(purser, name)).length, 1);
        assertPostedOnce(purser);
      });
    }
  }

  test('a bot that is told to stop answers what it has taken, and takes nothing more', async () => {
    const { slack } = purser;
    const name = purser.newName();
    const leaving = await purser.startBot({ TEMPORAL_ADDRESS: temporal.address });
    temporal.stall();
    const asked = slack.callsOf('users.info').length;

    const answer = slack.command(
      'U0LEE',
      CHANNEL,
      `create preview ${name} image=docker.io/library/httpd:2.4`,
    );
    await slack.until(() => slack.callsOf('users.info').length > asked);
    const stopped = leaving.stop();
    await eventually(async () => (await fetch(`${leaving.url}/readyz`)).status === 503);
    temporal.restore();

    assert.equal((await answer).status, 200);
    assert.match((await answer).text, /Requested/);
    assert.equal(await stopped, 0);
    slack.connect(`${bot.url}/slack/events`);
    await untilPhase(purser, name, 'ready');
  });

  test('a worker that is told to stop finishes what it is doing, and another goes on', async () => {
    const name = purser.newName();
    const leaving = await purser.startWorker();
    await create(purser, `dev ${name}`);
    await untilPhase(purser, name, 'provisioning');

    const code = await leaving.stop();
    const card = await untilCard(purser, name, 'is ready');

    assert.equal(code, 0);
    assert.match(leaving.output(), /worker stopped/);
    const question = await answered(purser, 'U0KIM', () =>
      purser.slack.click('U0KIM', card, 'environment.delete'),
    );
    assert.match(readable(question), new RegExp(name));
    assertPostedOnce(purser);
  });
});
