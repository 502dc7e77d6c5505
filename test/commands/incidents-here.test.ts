import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Adoption } from '../../src/chat/adapter.ts';
import type { IncidentContext } from '../../src/commands/context.ts';
import {
  action,
  actorOf,
  CHANNEL,
  createTestContext,
  form,
  incidentCommand,
} from '../support/commands-context.ts';
import { sampleIncidentConfig } from '../support/incidents-context.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const TYPED = 'declare here=true sev2 checkout is down';
const room = { platform: 'slack', kind: 'channel', conversation: CHANNEL, name: 'shop' } as const;

test('here=true has the channel become the room, and says so', async () => {
  const { dispatch, incidents } = createTestContext();

  const reply = await dispatch(incidentCommand(actorOf('kim'), TYPED));

  assert.match(said(reply), /^#143 is declared\. This becomes its room/);
  assert.deepEqual(incidents.declared[0]?.adopt, CHANNEL);
  assert.equal(incidents.declared[0]?.title, 'checkout is down');
});

test('a bare “here” belongs to the title', async () => {
  const { dispatch, incidents } = createTestContext();

  await dispatch(incidentCommand(actorOf('kim'), 'sev2 nobody here can pay'));
  const odd = await dispatch(incidentCommand(actorOf('kim'), 'declare sev2 down here=yes'));

  assert.equal(incidents.declared[0]?.title, 'nobody here can pay');
  assert.equal(incidents.declared[0]?.adopt, undefined);
  assert.match(said(odd), /Type here=true, or leave it out/);
});

const announced = sampleIncidentConfig();
announced.rooms.announce = [CHANNEL];
const told = sampleIncidentConfig();
told.rooms.stakeholders = [{ conversation: CHANNEL, severities: ['sev1'] }];
const refuses = (refused: Extract<Adoption, { refused: string }>['refused']) => ({
  adopt: async () => ({ refused }),
});
const refused: { where: string; changes: Partial<IncidentContext>; typed?: string; problem: RegExp }[] = [
  { where: 'a direct conversation', changes: refuses('direct'), problem: /Type it in a channel/ },
  {
    where: 'a channel we cannot join',
    changes: refuses('absent'),
    problem: /Invite me \(\/invite\), then try again/,
  },
  { where: 'a channel of two organisations', changes: refuses('shared'), problem: /another organisation/ },
  {
    where: 'an announcement channel',
    changes: { config: async () => announced },
    problem: /read about all incidents/,
  },
  {
    where: 'a stakeholder channel',
    changes: { config: async () => told },
    problem: /read about all incidents/,
  },
  {
    where: 'an approval channel',
    changes: { approvalChannels: async () => [CHANNEL] },
    problem: /decide on requests/,
  },
  {
    where: 'a place where it would be private',
    changes: {},
    typed: `${TYPED} private`,
    problem: /Choose one of the two/,
  },
];
for (const { where, changes, typed = TYPED, problem } of refused) {
  test(`in ${where} nothing is declared, and the form says what to do instead`, async () => {
    const { dispatch, incidents } = createTestContext({ incidents: changes });

    const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), typed)));
    const values = {
      title: 'checkout is down',
      severity: 'sev2',
      private: typed.endsWith('private'),
      here: true,
    };
    const sent = await dispatch(
      form(actorOf('kim'), 'incident.declare', values, { context: opened.context }),
    );

    assert.match(opened.errors?.here ?? '', problem);
    assert.match(asErrors(sent).here ?? '', problem);
    assert.equal(opened.values.title, 'checkout is down');
    assert.equal(incidents.declared.length, 0);
  });
}

test('the room of another open incident stays its own; of a closed one it is free', async () => {
  const { dispatch, incidents } = createTestContext();
  incidents.add({ number: 7, status: 'resolved', rooms: [room] });

  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), TYPED)));
  incidents.add({ number: 7, status: 'closed', rooms: [room] });
  const reply = await dispatch(incidentCommand(actorOf('kim'), TYPED));

  assert.match(opened.errors?.here ?? '', /the room of #7, which is not closed\. Close it first/);
  assert.match(said(reply), /is declared/);
});

test('while the platform does not answer nothing is declared', async () => {
  const adopt = async () => Promise.reject(new Error('no answer'));
  const { dispatch, incidents } = createTestContext({ incidents: { adopt } });

  const reply = await dispatch(incidentCommand(actorOf('kim'), TYPED));

  assert.match(said(reply), /Not recorded/);
  assert.equal(incidents.declared.length, 0);
});

test('the form offers it in a conversation, and declares there', async () => {
  const { dispatch, incidents } = createTestContext();

  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), 'declare')));
  const values = { title: 'Checkout is down', severity: 'sev2', private: false, drill: false, here: true };
  await dispatch(form(actorOf('kim'), 'incident.declare', values, { context: opened.context }));

  assert.ok(opened.fields.some(({ name }) => name === 'here'));
  assert.equal(opened.values.here, false);
  assert.deepEqual(incidents.declared[0]?.adopt, CHANNEL);
});

test('“Declare anyway” keeps that it is to be run here, or in private', async () => {
  const { dispatch, incidents } = createTestContext();
  incidents.add({ number: 7, service: 'shop', title: 'Checkout is slow' });
  const anyway = async (typed: string) => {
    const reply = asNotice(await dispatch(incidentCommand(actorOf('kim'), typed)));
    const button = reply.actions?.find(({ label }) => label === 'Declare anyway…');
    return asForm(await dispatch(action(actorOf('kim'), button?.actionId ?? '', button?.payload))).values;
  };

  const open = await anyway(`${TYPED} service=shop`);
  const hidden = await anyway('sev2 names leaked service=shop private');

  assert.deepEqual([open.here, open.private], [true, false]);
  assert.deepEqual([hidden.here, hidden.private], [false, true]);
});
