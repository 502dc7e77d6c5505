import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  action,
  actorOf,
  CHANNEL,
  createTestContext,
  form,
  incidentCommand,
  NOW,
} from '../support/commands-context.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const DECLARATION = { title: 'Checkout is down', severity: 'sev2', private: false, drill: false };

test('three words declare, once for each time they are typed', async () => {
  const { dispatch, incidents, audit } = createTestContext();
  const request = incidentCommand(actorOf('kim'), 'sev2 checkout is down');

  const reply = await dispatch(request);
  const again = await dispatch(request);

  assert.match(said(reply), /^#143 is declared\. Its room is being opened/);
  assert.equal(again, undefined);
  assert.equal(incidents.declared.length, 1);
  assert.partialDeepStrictEqual(incidents.declared[0], {
    number: 143,
    requestId: request.requestId,
    title: 'checkout is down',
    severity: 'sev2',
    private: false,
    drill: false,
    declaredBy: 'kim',
    detectedAt: NOW.toISOString(),
    platforms: ['slack'],
    origin: CHANNEL,
  });
  assert.partialDeepStrictEqual(audit[0], {
    action: 'incident.declare',
    actor: 'kim',
    subject: 'incident/143',
    outcome: 'intended',
  });
});

test('the rules of the moment go with it', async () => {
  const { dispatch, incidents } = createTestContext();

  await dispatch(incidentCommand(actorOf('kim'), 'sev2 checkout is down service=shop'));

  const { rules } = incidents.declared[0] ?? {};
  assert.equal(rules?.service?.title, 'Shop');
  assert.deepEqual(
    rules?.severities.map(({ id }) => id),
    ['sev1', 'sev2', 'sev3', 'sev4'],
  );
});

test('a severity that wakes people is asked about first, with who they are', async () => {
  const { dispatch, incidents } = createTestContext();

  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), 'sev1 checkout is down')));

  assert.equal(incidents.declared.length, 0);
  assert.partialDeepStrictEqual(opened.values, { title: 'checkout is down', severity: 'sev1' });
  const [note] = opened.notes;
  assert.equal(note?.label, 'Will page');
  assert.match(note?.text ?? '', /Sample/);
  const reply = await dispatch(
    form(
      actorOf('kim'),
      'incident.declare',
      { ...DECLARATION, severity: 'sev1' },
      { context: opened.context },
    ),
  );
  assert.match(said(reply), /is declared/);
  assert.equal(incidents.declared[0]?.severity, 'sev1');
});

test('nobody is paged whom the form has not named', async () => {
  const { dispatch, incidents } = createTestContext();
  const opened = asForm(await dispatch(incidentCommand(actorOf('kim'), 'declare')));

  const redrawn = asForm(
    await dispatch(
      form(actorOf('kim'), 'incident.declare', { ...DECLARATION, drill: true }, { context: opened.context }),
    ),
  );

  assert.equal(incidents.declared.length, 0);
  assert.match(redrawn.intro ?? '', /changes who is paged/);
  assert.equal(redrawn.values.drill, true);
  const reply = await dispatch(
    form(actorOf('kim'), 'incident.declare', { ...DECLARATION, drill: true }, { context: redrawn.context }),
  );
  assert.match(said(reply), /is declared/);
  assert.equal(incidents.declared[0]?.drill, true);
});

test('choosing in the form says at once who would be paged', async () => {
  const { dispatch } = createTestContext();

  const shown = async (severity: string) => {
    const values = { ...DECLARATION, severity };
    return asForm(await dispatch(form(actorOf('kim'), 'incident.declare', values, { phase: 'change' })))
      .notes[0]?.text;
  };

  assert.match((await shown('sev1')) ?? '', /Sample/);
  assert.equal(await shown('sev4'), 'nobody');
});

test('what is wrong is said at its field', async () => {
  const { dispatch, incidents } = createTestContext();

  const errors = asErrors(
    await dispatch(
      form(actorOf('kim'), 'incident.declare', { title: 'x', severity: 'sev9', service: 'shpo' }),
    ),
  );

  assert.deepEqual(errors, {
    title: 'Please say what is wrong, in a few words.',
    severity: 'There is no severity “sev9”. There are sev1, sev2, sev3, sev4.',
    service: 'There is no service “shpo”. Did you mean shop?',
  });
  assert.equal(incidents.declared.length, 0);
});

test('a message becomes the title, the time and the first entry', async () => {
  const { dispatch, incidents } = createTestContext();
  const message = {
    text: 'Payments fail!\nSince the release.',
    author: 'Lee',
    at: '2026-04-01T09:58:00.000Z',
    link: 'https://sample.slack.com/archives/C0DEV/p1775037480000100',
  };

  const opened = asForm(await dispatch(action(actorOf('kim'), 'incident.declare', message)));
  await dispatch(
    form(
      actorOf('kim'),
      'incident.declare',
      { ...DECLARATION, title: 'Payments fail!' },
      { context: { ...opened.context } },
    ),
  );
  const shown = asForm(
    await dispatch(
      form(actorOf('kim'), 'incident.declare', DECLARATION, { context: opened.context, phase: 'change' }),
    ),
  );
  await dispatch(form(actorOf('kim'), 'incident.declare', DECLARATION, { context: shown.context }));

  assert.equal(opened.values.title, 'Payments fail!');
  assert.deepEqual(incidents.declared.at(-1)?.firstEntry, message);
  assert.equal(incidents.declared.at(-1)?.detectedAt, message.at);
});

test('whoever declares for a service with an open incident is shown that one first', async () => {
  const { dispatch, incidents } = createTestContext();
  incidents.add({ number: 7, service: 'shop', title: 'Checkout is slow' });

  const reply = asNotice(
    await dispatch(incidentCommand(actorOf('kim'), 'sev2 checkout is down service=shop')),
  );
  const anyway = reply.actions?.find(({ label }) => label === 'Declare anyway…');
  const opened = asForm(await dispatch(action(actorOf('kim'), anyway?.actionId ?? '', anyway?.payload)));

  assert.match(reply.text, /#7 “Checkout is slow”/);
  assert.equal(incidents.declared.length, 0);
  assert.partialDeepStrictEqual(opened.values, {
    title: 'checkout is down',
    service: 'shop',
    severity: 'sev2',
  });
});

test('a private incident that somebody is not in is not mentioned', async () => {
  const { dispatch, incidents } = createTestContext();
  incidents.add({ number: 7, service: 'shop', title: 'Leak', private: true, members: ['ravi'] });

  const reply = await dispatch(incidentCommand(actorOf('kim'), 'sev2 checkout is down service=shop'));

  assert.match(said(reply), /is declared/);
});

test('without a file incidents are off, and that is said', async () => {
  const { dispatch, incidents } = createTestContext({ incidents: { config: async () => undefined } });

  const reply = await dispatch(incidentCommand(actorOf('kim'), 'sev2 checkout is down'));

  assert.match(
    said(reply),
    /Incidents are not set up yet\.\nThe platform team adds manifests\/incidents\.yaml/,
  );
  assert.equal(incidents.declared.length, 0);
});

test('what Temporal did not take is not called declared, and the form stays', async () => {
  const unavailable = { ok: false, type: 'Unavailable', message: 'no answer' } as const;
  const { context } = createTestContext();
  const { dispatch } = createTestContext({
    incidents: { launchers: { ...context.incidents.launchers, declare: async () => unavailable } },
  });

  const typed = await dispatch(incidentCommand(actorOf('kim'), 'sev2 checkout is down'));
  const shown = asForm(
    await dispatch(form(actorOf('kim'), 'incident.declare', DECLARATION, { phase: 'change' })),
  );
  const sent = await dispatch(
    form(actorOf('kim'), 'incident.declare', DECLARATION, { context: shown.context }),
  );

  assert.match(said(typed), /Not recorded/);
  assert.match(asErrors(sent)[''] ?? '', /Not recorded/);
});
