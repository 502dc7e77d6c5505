import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { ChatReply } from '../../src/chat/adapter.ts';
import { withoutFloods } from '../../src/chat/floods.ts';
import type { ChatRequest } from '../../src/domain/requests.ts';
import { action, actorOf, command, form } from '../support/commands-context.ts';
import { asErrors, said } from '../support/replies.ts';

const DONE: ChatReply = { kind: 'notice', tone: 'success', text: 'done' };
const kim = actorOf('kim');

function openGate(
  limits = { perPerson: { atOnce: 3, perMinute: 30 }, perChannel: { atOnce: 100, perMinute: 6_000 } },
) {
  let now = 1_000_000;
  const taken: ChatRequest[] = [];
  const dispatch = withoutFloods(
    async (request) => {
      taken.push(request);
      return DONE;
    },
    {
      limits: async () => limits,
      clock: { now: () => now, sleep: () => Promise.reject(new Error('nobody is kept waiting')) },
      logger: pino({ level: 'silent' }),
    },
  );
  return {
    dispatch,
    taken,
    pass(ms: number) {
      now += ms;
    },
  };
}

async function several<Reply>(count: number, ask: () => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let number = 0; number < count; number += 1) replies.push(await ask());
  return replies;
}

test('what is more than one person may ask at once is refused once in words, and taken again in time', async () => {
  const { dispatch, taken, pass } = openGate();

  const replies = await several(10, () => dispatch(command(kim, 'list')));
  pass(2_000);
  const later = await dispatch(command(kim, 'list'));

  assert.deepEqual(replies.slice(0, 3), [DONE, DONE, DONE]);
  assert.match(said(replies[3]), /faster than I can follow, so this one was not done[\s\S]*again in 2 s/);
  assert.deepEqual(replies.slice(4), Array(6).fill(undefined));
  assert.equal(later, DONE);
  assert.equal(taken.length, 4);
});

test('commands, buttons and forms are one measure, and a form that is sent keeps what was filled in', async () => {
  const { dispatch, taken } = openGate();

  await dispatch(command(kim, 'list'));
  await dispatch(action(kim, 'environment.show', { name: 'pr-42' }));
  await dispatch(form(kim, 'environment.create', { template: 'dev' }));
  const errors = await several(3, async () => asErrors(await dispatch(form(kim, 'environment.create', {}))));

  for (const error of errors) assert.match(error[''] ?? '', /not done.*try again in 2 s/);
  assert.equal(taken.length, 3);
});

test('others are not slowed, and neither are cards that clients look at by themselves', async () => {
  const { dispatch } = openGate();
  await several(1_000, () => dispatch(command(kim, 'list')));

  const others = await Promise.all(['noor', 'lee'].map((name) => dispatch(command(actorOf(name), 'list'))));
  const looks = await several(20, () => dispatch(action(kim, 'environment.approval', { name: 'pr-42' })));

  assert.deepEqual([...others, ...looks], Array(22).fill(DONE));
});

test('a channel has a measure of its own, and one person cannot use it up', async () => {
  const { dispatch, pass } = openGate({
    perPerson: { atOnce: 3, perMinute: 6 },
    perChannel: { atOnce: 5, perMinute: 60 },
  });
  await several(50, () => dispatch(command(kim, 'list')));

  const noor = await several(3, () => dispatch(command(actorOf('noor'), 'list')));
  const elsewhere = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'D0LEE' } as const;
  const lee = await dispatch(command(actorOf('lee'), 'list'));
  const direct = await dispatch({ ...command(actorOf('lee'), 'list'), source: elsewhere } as ChatRequest);
  pass(1_000);
  const again = await dispatch(command(actorOf('lee'), 'list'));

  assert.deepEqual(noor.slice(0, 2), [DONE, DONE]);
  assert.match(
    said(noor[2]),
    /asked of me in this channel[\s\S]*again in 1 s, or ask me in a direct message/,
  );
  assert.match(said(lee), /asked of me in this channel/);
  assert.deepEqual([direct, again], [DONE, DONE]);
});

test('what people do to messages and looking at the home tab are let through, as is everything without a policy', async () => {
  const { dispatch, taken } = openGate();
  const home: ChatRequest = { ...command(kim, ''), kind: 'home' } as ChatRequest;
  await several(20, () => dispatch(home));

  const blind = withoutFloods(async () => DONE, {
    limits: () => Promise.reject(new Error('the file is broken')),
    clock: { now: () => 0, sleep: async () => undefined },
    logger: pino({ level: 'silent' }),
  });

  assert.equal(taken.length, 20);
  assert.deepEqual(await several(20, () => blind(command(kim, 'list'))), Array(20).fill(DONE));
});
