import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { GrantInput } from '../../src/domain/access.ts';
import type { HelpView } from '../../src/domain/views.ts';
import { sampleEntitlements } from '../support/access-context.ts';
import { activeGrant, sampleGrant } from '../support/access-samples.ts';
import {
  action,
  actorOf,
  CHANNEL,
  createTestContext,
  form,
  peopleCommand,
} from '../support/commands-context.ts';
import { SAMPLE_DIGEST } from '../support/environment-samples.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const WHY = 'restart the stuck workers of checkout';
type Scene = ReturnType<typeof createTestContext>;

const type = (scene: Scene, text: string, who = 'kim') =>
  scene.dispatch(peopleCommand(actorOf(who), 'access', text));
const asked = ({ done }: Scene) =>
  done.filter(({ call }) => call === 'startGrant').map(({ input }) => input as GrantInput);
const fieldsOf = (reply: ChatReply) => asForm(reply).fields.map(({ name }) => name);
const noteOf = (reply: ChatReply, label: string) =>
  asForm(reply).notes.find((note) => note.label === label)?.text;

test('a whole request is made at once, audited before, and says who is asked', async () => {
  const scene = createTestContext();

  const reply = asNotice(await type(scene, `request cluster-edit for=1h ${WHY}`));

  const [request] = asked(scene);
  assert.partialDeepStrictEqual(request, {
    requester: 'kim',
    beneficiary: 'kim',
    durationMs: 3_600_000,
    reason: WHY,
    digest: SAMPLE_DIGEST,
    origin: CHANNEL,
    entitlement: { id: 'cluster-edit' },
  });
  assert.equal('digest' in (request?.entitlement ?? {}), false);
  assert.match(reply.text, /Asked for “Edit in the cluster”/);
  assert.deepEqual(reply.details, [
    'One of the leads of team Shop: Lee Sample, within 4 hours. If nobody answers, Ravi Sample as well.',
    'Then one of team FinOps: Noor Sample, within 4 hours.',
  ]);
  assert.deepEqual(reply.actions?.[0]?.payload, { beneficiary: 'kim', id: request?.id });
  assert.deepEqual(
    scene.audit.map(({ action, subject, outcome }) => [action, subject, outcome]),
    [['access.request', `grant/kim/${request?.id}`, 'intended']],
  );
});

test('what is delivered twice is asked for once, under one id', async () => {
  const scene = createTestContext();
  const request = peopleCommand(actorOf('kim'), 'access', `request cluster-edit ${WHY}`);

  await scene.dispatch(request);
  await scene.dispatch({ ...request, dedupeKey: `${request.dedupeKey}-again` });

  const ids = asked(scene).map(({ id }) => id);
  assert.equal(new Set(ids).size, 1);
});

test('the usual time is meant where none is named, and the access may be named by its title', async () => {
  const scene = createTestContext();

  await type(scene, `request "Edit in the Cluster" ${WHY}`);

  assert.equal(asked(scene)[0]?.durationMs, 2 * 3_600_000);
});

test('what is missing is asked for in a form, which says what one gets before anything is sent', async () => {
  const scene = createTestContext();

  const reply = await type(scene, 'request cluster-edit for=3h');

  assert.deepEqual(fieldsOf(reply), ['entitlement', 'for', 'reason']);
  assert.partialDeepStrictEqual(asForm(reply).values, { entitlement: 'cluster-edit', for: '3h' });
  assert.deepEqual(asForm(reply).errors, {});
  assert.equal(
    noteOf(reply, 'What it gives'),
    'Change and restart what runs in the namespace default.\ncluster: edit in default',
  );
  assert.match(noteOf(reply, 'How long') ?? '', /^2 hours usually, 8 hours at most\./);
  assert.match(noteOf(reply, 'Approval') ?? '', /^One of the leads of team Shop: Lee Sample/);
  assert.deepEqual(asked(scene), []);
});

test('without a word the form offers what is for oneself, and only that', async () => {
  const scene = createTestContext();

  const reply = await type(scene, 'request');

  const offered = asForm(reply).fields[0]?.choices?.map(({ value }) => value);
  assert.deepEqual(offered, ['cluster-edit', 'cluster-view', 'admin', 'nobody']);
});

test('a lead asks for people of their team, and is asked for whom', async () => {
  const scene = createTestContext();

  const reply = await type(scene, 'request', 'lee');
  await type(scene, `request cluster-edit who=<@U0KIM|kim> ${WHY}`, 'lee');

  const who = asForm(reply).fields.find(({ name }) => name === 'who')?.choices;
  assert.deepEqual(
    who?.map(({ value }) => value),
    ['lee', 'kim', 'sam'],
  );
  assert.partialDeepStrictEqual(asked(scene)[0], { requester: 'lee', beneficiary: 'kim' });
});

for (const [what, text, field, problem] of [
  ['too long', `cluster-edit for=9h ${WHY}`, 'for', /can be had for 8 hours at most/],
  ['no length of time', `cluster-edit for=soon ${WHY}`, 'for', /“soon” is no length of time/],
  ['too short a reason', 'cluster-edit please', 'reason', /at least 10 characters/],
  ['nothing there is', `cluster-edid ${WHY}`, 'entitlement', /Did you mean “cluster-edit”\?/],
  ['not for them', `money ${WHY}`, 'entitlement', /not for you: only for team FinOps/],
  [
    'a dead end',
    `nobody ${WHY}`,
    'entitlement',
    /could never be approved: it takes an approval by Old Sample/,
  ],
  ['a ticket of another shape', `admin ticket=ABC-1 ${WHY}`, 'ticket', /“ABC-1” is no ticket.*OPS-\[0-9\]\+/],
  [
    'nobody there is',
    `cluster-edit who=@nobody ${WHY}`,
    'entitlement',
    /Nobody in the directory is “@nobody”/,
  ],
] as const) {
  test(`what is ${what} is said at its field, and nothing is asked for`, async () => {
    const scene = createTestContext();

    const reply = await type(scene, `request ${text}`);

    assert.match(asForm(reply).errors?.[field] ?? '', problem);
    assert.deepEqual(asked(scene), []);
  });
}

test('nobody asks for somebody they may not ask for, and that is audited', async () => {
  const scene = createTestContext();

  const reply = await type(scene, `request cluster-view who=@noor ${WHY}`);

  assert.match(asForm(reply).errors?.entitlement ?? '', /You may not ask for access for Noor Sample/);
  assert.deepEqual(asked(scene), []);
  assert.partialDeepStrictEqual(scene.audit[0], { action: 'access.refused', subject: 'access.request' });
});

test('what excludes something they have or wait for is refused, whichever of the two says so', async () => {
  const first = createTestContext();
  first.grants.add(activeGrant());
  const second = createTestContext();
  second.grants.add(sampleGrant({ entitlement: { id: 'admin', title: 'Administer Purser', meaning: '' } }));

  const admin = await type(first, `request admin ticket=OPS-1 ${WHY}`);
  const edit = await type(second, `request cluster-edit ${WHY}`);
  const same = await type(first, `request cluster-edit ${WHY}`);

  assert.match(
    asForm(admin).errors?.entitlement ?? '',
    /together with “Edit in the cluster”.*\/access end 3f9a0c1288/,
  );
  assert.match(asForm(edit).errors?.entitlement ?? '', /together with “Administer Purser”/);
  assert.match(
    asForm(same).errors?.entitlement ?? '',
    /You have or wait for this already: \/access show 3f9a0c1288/,
  );
  assert.deepEqual([...asked(first), ...asked(second)], []);
});

test('where approving takes a sign-in and there is none, that is a dead end; with one, it is said', async () => {
  const [edit] = sampleEntitlements();
  assert.ok(edit);
  const approval = edit.approval.map((rule) => ({ ...rule, signIn: true as const }));
  const access = { entitlements: async () => [{ ...edit, approval }] };
  const without = createTestContext({ access });
  const withOne = createTestContext({ access, askToSignIn: async () => 'https://purser.test/sign-in' });

  const refused = asForm(await type(without, `request cluster-edit ${WHY}`));
  const reply = said(await type(withOne, `request cluster-edit ${WHY}`));

  assert.match(refused.errors?.entitlement ?? '', /could never be approved: .* no identity provider/);
  assert.match(reply, /One of the leads of team Shop, with a sign-in: Lee Sample/);
  assert.deepEqual([asked(without).length, asked(withOne).length], [0, 1]);
});

test('what a list still shows and is over stands in nobody’s way', async () => {
  const scene = createTestContext();
  scene.grants.add(activeGrant({ phase: 'ended', end: 'returned' }));
  const { id, beneficiary } = activeGrant();
  scene.context.access.launchers.listGrants = async () => ({
    items: [{ id, beneficiary, entitlement: 'cluster-edit', phase: 'active' }],
    total: 1,
  });

  await type(scene, `request cluster-edit ${WHY}`);

  assert.equal(asked(scene).length, 1);
});

test('the form asks, and puts what is wrong at its fields', async () => {
  const scene = createTestContext();
  const { context } = asForm(await type(scene, 'request cluster-edit'));
  const values = { entitlement: 'cluster-edit', for: '1h', reason: WHY };

  const errors = asErrors(
    await scene.dispatch(
      form(actorOf('kim'), 'access.request', { ...values, for: '9h', reason: '' }, { context }),
    ),
  );
  await scene.dispatch(form(actorOf('kim'), 'access.request', values, { context }));

  assert.deepEqual(Object.keys(errors).sort(), ['for', 'reason']);
  assert.equal(asked(scene).length, 1);
  assert.deepEqual(asked(scene)[0]?.origin, CHANNEL);
});

test('another choice draws the form anew, with what is asked for there and who approves', async () => {
  const scene = createTestContext();
  const { context } = asForm(await type(scene, 'request cluster-edit'));
  const values = { entitlement: 'admin', for: '1h', reason: WHY };

  const redrawn = await scene.dispatch(
    form(actorOf('kim'), 'access.request', values, { context, phase: 'change' }),
  );
  const unseen = await scene.dispatch(
    form(actorOf('kim'), 'access.request', { ...values, ticket: 'OPS-1' }, { context }),
  );
  const seen = asForm(redrawn).context;
  await scene.dispatch(
    form(actorOf('kim'), 'access.request', { ...values, ticket: 'OPS-1' }, { context: seen }),
  );

  assert.deepEqual(fieldsOf(redrawn), ['entitlement', 'for', 'reason', 'ticket']);
  assert.match(noteOf(redrawn, 'Approval') ?? '', /role admin: Ravi Sample/);
  assert.match(asForm(unseen).intro ?? '', /Please look once more/);
  assert.equal(asked(scene).length, 1);
  assert.equal(asked(scene)[0]?.ticket, 'OPS-1');
});

test('where nobody has to approve, the form and the answer say so', async () => {
  const scene = createTestContext();

  const opened = await type(scene, 'request');
  const chosen = await scene.dispatch(
    form(
      actorOf('kim'),
      'access.request',
      { entitlement: 'cluster-view' },
      { context: asForm(opened).context, phase: 'change' },
    ),
  );
  const reply = await type(scene, 'request cluster-view');

  assert.match(noteOf(chosen, 'Approval') ?? '', /Nobody has to approve/);
  assert.match(said(reply), /given at once/);
});

test('whoever there is nothing for reads so', async () => {
  const scene = createTestContext({ access: { entitlements: async () => [] } });

  assert.match(said(await type(scene, 'request')), /nothing you could ask for/);
});

test('the catalogue says how long and by whom, and its button opens the form for it', async () => {
  const scene = createTestContext();

  const list = await type(scene, 'catalogue');
  assert.ok(list?.kind === 'item-list');
  const [edit, view] = list.items;
  const opened = await scene.dispatch(action(actorOf('kim'), 'access.request', view?.action?.payload));

  assert.equal(
    edit?.text,
    'Edit in the cluster (cluster-edit), for 8 hours at most: Change and restart what runs in the namespace default.',
  );
  assert.equal(edit?.detail, 'approved by one of the leads of team Shop, then one of team FinOps');
  assert.equal(view?.detail, 'given at once');
  assert.equal(asForm(opened).values.entitlement, 'cluster-view');
});

test('an outage asks to try again, and loses nothing that was typed', async () => {
  const unavailable = { ok: false, type: 'Unavailable', message: 'no answer' } as const;
  const { context } = createTestContext();
  const launchers = { ...context.access.launchers, startGrant: async () => unavailable };
  const scene = createTestContext({ access: { launchers } });
  const opened = asForm(await type(scene, 'request cluster-edit'));

  const reply = asErrors(
    await scene.dispatch(
      form(
        actorOf('kim'),
        'access.request',
        { entitlement: 'cluster-edit', reason: WHY },
        { context: opened.context },
      ),
    ),
  );

  assert.match(reply[''] ?? '', /Not recorded/);
});

test('help lists what can be typed', async () => {
  const help = (await type(createTestContext(), '')) as HelpView;

  assert.deepEqual(
    help.commands.map(({ usage }) => usage.split(' ')[1] ?? ''),
    ['', 'request', 'catalogue', 'list', 'show', 'extend', 'end'],
  );
});
