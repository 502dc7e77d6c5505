import assert from 'node:assert/strict';
import test from 'node:test';
import {
  activitySchema,
  commandOf,
  conversationOf,
  isPersonal,
  pressed,
  sourceOf,
  type TeamsActivity,
  typedText,
} from '../../../src/chat/teams/payloads.ts';

const BOT = { id: '28:app', name: 'Purser' };

function said(text: string, entities: TeamsActivity['entities'] = []): TeamsActivity {
  return activitySchema.parse({
    type: 'message',
    id: '1',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    channelId: 'msteams',
    from: { id: '29:kim', aadObjectId: 'kim', name: 'Kim Sample' },
    recipient: BOT,
    conversation: { id: '19:shop@thread.tacv2;messageid=1', tenantId: 'tenant' },
    channelData: { tenant: { id: 'tenant' } },
    text,
    entities,
  });
}

function mention(text: string, mentioned: { id: string; name: string } = BOT) {
  return { type: 'mention', mentioned, text };
}

const WAYS: { title: string; text: string; entities?: TeamsActivity['entities'] }[] = [
  { title: 'in the personal chat', text: 'env create dev pr-42' },
  { title: 'with a slash, as in Slack', text: '/env create dev pr-42' },
  { title: 'without env', text: 'create dev pr-42' },
  {
    title: 'after a mention',
    text: '<at>Purser</at> env create dev pr-42',
    entities: [mention('<at>Purser</at>')],
  },
  {
    title: 'after a mention and a no-break space',
    text: '<at>Purser</at>\u00a0env create&nbsp;dev pr-42\n',
    entities: [mention('<at>Purser</at>')],
  },
  {
    title: 'with the mention twice, and at the end',
    text: '<at>Purser</at> env create dev <at>Purser</at> pr-42 <at>Purser</at>',
    entities: [mention('<at>Purser</at>')],
  },
  {
    title: 'with a mention that carries an id, as some clients write it',
    text: '<at id="0">Purser</at> ENV create dev pr-42',
    entities: [mention('<at id="0">Purser</at>')],
  },
  { title: 'with a mention no entity tells of', text: '<at>Purser</at> env create dev pr-42' },
];

for (const { title, text, entities } of WAYS) {
  test(`a command is understood ${title}`, () => {
    assert.deepEqual(commandOf(typedText(said(text, entities))), {
      command: 'env',
      text: 'create dev pr-42',
    });
  });
}

test('whoever else is mentioned is named', () => {
  const text = '<at>Purser</at> env create dev note=<at>Lee</at>';
  const lee = mention('<at>Lee</at>', { id: '29:lee', name: 'Lee Sample' });

  assert.equal(
    commandOf(typedText(said(text, [mention('<at>Purser</at>'), lee])))?.text,
    'create dev note=Lee Sample',
  );
});

test('a name that looks like a replacement pattern stays what it is', () => {
  const eve = mention('<at>x</at>', { id: '29:eve', name: "$& $' $1" });

  assert.equal(typedText(said('env show <at>x</at>', [eve])), "env show $& $' $1");
});

for (const greeting of ['', 'Hello', 'hi', 'home', '<at>Purser</at>']) {
  test(`“${greeting}” asks for the home card`, () => {
    assert.equal(commandOf(typedText(said(greeting))), undefined);
  });
}

test('env alone asks for help, and a word that only starts like it is none of ours', () => {
  assert.deepEqual(commandOf('env'), { command: 'env', text: '' });
  assert.deepEqual(commandOf('environment'), { command: 'env', text: 'environment' });
});

for (const word of ['inc', 'incident', '/inc', '/incident', 'INC']) {
  test(`what follows ${word} is about incidents`, () => {
    assert.deepEqual(commandOf(typedText(said(`<at>Purser</at> ${word} sev1 checkout is down`))), {
      command: 'incident',
      text: 'sev1 checkout is down',
    });
    assert.deepEqual(commandOf(word), { command: 'incident', text: '' });
  });
}

test('a word that only starts like it is about no incident', () => {
  assert.deepEqual(commandOf('include pr-42'), { command: 'env', text: 'include pr-42' });
  assert.deepEqual(commandOf('incidents'), { command: 'env', text: 'incidents' });
});

test('a command in a thread is answered in the thread', () => {
  const conversation = conversationOf(said('env'));

  assert.deepEqual(conversation, {
    platform: 'teams',
    tenantId: 'tenant',
    conversationId: '19:shop@thread.tacv2;messageid=1',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
  });
});

test('a button is on the message it answers', () => {
  const source = sourceOf({ ...said(''), replyToId: '1700000000000' });

  assert.equal('activityId' in source && source.activityId, '1700000000000');
});

test('only chats with one person are personal', () => {
  assert.deepEqual(
    ['a:1abc', '19:shop@thread.tacv2', '19:shop@thread.tacv2;messageid=1', '19:group@thread.v2'].map(
      isPersonal,
    ),
    [true, false, false, false],
  );
});

test('what a button brings back is ours only when all of it has our shape', () => {
  const data = {
    purser: { kind: 'action', actionId: 'environment.show', payload: { name: 'pr-42' }, nonce: 'nonce-1' },
    size: 'l',
  };

  assert.deepEqual(pressed(data), { data: data.purser, inputs: { size: 'l' } });
  for (const foreign of [
    undefined,
    'text',
    {},
    { purser: 'x' },
    { purser: { kind: 'other' } },
    { purser: { kind: 'action', actionId: 'x', payload: { deep: {} } } },
  ]) {
    assert.equal(pressed(foreign), undefined);
  }
});

test('an activity of another channel is none of ours', () => {
  assert.equal(activitySchema.safeParse({ ...said('env'), channelId: 'webchat' }).success, false);
});

test('what there is not may be null', () => {
  const sparse = { ...said('env'), text: null, name: null, replyToId: null, entities: null, action: null };

  const activity = activitySchema.parse({ ...sparse, conversation: { id: 'a:kim', conversationType: null } });

  assert.equal(commandOf(typedText(activity)), undefined);
  assert.equal('activityId' in sourceOf(activity), false);
});
