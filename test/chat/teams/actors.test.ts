import assert from 'node:assert/strict';
import test from 'node:test';
import { pino } from 'pino';
import { ChatError } from '../../../src/chat/adapter.ts';
import { createActors } from '../../../src/chat/teams/actors.ts';
import { activitySchema, type TeamsActivity } from '../../../src/chat/teams/payloads.ts';
import type { Standing } from '../../../src/domain/requests.ts';

const TENANT = '11111111-1111-1111-1111-111111111111';
const OTHER = '22222222-2222-2222-2222-222222222222';
const KIM = '33333333-3333-3333-3333-333333333333';

function from(changes: Partial<TeamsActivity['from']> = {}): TeamsActivity {
  return activitySchema.parse({
    type: 'message',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    channelId: 'msteams',
    from: { id: '29:kim', aadObjectId: KIM, name: 'Kim Sample', ...changes },
    recipient: { id: '28:app' },
    conversation: { id: 'a:kim', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
  });
}

const MEMBER = {
  id: '29:kim',
  aadObjectId: KIM,
  tenantId: TENANT,
  userRole: 'user',
  name: 'Kim Sample',
  email: 'kim@example.test',
  userPrincipalName: 'kim@example.test',
};

function actorsWith(roster: () => Promise<object>, now?: () => number) {
  return createActors({
    sender: { member: roster },
    references: { find: async () => undefined },
    tenantIds: [TENANT],
    logger: pino({ level: 'silent' }),
    now,
  });
}

const SHAPES: { title: string; member: object; standing: Standing }[] = [
  { title: 'a full user of the tenant', member: {}, standing: 'member' },
  { title: 'a guest', member: { userRole: 'guest' }, standing: 'guest' },
  {
    title: 'a guest by the name that the directory gives guests',
    member: { userPrincipalName: 'kim_other.test#EXT#@example.test' },
    standing: 'guest',
  },
  { title: 'an anonymous participant', member: { userRole: 'anonymous' }, standing: 'stranger' },
  {
    title: 'somebody of another tenant in a shared channel',
    member: { tenantId: OTHER },
    standing: 'stranger',
  },
  { title: 'somebody whose role is not said', member: { userRole: undefined }, standing: 'unverified' },
  { title: 'somebody whose tenant is not said', member: { tenantId: undefined }, standing: 'unverified' },
  {
    title: 'somebody the roster knows by another directory id',
    member: { aadObjectId: OTHER },
    standing: 'unverified',
  },
  {
    title: 'somebody the roster knows by another Teams id',
    member: { id: '29:lee' },
    standing: 'unverified',
  },
];

test('times of day that somebody types are on the clock that Teams shows them', async () => {
  const actors = actorsWith(async () => MEMBER);

  const unsaid = await actors.resolve(from());
  const said = await actors.resolve({ ...from(), localTimezone: 'Europe/Amsterdam' });

  assert.deepEqual([unsaid.timeZone, said.timeZone], [undefined, 'Europe/Amsterdam']);
});

for (const { title, member, standing } of SHAPES) {
  test(`${title} is ${standing}`, async () => {
    const actor = await actorsWith(async () => ({ ...MEMBER, ...member })).resolve(from());

    assert.equal(actor.standing, standing);
    assert.deepEqual(actor.account, { platform: 'teams', tenantId: TENANT, aadObjectId: KIM });
  });
}

test('a bot has no directory id, and is asked for nowhere', async () => {
  const actors = actorsWith(async () => assert.fail('asked'));

  assert.equal((await actors.resolve(from({ aadObjectId: undefined }))).standing, 'bot');
});

test('whoever is not on the roster is a stranger', async () => {
  const actors = actorsWith(async () => {
    throw new ChatError('not-found', 'member: HTTP 404');
  });

  assert.equal((await actors.resolve(from())).standing, 'stranger');
});

test('when Teams does not answer nobody is let in, and the next one asks again', async () => {
  let up = false;
  const actors = actorsWith(async () => {
    if (!up) throw new ChatError('unavailable', 'member: no answer');
    return MEMBER;
  });

  const first = await actors.resolve(from());
  up = true;
  const second = await actors.resolve(from());

  assert.deepEqual([first.standing, second.standing], ['unverified', 'member']);
});

test('where the app is not a member, the roster of the person’s own chat with it says who they are', async () => {
  const actors = createActors({
    sender: {
      async member({ conversation }) {
        if (conversation !== 'a:own') throw new ChatError('forbidden', 'member: HTTP 403');
        return MEMBER;
      },
    },
    references: {
      find: async () => ({ userId: '29:kim', serviceUrl: 'https://teams.test/', conversationId: 'a:own' }),
    },
    tenantIds: [TENANT],
    logger: pino({ level: 'silent' }),
  });

  assert.equal((await actors.resolve(from())).standing, 'member');
});

test('where the app is not a member and the person has no chat with it, nobody is let in', async () => {
  const actors = actorsWith(async () => {
    throw new ChatError('forbidden', 'member: HTTP 403');
  });

  assert.equal((await actors.resolve(from())).standing, 'unverified');
});

test('the word of the roster is a minute old at most', async () => {
  let now = 0;
  let role = 'user';
  const actors = actorsWith(
    async () => ({ ...MEMBER, userRole: role }),
    () => now,
  );
  await actors.resolve(from());
  role = 'guest';

  now = 59_999;
  const before = await actors.resolve(from());
  now = 60_000;
  const after = await actors.resolve(from());

  assert.deepEqual([before.standing, after.standing], ['member', 'guest']);
});
