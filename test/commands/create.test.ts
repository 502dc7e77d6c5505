import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EnvironmentInput } from '../../src/domain/environments.ts';
import { action, actorOf, CHANNEL, command, createTestContext, form } from '../support/commands-context.ts';
import { sampleDirectory, sampleState } from '../support/environment-samples.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const DRAFT = { template: 'dev', name: 'pr-42', team: 'shop', size: 's', postgres: true };

test('a complete command plans, keeps the plan, audits and starts, in that order', async () => {
  const { context, dispatch, done, plans } = createTestContext();
  const order: string[] = [];
  const { append } = context.audit;
  context.audit.append = async (event) => {
    order.push(event.action);
    await append(event);
  };
  const { startEnvironment } = context.launchers;
  context.launchers.startEnvironment = async (input) => {
    order.push(plans.has(input.digest) ? 'start with plan' : 'start without plan');
    return startEnvironment(input);
  };

  const reply = await dispatch(command(actorOf('kim'), 'create dev pr-42 size=m'));

  assert.equal(
    said(reply),
    'Requested “pr-42”. Its card is in this channel.\nNobody has to approve, so it is being built.',
  );
  assert.deepEqual(order, ['environment.request', 'start with plan']);
  const input = done[0]?.input as EnvironmentInput;
  assert.deepEqual(input.parameters, { name: 'pr-42', team: 'shop', size: 'm', postgres: true });
  assert.deepEqual(input.origin, CHANNEL);
  assert.deepEqual(input.secretKeys, ['DATABASE_URL']);
  assert.deepEqual(input.urls, [{ key: 'APP_URL', url: 'https://pr-42.env.localhost' }]);
});

test('what is missing is asked for in a form, prefilled with what was given and a name to start from', async () => {
  const { dispatch, done } = createTestContext();

  const form = asForm(await dispatch(command(actorOf('kim'), 'create dev size=m')));

  assert.deepEqual(form.values, {
    template: 'dev',
    name: 'kim-dev',
    team: 'shop',
    size: 'm',
    postgres: true,
  });
  assert.deepEqual(form.errors, {});
  assert.deepEqual(
    form.fields.filter((field) => field.redraws).map((field) => field.name),
    ['template', 'team', 'size', 'postgres'],
  );
  assert.deepEqual(form.fields.find(({ name }) => name === 'team')?.choices, [
    { value: 'shop', label: 'Shop' },
  ]);
  assert.deepEqual(done, []);
});

test('the name to start from is none the person has', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('kim-dev', sampleState({ name: 'kim-dev' }));

  const form = asForm(await dispatch(action(actorOf('kim'), 'environment.request', { template: 'dev' })));

  assert.equal(form.values.name, 'kim-dev-2');
});

test('the form says before the button what will be created, for how long, what is left and who approves', async () => {
  const { dispatch, places } = createTestContext();
  places.perOwner.taken = 1;
  places.perTeam.taken = 5;

  const form = asForm(await dispatch(command(actorOf('kim'), 'create dev size=l')));

  assert.deepEqual(form.notes, [
    {
      label: 'Approval',
      text: 'Size l is approved by team FinOps: Noor Sample, within 4 hours.',
    },
    {
      label: 'Lives for',
      text: '7 days from when it is ready, then it is deleted. You are told 1 day before.',
    },
    { label: 'Places left', text: 'you 2 of 3, Shop 15 of 20' },
    { label: 'Will be created', text: 'Space: Namespace env-kim-dev' },
  ]);
});

test('another choice redraws the notes and keeps what was filled in', async () => {
  const { dispatch } = createTestContext();
  const change = form(
    actorOf('kim'),
    'environment.create',
    { ...DRAFT, size: 'l' },
    {
      phase: 'change',
      context: { origin: JSON.stringify(CHANNEL) },
    },
  );

  const reply = await dispatch(change);

  assert.equal(reply?.kind, 'update-form');
  const redrawn = asForm(reply);
  assert.equal(redrawn.values.name, 'pr-42');
  assert.match(redrawn.notes.find(({ label }) => label === 'Approval')?.text ?? '', /Noor Sample/);
  assert.deepEqual(JSON.parse(redrawn.context.origin ?? ''), CHANNEL);
});

test('a wrong value on the command line opens the form with the error at its field', async () => {
  const { dispatch } = createTestContext();

  const opened = asForm(await dispatch(command(actorOf('kim'), 'create dev pr-42 size=xl colour=red')));

  assert.deepEqual(opened.errors, { size: 's, m or l' });
  assert.equal(opened.intro, 'colour: is not a parameter');
});

test('a submitted form with errors keeps them at their fields', async () => {
  const { dispatch, done } = createTestContext();

  const errors = asErrors(
    await dispatch(
      form(actorOf('kim'), 'environment.create', { ...DRAFT, name: 'NO', size: 'xl', extra: 'x' }),
    ),
  );

  assert.deepEqual(errors, { name: 'no name', size: 's, m or l', template: 'extra: is not a parameter' });
  assert.deepEqual(done, []);
});

test('a template nobody knows suggests the nearest, and a broken one says what is wrong with it', async () => {
  const { dispatch } = createTestContext();

  const unknown = said(await dispatch(command(actorOf('kim'), 'create dve')));
  const broken = said(await dispatch(command(actorOf('kim'), 'create broken')));

  assert.match(unknown, /There is no template “dve”. Did you mean “dev”\?/);
  assert.match(broken, /platform team mends it: a placeholder names nothing/);
});

test('a taken name says whose it is and offers one that is free', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState({ requester: 'lee' }));
  environments.set('pr-42-2', sampleState({ name: 'pr-42-2', requester: 'lee' }));

  const errors = asErrors(await dispatch(form(actorOf('kim'), 'environment.create', DRAFT)));
  const opened = asForm(await dispatch(command(actorOf('kim'), 'create dev pr-42')));

  assert.deepEqual(errors, { name: 'The name “pr-42” belongs to Lee Sample. “pr-42-3” is free.' });
  assert.deepEqual(opened.errors, errors);
});

test('no place left is said before anything is started, with what to do and whom to ask for more', async () => {
  const own = createTestContext();
  own.places.perOwner.taken = 3;
  const team = createTestContext();
  team.places.perTeam.taken = 20;

  const submitted = asNotice(await own.dispatch(form(actorOf('kim'), 'environment.create', DRAFT)));
  const typed = asNotice(await own.dispatch(command(actorOf('kim'), 'create dev pr-42')));
  const ofTeam = asNotice(await team.dispatch(form(actorOf('kim'), 'environment.create', DRAFT)));

  assert.match(said(submitted), /^You have 3 of 3 environments of “dev”.*\nDelete one .*\/env list mine/);
  assert.deepEqual(typed, submitted);
  assert.match(said(ofTeam), /^Shop has 20 of 20 .*whoever asked.*\nDelete one .*\/env list team=shop/);
  assert.deepEqual(submitted.actions, [
    {
      actionId: 'quota.ask',
      label: 'Ask for one more…',
      payload: { limit: 'perOwner', template: 'dev', team: 'shop' },
    },
  ]);
  assert.equal(ofTeam.actions?.[0]?.payload.limit, 'perTeam');
  assert.deepEqual([own.done, team.done], [[], []]);
});

test('whoever has as many environments as anybody may have is told so, whatever the template', async () => {
  const { dispatch, done, places } = createTestContext();
  places.inAll.taken = 10;

  const opened = asForm(await dispatch(command(actorOf('kim'), 'create dev')));
  const reply = asNotice(await dispatch(form(actorOf('kim'), 'environment.create', DRAFT)));

  assert.match(JSON.stringify(opened.notes), /you 0 of 3/);
  assert.match(said(reply), /^You have 10 of 10 environments: .*\nDelete one .*\/env list mine/);
  assert.equal(reply.actions?.[0]?.payload.limit, 'inAll');
  assert.deepEqual(done, []);
});

test('what is granted on top counts, and the form says until when', async () => {
  const { dispatch, done, places } = createTestContext();
  places.perOwner = { taken: 3, granted: 1, until: '2026-05-01T10:00:00.000Z' };
  places.perTeam = { taken: 4, granted: 2, until: '2026-04-08T10:00:00.000Z' };
  places.inAll = { taken: 10, granted: 2, until: '2026-05-01T10:00:00.000Z' };

  const opened = asForm(await dispatch(command(actorOf('kim'), 'create dev')));
  const reply = await dispatch(command(actorOf('kim'), 'create dev pr-42'));

  const left = opened.notes.find(({ label }) => label === 'Places left')?.text;
  assert.equal(
    left,
    'you 1 of 4 (1 granted until 2026-05-01 10:00 UTC), Shop 18 of 22 (2 granted, the first until 2026-04-08 10:00 UTC)',
  );
  assert.match(said(reply), /^Requested “pr-42”/);
  assert.equal(done.length, 1);
});

test('a request that nobody could approve is refused at once', async () => {
  const { dispatch, done } = createTestContext();

  const errors = asErrors(
    await dispatch(form(actorOf('noor'), 'environment.create', { ...DRAFT, team: 'finops', size: 'l' })),
  );

  assert.match(
    errors.template ?? '',
    /never be approved\. Size l is approved by team FinOps.*besides you nobody could/,
  );
  assert.deepEqual(done, []);
});

test('a second account of the requester does not make an approver', async () => {
  const directory = sampleDirectory();
  const noor = directory.people.find(({ id }) => id === 'noor');
  noor?.accounts.push({ platform: 'teams', tenantId: 'tenant', aadObjectId: 'noor-in-teams' });
  const { dispatch, done } = createTestContext({}, directory);

  const errors = asErrors(
    await dispatch(form(actorOf('noor'), 'environment.create', { ...DRAFT, team: 'finops', size: 'l' })),
  );

  assert.match(errors.template ?? '', /besides you nobody could/);
  assert.deepEqual(done, []);
});

test('nobody creates for a team of others, and somebody without a team is told what to do', async () => {
  const directory = sampleDirectory();
  for (const team of directory.teams) team.members = team.members.filter((id) => id !== 'kim');
  const outsider = createTestContext({}, directory);
  const member = createTestContext();

  const none = asNotice(await outsider.dispatch(command(actorOf('kim'), 'create')));
  const others = asErrors(
    await member.dispatch(form(actorOf('kim'), 'environment.create', { ...DRAFT, team: 'finops' })),
  );

  assert.match(none.text, /no team you may create one for/);
  assert.match(none.details?.join() ?? '', /You are a member of no team\. Ask the platform team/);
  assert.equal(others.team, 'not one of your teams');
  assert.deepEqual([outsider.done, member.done], [[], []]);
});

const HOSTILE = [
  'a: {b: [c]}\n- &x *x',
  '<!channel> <@U0RAVI> <https://evil.example|click>',
  '*bold* `code` ~gone~',
  'x'.repeat(3_001),
  '\u202eelppa\u202c\u2066',
  `\${{ generate.password }}`,
  '__proto__',
  '\u0000',
];

for (const hostile of HOSTILE) {
  test(`${JSON.stringify(hostile.slice(0, 30))} in any field is an error at a field, or a value like any other`, async () => {
    for (const field of ['template', 'name', 'team', 'size', 'note', hostile]) {
      const { dispatch, done, plans } = createTestContext();
      const values = { ...DRAFT, [field]: hostile };

      const reply = await dispatch(form(actorOf('kim'), 'environment.create', values));

      if (reply?.kind === 'form-errors') {
        const fields = ['template', 'name', 'team', 'size', 'postgres', 'note'];
        assert.ok(Object.keys(reply.errors).every((name) => fields.includes(name)));
        assert.deepEqual(done, []);
        continue;
      }
      // A key that would reach the prototype is dropped at the edge; only the note is free text.
      assert.ok(field === 'note' || field === '__proto__');
      assert.equal([...plans.values()][0]?.parameters.note, field === 'note' ? hostile : undefined);
    }
  });
}

test('no command line makes creating fail', async () => {
  const { dispatch } = createTestContext();
  const kinds = fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (typed) => {
    const reply = await dispatch(command(actorOf('kim'), `create dev ${typed}`));
    assert.notEqual(reply, undefined);
    if (reply?.kind === 'notice') assert.doesNotMatch(reply.text, /wrong on our side/);
  });

  await fc.assert(kinds, { numRuns: 200 });
});

test('what the form has not shown is shown before it is requested', async () => {
  const { dispatch, done } = createTestContext();
  const kim = actorOf('kim');
  const opened = asForm(await dispatch(command(kim, 'create dev size=s')));
  const submit = (values: typeof DRAFT, context: Record<string, string>) =>
    dispatch(form(kim, 'environment.create', values, { context }));

  const redrawn = await submit({ ...DRAFT, name: 'pr-43', size: 'l' }, opened.context);

  assert.equal(redrawn?.kind, 'update-form');
  assert.equal(done.length, 0);
  const shown = asForm(redrawn);
  assert.equal(shown.values.size, 'l');
  assert.match(shown.notes[0]?.text ?? '', /FinOps/);
  const reply = await submit({ ...DRAFT, name: 'pr-43', size: 'l' }, shown.context);
  assert.equal(reply?.kind, 'notice');
  assert.equal(done.length, 1);
});
