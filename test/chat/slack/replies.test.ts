import assert from 'node:assert/strict';
import test from 'node:test';
import { isSlackUrl } from '../../../src/chat/slack/replies.ts';
import type { DocumentView, IncidentStatsView } from '../../../src/domain/incident-view-types.ts';
import type { NoticeView } from '../../../src/domain/views.ts';
import { readable } from '../../support/fake-slack.ts';
import { startHarness } from './harness.ts';

const ASK: NoticeView = {
  kind: 'notice',
  tone: 'info',
  text: 'Ask',
  actions: [{ actionId: 'environment.show', label: 'Show', payload: { name: 'pr-42' } }],
};
const to = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0GENERAL' } as const;

test('an answer goes to Slack and to nobody else who names an address', () => {
  const REFUSED = [
    'http://hooks.slack.com/x',
    'https://hooks.slack.com.evil.test/x',
    'https://hooks.slack.com@evil.test/x',
    'https://user:word@hooks.slack.com/x',
    'https://hooks.slack.com:8443/x',
    'http://169.254.169.254/latest',
    'http://localhost:3000/x',
    'file:///etc/passwd',
    'not an address',
  ];

  assert.ok(isSlackUrl('https://hooks.slack.com/commands/T0/1/x', undefined));
  assert.deepEqual(
    REFUSED.filter((url) => isSlackUrl(url, undefined)),
    [],
  );
});

test('a Slack of another address is answered there, under any loopback name', () => {
  const local = 'http://127.0.0.1:4000/api/';

  assert.ok(isSlackUrl('http://localhost:4000/_hooks/response/1', local));
  assert.ok(!isSlackUrl('http://localhost:4001/_hooks/response/1', local));
  assert.ok(!isSlackUrl('http://10.0.0.1:4000/x', local));
  assert.ok(isSlackUrl('https://slack.example.test/hooks/1', 'https://slack.example.test/api/'));
});

test('where no address to answer to is left, the answer is a private message, then a direct one', async (t) => {
  const { slack, adapter, answer } = await startHarness(t);
  slack.addChannel({ id: 'C0PUBLIC', name: 'public', members: ['U0KIM'] });
  await adapter.post(to, ASK, 'here');
  await adapter.post({ ...to, channelId: 'C0PUBLIC' }, ASK, 'there');
  const [here] = slack.messagesIn('C0GENERAL');
  const [there] = slack.messagesIn('C0PUBLIC');
  assert.ok(here && there);
  answer(async () => {
    for (const url of slack.workspace.responseUrls.values()) url.left = 0;
    return { ...ASK, text: 'The answer' };
  });

  await slack.click('U0KIM', here, 'environment.show');
  await slack.until(() => slack.privateTo('U0KIM').some(({ text }) => text.includes('The answer')));
  await slack.click('U0KIM', there, 'environment.show');
  await slack.until(() => slack.directMessages('U0KIM').some(({ text }) => text.includes('The answer')));

  assert.deepEqual(slack.problems, []);
});

test('what a form proposes counts where a client sends nothing for a needed field, and only there', async (t) => {
  const { slack, requests } = await startHarness(t);
  const option = { text: { type: 'plain_text', text: 'l' }, value: 'l' };
  const input = (block_id: string, optional: boolean, element: object) => ({
    type: 'input',
    block_id,
    optional,
    element,
  });

  await slack.deliver('form', {
    type: 'view_submission',
    team: { id: 'T0SAMPLE' },
    user: { id: 'U0KIM', team_id: 'T0SAMPLE' },
    trigger_id: '1',
    view: {
      id: 'V1',
      type: 'modal',
      callback_id: 'environment.create',
      private_metadata: 'not what we wrote',
      blocks: [
        input('name', false, { initial_value: 'pr-42' }),
        input('size', false, { initial_option: option }),
        input('postgres', false, { initial_option: { ...option, value: 'true' } }),
        input('note', true, { initial_value: 'cleared by the person' }),
      ],
      state: {
        values: {
          name: { field: { type: 'plain_text_input', value: null } },
          size: { field: { type: 'static_select', selected_option: null } },
          postgres: { flag: { type: 'static_select', selected_option: null } },
          note: { field: { type: 'plain_text_input', value: null } },
        },
      },
    },
  });

  assert.partialDeepStrictEqual(requests[0], { kind: 'form', phase: 'submit', context: {} });
  assert.deepEqual(requests[0]?.kind === 'form' && requests[0].values, {
    name: 'pr-42',
    size: 'l',
    postgres: true,
  });
});

const DOCUMENT: DocumentView = {
  kind: 'document',
  title: '#142 “Checkout is down”',
  name: 'incident-142.md',
  content: `# Incident 142\n${'A line.\n'.repeat(500)}`,
};

test('a document is answered with its beginning, and comes whole as a file, once', async (t) => {
  const { slack, answer } = await startHarness(t);
  answer(DOCUMENT);

  await slack.command('U0KIM', 'C0GENERAL', '142 export', '/inc');
  const [file] = await slack.until(
    () => slack.workspace.files.some(({ channel }) => channel) && slack.workspace.files,
  );

  assert.partialDeepStrictEqual(file, { name: DOCUMENT.name, title: DOCUMENT.title, channel: 'D0U0KIM' });
  assert.equal(file?.content.toString(), DOCUMENT.content);
  const [told] = slack.privateTo('U0KIM');
  assert.match(readable(told ?? { blocks: [] }), /Incident 142[\s\S]*incident-142\.md[\s\S]*direct message/);
  assert.equal(slack.workspace.files.length, 1);
  assert.deepEqual(slack.problems, []);
});

test('figures come with their picture, whichever way the answer takes', async (t) => {
  const { slack, adapter, answer } = await startHarness(t);
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const stats: IncidentStatsView = {
    kind: 'incident-stats',
    title: 'Incidents of the last 30 days',
    facts: [{ label: 'Incidents', value: '12' }],
    picture: { png, alt: 'Incidents by week and severity' },
  };
  await adapter.post(to, ASK, 'card');
  const [card] = slack.messagesIn('C0GENERAL');
  assert.ok(card);
  answer(stats);

  await slack.click('U0KIM', card, 'environment.show');
  await slack.until(() => slack.workspace.files.some(({ channel }) => channel === 'D0U0KIM'));
  answer({ ...stats, picture: undefined });
  await slack.click('U0KIM', card, 'environment.show');
  await adapter.stop();

  const [file, ...others] = slack.workspace.files;
  assert.equal(file?.content.toString('base64'), png);
  assert.equal(file?.title, 'Incidents by week and severity');
  assert.deepEqual(others, []);
  assert.equal(slack.privateTo('U0KIM').length, 2);
});

test('a file that Slack does not take is said, and the answer stands', async (t) => {
  const { slack, answer } = await startHarness(t);
  answer(DOCUMENT);
  const faults = [
    ['files.getUploadURLExternal', { kind: 'rate-limited', retryAfter: 9 }],
    ['upload', { kind: 'http', status: 500 }],
    ['files.completeUploadExternal', { kind: 'error', error: 'internal_error' }],
  ] as const;

  for (const [method, fault] of faults) {
    slack.workspace.privates.length = 0;
    slack.fail(method, fault);
    await slack.command('U0KIM', 'C0GENERAL', '142 export', '/inc');
    await slack.until(() => slack.privateTo('U0KIM').length === 2);

    const [answered, lost] = slack.privateTo('U0KIM').map((told) => readable(told));
    assert.match(answered ?? '', /Incident 142/);
    assert.match(lost ?? '', /did not take the file/);
  }
});

test('an answer that cannot be drawn is still an answer', async (t) => {
  const { slack, answer } = await startHarness(t);
  const payload = { name: 'x'.repeat(2_001) };
  answer({ ...ASK, actions: [{ actionId: 'environment.show', label: 'Show', payload }] });

  const delivered = await slack.command('U0KIM', 'C0GENERAL', 'show');

  assert.equal(delivered.status, 200);
  assert.match(slack.privateTo('U0KIM')[0]?.text ?? '', /could not be shown/);
});
