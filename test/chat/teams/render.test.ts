import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { LIMITS } from '../../../src/chat/teams/limits.ts';
import type { FormContext } from '../../../src/chat/teams/render/form.ts';
import { renderTeams, type TeamsDialog, type TeamsMessage } from '../../../src/chat/teams/render/index.ts';
import { launchedCard, launcherCard } from '../../../src/chat/teams/render/launcher.ts';
import { accountKey } from '../../../src/domain/refs.ts';
import type { ApprovalView, View } from '../../../src/domain/views.ts';
import { cardProblems } from '../../support/adaptive-cards.ts';
import { buttonsOf, readable } from '../../support/fake-teams.ts';
import { approval, kim, lee, noor } from '../sample-things.ts';
import { sampleViews } from '../sample-views.ts';

/** `TEST_UPDATE_GOLDEN=1 node --test test/chat/teams/render.test.ts` writes the golden files anew: then read the diff. */
const update = process.env.TEST_UPDATE_GOLDEN === '1';
const folder = new URL('../../fixtures/teams/views/', import.meta.url);
mkdirSync(folder, { recursive: true });

const HANDLES = new Map(
  [kim, lee, noor].flatMap(({ id, accounts }) =>
    accounts.map((account) => [accountKey(account), `29:${id}`] as const),
  ),
);
const IN_CHANNEL: FormContext = {
  dialogs: true,
  personal: false,
  handles: HANDLES,
  surface: 'message',
  nonce: 'nonce-1',
  seal: () => 'seal-1',
};
const ALONE: FormContext = { ...IN_CHANNEL, personal: true };
const DIALOG: FormContext = { ...ALONE, surface: 'dialog' };
const PLAYGROUND: FormContext = { ...ALONE, dialogs: false };

function draw(view: View, context: FormContext): TeamsMessage | TeamsDialog {
  const render = renderTeams as (view: View, context: FormContext) => TeamsMessage | TeamsDialog;
  return render(
    view,
    view.kind === 'form' || view.kind === 'credentials' ? { ...context, surface: 'dialog' } : context,
  );
}

function golden(name: string, drawn: object): void {
  const file = new URL(`${name}.json`, folder);
  const json = JSON.parse(JSON.stringify(drawn)) as object;
  if (update) writeFileSync(file, `${JSON.stringify(json, undefined, 2)}\n`);
  assert.deepEqual(json, JSON.parse(readFileSync(file, 'utf8')));
}

for (const [name, view] of Object.entries(sampleViews as Record<string, View>)) {
  test(`${name} is drawn as its golden file, which is a valid card`, () => {
    const drawn = draw(view, IN_CHANNEL);

    golden(name, drawn);
    assert.deepEqual(cardProblems(drawn.card), []);
  });
}

const VARIANTS: Record<string, TeamsMessage | TeamsDialog> = {
  'approval-open-personal': draw(approval, ALONE),
  'approval-open-without-dialogs': draw(approval, PLAYGROUND),
  'approval-open-strangers': draw(approval, { ...IN_CHANNEL, handles: new Map() }),
  'environment-list-dialog': draw(sampleViews['environment-list'], DIALOG),
  'form-inline': renderTeams(sampleViews.form, PLAYGROUND),
  'launcher-sent': launchedCard(sampleViews.form),
  launcher: launcherCard(sampleViews.form, { kind: 'command', command: 'env', text: 'create dev' }),
};

for (const [name, drawn] of Object.entries(VARIANTS)) {
  test(`${name} is drawn as its golden file, which is a valid card`, () => {
    golden(name, drawn);
    assert.deepEqual(cardProblems(drawn.card), []);
  });
}

test('every kind of view has a golden file', () => {
  const kinds = new Set(Object.values(sampleViews).map(({ kind }) => kind));

  assert.equal(kinds.size, 22);
});

test('in a channel only an approver’s own card has buttons, and up to sixty get it unasked', () => {
  const people = Array.from({ length: 70 }, (_, at) => ({
    ...lee,
    id: `lee-${at}`,
    accounts: [{ platform: 'teams' as const, tenantId: 'tenant', aadObjectId: `aad-${at}` }],
  }));
  const handles = new Map(people.map(({ id, accounts }) => [accounts.map(accountKey).join(), `29:${id}`]));
  const view: ApprovalView = { ...approval, audience: { people, show: audienceOf(approval).show } };

  const { card } = renderTeams(view, { ...IN_CHANNEL, handles });
  const few = renderTeams(approval, IN_CHANNEL).card;

  assert.equal(card.refresh?.userIds.length, LIMITS.refreshUsers);
  assert.deepEqual(
    card.actions?.map(({ title }) => title),
    ['Show my buttons'],
  );
  assert.deepEqual(few.refresh?.userIds, ['29:noor', '29:lee']);
  assert.equal(few.actions, undefined);
});

test('with one person alone the buttons are simply there', () => {
  const { card } = renderTeams(approval, ALONE);

  assert.deepEqual(
    card.actions?.map(({ title }) => title),
    ['Approve', 'Deny…'],
  );
  assert.equal(card.refresh, undefined);
});

test('what opens a dialog is executed where none can be opened', () => {
  const deny = (context: FormContext) => renderTeams(approval, context).card.actions?.[1];

  assert.deepEqual(
    [ALONE, PLAYGROUND, DIALOG].map((context) => deny(context)?.type),
    ['Action.Submit', 'Action.Execute', 'Action.Submit'],
  );
  assert.match(JSON.stringify(deny(ALONE)), /"msteams":\{"type":"task\/fetch"\}/);
  assert.doesNotMatch(JSON.stringify(deny(DIALOG)), /task\/fetch/);
});

test('final cards have no buttons and say who, when and why', () => {
  const drawn = JSON.stringify(draw(sampleViews['environment-denied'], IN_CHANNEL));

  assert.ok(!drawn.includes('"actions"'));
  assert.ok(drawn.includes('Noor Sample'));
  assert.ok(drawn.includes('{{DATE(2026-'));
  assert.ok(drawn.includes('Size m is enough'));
});

test('a form that came back shows what was typed, and each error at its field', () => {
  const values = { ...sampleViews.form.values, name: 'Not A Name' };
  const errors = { name: 'Small letters only.', '': 'Not recorded.' };

  const { card } = renderTeams({ ...sampleViews.form, values, errors }, DIALOG);

  const texts = card.body.map((element) => JSON.stringify(element));
  const input = texts.findIndex((text) => text.includes('"id":"name"'));
  assert.match(texts[input] ?? '', /"value":"Not A Name"/);
  assert.match(texts[input + 1] ?? '', /Small letters only/);
  assert.ok(texts.findIndex((text) => text.includes('Not recorded.')) < input);
});

test('figures come with their picture where it fits, and are whole without it', () => {
  const stats = sampleViews['incident-stats'];
  const image = (png: string, context: FormContext) =>
    renderTeams({ ...stats, picture: { png, alt: 'By week' } }, context).card.body.find(
      ({ type }) => type === 'Image',
    );
  const large = 'A'.repeat(40_000);

  assert.partialDeepStrictEqual(image('AAAA', ALONE), {
    url: 'data:image/png;base64,AAAA',
    altText: 'By week',
  });
  assert.equal(image(large, ALONE), undefined);
  assert.ok(image(large, DIALOG));
  for (const drawn of [draw(stats, ALONE), renderTeams({ ...stats, picture: undefined }, ALONE)])
    assert.ok(JSON.stringify(drawn).includes('12, of which 2 are open'));
});

test('every promise in time of an incident is on its card', () => {
  const shown = readable(draw(sampleViews['incident-open'], IN_CHANNEL).card);

  assert.match(
    shown,
    /Next update due \{\{DATE\(2026-11-23T10:50:00Z.*\nby Lee Sample, then Kim Sample is asked/,
  );
  assert.match(shown, /no answer yet from Noor Sample, next Kim Sample\nNext \{\{DATE\(2026-11-23T10:25:00Z/);
});

test('a room of Teams can be opened from an announcement and from a page', () => {
  const [, room] = sampleViews['incident-announcement'].rooms;
  assert.ok(room);
  const channel = {
    ...room.conversation,
    conversationId: '19:inc-142@thread.tacv2',
    groupId: 'group',
  } as typeof room.conversation;
  const rooms = [room, { ...room, conversation: channel, name: 'inc-142' }];

  for (const name of ['incident-announcement', 'page'] as const) {
    const opened = buttonsOf(draw({ ...sampleViews[name], rooms }, ALONE).card);
    assert.deepEqual(
      opened.flatMap(({ url }) => url ?? []),
      [
        'https://teams.microsoft.com/l/message/19%3Aincidents%40thread.tacv2/1?tenantId=tenant',
        'https://teams.microsoft.com/l/channel/19%3Ainc-142%40thread.tacv2/inc-142?tenantId=tenant&groupId=group',
      ],
    );
  }
});

test('commands are spelled as they are typed in Teams', () => {
  const notice = { kind: 'notice', tone: 'info', text: 'Type /incident list, /inc or /env list.' } as const;

  const shown = readable(draw(notice, ALONE).card);

  assert.match(shown, /Type incident list, inc or env list\./);
});

test('the judge refuses what is no card', () => {
  const card = VARIANTS.launcher?.card ?? {};
  const text = { type: 'TextBlock', text: 'x' };

  const passed = [
    { ...card, version: '1.6' },
    { ...card, body: [{ type: 'Marquee', text: 'x' }] },
    { ...card, body: [{ ...text, surprise: 1 }] },
    { ...card, body: [{ ...text, color: 'pink' }] },
    {
      ...card,
      body: [
        { type: 'Input.Text', id: 'a' },
        { type: 'Input.Text', id: 'a' },
      ],
    },
    { ...card, body: [{ ...text, text: 'x'.repeat(25_000) }] },
    { ...card, refresh: { action: { type: 'Action.Execute', title: 'x' }, userIds: Array(61).fill('29:x') } },
  ].filter((wrong) => cardProblems(wrong).length === 0);

  assert.deepEqual(passed, []);
});

function audienceOf(view: ApprovalView): NonNullable<ApprovalView['audience']> {
  assert.ok(view.audience);
  return view.audience;
}
