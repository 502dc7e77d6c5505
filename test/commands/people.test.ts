import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { ItemListView } from '../../src/domain/incident-view-types.ts';
import type { ExplanationView, HelpView } from '../../src/domain/views.ts';
import { activeGrant } from '../support/access-samples.ts';
import { action, actorOf, createTestContext, peopleCommand } from '../support/commands-context.ts';
import { sampleDirectory, sampleState } from '../support/environment-samples.ts';
import { said } from '../support/replies.ts';

function asList(reply: ChatReply): ItemListView {
  assert.equal(reply?.kind, 'item-list', reply?.kind === 'notice' ? said(reply) : undefined);
  return reply as ItemListView;
}

const textsOf = (reply: ChatReply) => asList(reply).items.map(({ text }) => text);

function withManager() {
  const directory = sampleDirectory();
  const people = directory.people.map((one) => (one.id === 'kim' ? { ...one, manager: 'lee' } : one));
  const scene = createTestContext({}, { ...directory, people });
  scene.environments.set('pr-42', sampleState());
  return scene;
}

const WHO_KIM_IS = ['kim@example.test', 'Manager', 'In team Shop'];
const INSIDE = [
  'Chat accounts: slack:T0SAMPLE:U0KIM',
  'Roles in Purser: developer',
  'Environment “pr-42”',
  'sso: may log in, shop',
];

for (const [asker, who] of [
  ['kim', ''],
  ['lee', '<@U0KIM|kim>'],
  ['ravi', 'kim@example.test'],
] as const) {
  test(`${asker} sees all that “${who}” has`, async () => {
    const { dispatch } = withManager();

    const reply = await dispatch(peopleCommand(actorOf(asker), 'user', `show ${who}`));

    assert.deepEqual(textsOf(reply), [...WHO_KIM_IS, ...INSIDE]);
    assert.equal(asList(reply).title, 'Kim Sample (kim)');
  });
}

test('a colleague of another team sees who somebody is, and no system is asked', async () => {
  const { dispatch, done } = withManager();

  const reply = await dispatch(peopleCommand(actorOf('noor'), 'user', 'show Kim Sample'));

  assert.deepEqual(textsOf(reply), [...WHO_KIM_IS, 'Environment “pr-42”']);
  assert.match(asList(reply).intro ?? '', /for themselves, their team leads and administrators/);
  assert.deepEqual(done, []);
});

test('what somebody has for a while is shown to those who may know', async () => {
  const { dispatch, grants } = withManager();
  grants.add(activeGrant());
  const show = async (who: string) =>
    textsOf(await dispatch(peopleCommand(actorOf(who), 'user', 'show kim')));

  for (const who of ['kim', 'lee', 'ravi']) {
    assert.ok((await show(who)).includes('Edit in the cluster (3f9a0c1288)'));
  }
  assert.doesNotMatch((await show('noor')).join(), /3f9a0c1288/);
});

test('systems that cannot be read hide nothing else', async () => {
  const { dispatch } = createTestContext({
    people: { readHoldings: () => Promise.reject(new Error('Temporal is down')) },
  });

  const reply = await dispatch(peopleCommand(actorOf('kim'), 'user', 'show'));

  assert.equal(textsOf(reply)[0], 'kim@example.test');
  assert.match(textsOf(reply).at(-1) ?? '', /could not be read now/);
});

test('one system that does not answer is named beside the others', async () => {
  const { dispatch } = createTestContext({
    people: {
      readHoldings: async () => [
        { system: 'sso', trouble: 'does not answer now' },
        { system: 'cluster', holdings: [{ kind: 'group', group: 'edit', scope: 'default' }] },
        { system: 'github', holdings: [] },
      ],
    },
  });

  const reply = await dispatch(peopleCommand(actorOf('kim'), 'user', 'show me'));

  assert.deepEqual(textsOf(reply).slice(-3), [
    'sso does not answer now. Ask again in a moment.',
    'cluster: edit in default',
    'github: nothing',
  ]);
});

test('of two people of one name neither is shown', async () => {
  const { dispatch } = createTestContext();

  const nobody = await dispatch(peopleCommand(actorOf('kim'), 'user', 'show nobody'));
  const twice = await dispatch(peopleCommand(actorOf('kim'), 'user', 'show @'));

  assert.match(said(nobody), /Nobody in the directory is “nobody”/);
  assert.match(said(twice), /Nobody in the directory is “@”/);
});

test('explain says which rule answers, by whose it is', async () => {
  const { dispatch } = createTestContext();

  const kim = await dispatch(peopleCommand(actorOf('noor'), 'user', 'explain @kim env.delete'));
  const ravi = await dispatch(peopleCommand(actorOf('kim'), 'user', 'explain ravi env.delete'));

  assert.deepEqual(
    (kim as ExplanationView).lines.map(({ question, answer, rule }) => [question, answer, rule]),
    [
      ['Their own', 'yes', 'owners-look-after'],
      ['Of others in team Shop', 'no', 'default-deny'],
      ['Of anybody else', 'no', 'default-deny'],
    ],
  );
  assert.partialDeepStrictEqual((ravi as ExplanationView).lines, [{ answer: 'yes', rule: 'administrators' }]);
});

test('what is no permission is said, with what was meant', async () => {
  const { dispatch } = createTestContext();
  const say = (text: string) => dispatch(peopleCommand(actorOf('kim'), 'user', text));

  assert.match(said(await say('explain @kim env.delet')), /Did you mean env\.delete\?/);
  assert.match(said(await say('explain @kim zzzzzz')), /There are env\.help, /);
  assert.match(said(await say('explain')), /Name somebody and a permission/);
});

test('teams are listed with who leads them, and shown by id, by title and by button', async () => {
  const { dispatch, environments } = createTestContext();
  environments.set('pr-42', sampleState());
  const say = (text: string) => dispatch(peopleCommand(actorOf('noor'), 'team', text));

  const list = asList(await say('list'));
  const shown = [
    await say('show shop'),
    await say('show Shop'),
    await dispatch(action(actorOf('noor'), 'team.show', list.items[0]?.action?.payload)),
  ];

  assert.deepEqual(
    list.items.map(({ text, detail, people }) => [text, detail, people?.map(({ id }) => id)]),
    [
      ['Shop (shop)', '4 people, led by', ['lee']],
      ['FinOps (finops)', '1 person, led by', ['noor']],
      ['Platform (platform)', '1 person, led by', ['ravi']],
    ],
  );
  for (const team of shown) {
    const people = asList(team).items.map(({ text, struck }) => (struck ? `(${text})` : text));
    assert.deepEqual(people, [
      'Lee Sample, lead',
      'Kim Sample',
      'Sam Sample',
      '(Old Sample)',
      'Environment “pr-42”',
    ]);
  }
});

test('one’s own team needs no name, and a slip is understood', async () => {
  const { dispatch } = createTestContext();
  const say = (text: string) => dispatch(peopleCommand(actorOf('kim'), 'team', text));

  assert.equal(asList(await say('show')).title, 'Team Shop (shop)');
  assert.match(said(await say('show shpo')), /Did you mean “shop”\?/);
  assert.match(said(await say('show zzzzzzzz')), /The teams are shop, finops and platform/);
});

test('help lists what can be typed', async () => {
  const { dispatch } = createTestContext();

  for (const name of ['user', 'team'] as const) {
    const help = (await dispatch(peopleCommand(actorOf('kim'), name, ''))) as HelpView;
    assert.ok(help.commands.length > 2);
    assert.ok(help.commands.every(({ usage }) => usage.startsWith(`/${name}`)));
  }
});
