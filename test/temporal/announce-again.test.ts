import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linkIdOf } from '../../src/domain/refs.ts';
import { announceAgain } from '../../src/temporal/announce-again.ts';
import { eventually } from '../support/eventually.ts';
import { openRealServer, type RealServer } from './real-server.ts';

const account = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0SAM' } as const;
const origin = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0SAM' } as const;

let server: RealServer;
before(async () => {
  server = await openRealServer();
});
after(() => server.close());

test('an open request to link an account is shown anew, and one that was decided is not', async () => {
  const play = server.stage.enter('request-1', {});
  await server.launchers.startLink({ account, requestId: 'request-1', displayName: 'Sam', origin });
  await play.called('announceLink');
  await eventually(
    async () => (await server.client.workflow.count("ExecutionStatus = 'Running'")).count === 1,
  );

  await announceAgain(server.client);
  await eventually(() => play.of('announceLink').length === 2);
  await server.launchers.decideLink({ account, by: 'ravi', byAccount: account, person: 'sam' });
  await server.client.workflow.getHandle(linkIdOf(account)).result();
  await announceAgain(server.client);

  const shown = play.of('announceLink').map(({ decision }) => decision?.by);
  assert.deepEqual(shown, [undefined, undefined, 'ravi']);
  await server.replay(linkIdOf(account));
});
