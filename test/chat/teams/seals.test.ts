import assert from 'node:assert/strict';
import test from 'node:test';
import type { CardData } from '../../../src/chat/teams/card-data.ts';
import { activitySchema, type TeamsActivity } from '../../../src/chat/teams/payloads.ts';
import { createSeals } from '../../../src/chat/teams/seals.ts';
import { sampleViews } from '../sample-views.ts';

const PASSWORD = 'the app’s own password';
const CHANNEL = '19:shop@thread.tacv2';

function from(person: string, conversation: string): TeamsActivity {
  return activitySchema.parse({
    type: 'invoke',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    channelId: 'msteams',
    from: { id: `29:${person}`, aadObjectId: person },
    recipient: { id: '28:app' },
    conversation: { id: conversation, tenantId: 'tenant' },
  });
}

const HERE = from('kim', `${CHANNEL};messageid=1`);
const { values: _values, errors: _errors, ...form } = sampleViews.form;
const seals = createSeals(PASSWORD);

function drawn(activity = HERE, by = seals): Extract<CardData, { kind: 'form' }> {
  return {
    kind: 'form',
    phase: 'submit',
    nonce: 'nonce-1',
    form,
    seal: by.sealer(activity)('nonce-1', form),
  };
}

test('a form counts as it was drawn, for whom and where, also from another replica and another thread', () => {
  assert.ok(seals.fits(HERE, drawn()));
  assert.ok(seals.fits(from('kim', CHANNEL), drawn()));
  assert.ok(createSeals(PASSWORD).fits(HERE, drawn()));
  assert.ok(seals.fits(HERE, { ...JSON.parse(JSON.stringify(drawn())), phase: 'change' }));
});

test('a form counts in the personal chat whatever that is called, when it was sent there', () => {
  const sent = { ...drawn(), seal: seals.personalSealer(HERE)('nonce-1', form) };

  assert.ok(seals.fits(from('kim', 'a:kim'), sent));
  assert.ok(!seals.fits(HERE, sent));
  assert.ok(!seals.fits(from('noor', 'a:noor'), sent));
});

const FORGED: Record<string, [TeamsActivity, CardData]> = {
  'in another conversation': [from('kim', '19:approvals@thread.tacv2'), drawn()],
  'by another person': [from('noor', CHANNEL), drawn()],
  'in another’s name for the place': [HERE, drawn(from('kim', '19:approvals@thread.tacv2'))],
  'with another origin': [
    HERE,
    { ...drawn(), form: { ...form, context: { ...form.context, origin: '{"conversationId":"19:other"}' } } },
  ],
  'with another field': [HERE, { ...drawn(), form: { ...form, fields: form.fields.slice(1) } }],
  'as another drawing': [HERE, { ...drawn(), nonce: 'nonce-2' }],
  'with an empty seal': [HERE, { ...drawn(), seal: '' }],
  'with a seal cut short': [HERE, { ...drawn(), seal: drawn().seal.slice(1) }],
  'sealed with another password': [HERE, drawn(HERE, createSeals('another password'))],
  'sealed by an earlier Playground': [HERE, drawn(HERE, createSeals(undefined))],
};

for (const [how, [activity, data]] of Object.entries(FORGED)) {
  test(`a form does not count ${how}`, () => {
    assert.equal(seals.fits(activity, data), false);
  });
}

test('a Playground knows its own forms', () => {
  const own = createSeals(undefined);

  assert.ok(own.fits(HERE, drawn(HERE, own)));
});
