import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { CHANNEL, openPurser } from '../support/purser.ts';
import { answered, atWork } from './acts.ts';
import { assertHarmless, HOSTILE } from './hostile-words.ts';
import {
  alert,
  fillIn,
  headerOf,
  inc,
  numberIn,
  pagesTo,
  postsOf,
  roomOf,
  toldIn,
  untilIncident,
  untilShown,
  untilUsable,
} from './incident-acts.ts';

const COMMANDS = [
  (text: string) => text,
  (text: string) => `show ${text}`,
  (text: string) => `list ${text}`,
  (text: string) => `oncall ${text}`,
  (text: string) => `stats ${text}`,
  (text: string) => `export ${text}`,
  (text: string) => `update ${text}`,
  (text: string) => `task ${text} owner=${text}`,
  (text: string) => `role ${text} ${text}`,
  (text: string) => `page ${text} ${text}`,
  (text: string) => `link ${text}`,
  (text: string) => `declare sev9 ${text} service=${text}`,
];

const purser = await atWork(openPurser());

describe('hostile words in incidents', { timeout: 300_000 }, () => {
  test('in every command: an answer within 3 s, and nothing else', async () => {
    const { slack } = purser;

    for (const text of Object.values(HOSTILE)) {
      for (const command of COMMANDS) {
        const delivered = await slack.command('U0KIM', CHANNEL, command(text), '/inc');
        assert.equal(delivered.status, 200);
        assert.ok(delivered.tookMs < 3_000);
      }
    }

    assert.equal((await purser.temporal.workflow.count("WorkflowType = 'incident'")).count, 0);
    assert.deepEqual(slack.workspace.messages, []);
    assertHarmless(slack.workspace);
    assertNothingFailed();
  });

  test('as a title: the room has a name that Slack takes, and the cards show it as text', async () => {
    const { slack } = purser;
    const said: string[] = [];
    for (const text of Object.values(HOSTILE)) said.push(await inc(purser, `sev4 ${text.slice(0, 100)}`));
    const declared = said.filter((text) => /is declared/.test(text)).map(numberIn);
    const states = await Promise.all(declared.map((number) => untilUsable(purser, number)));

    assert.ok(declared.length >= 10, said.join('\n'));
    const names = states.map((state) => slack.workspace.channels.get(roomOf(state).channel)?.name ?? '');
    for (const name of names) assert.match(name, /^inc-\d+[a-z0-9-]{0,70}$/);
    assert.equal(new Set(names).size, names.length);
    assertHarmless(slack.workspace);
    assertNothingFailed();
  });

  test('in everything people say and alerts bring: text, wherever it is shown', async () => {
    const { slack } = purser;
    const { '3,001 characters': _long, 'a quotation without end': _open, ...short } = HOSTILE;
    const words = Object.values(short);
    const all = words.join(' ');
    const label = words.join(' ').slice(0, 400);
    const { incidents } = await alert(purser, {
      alertname: 'click here <!channel>',
      instance: label,
      severity: 'warning',
      labels: { pod: label },
      annotations: { summary: label, description: all },
    });
    const number = incidents[0] ?? 0;
    const state = await untilUsable(purser, number);
    const { channel } = roomOf(state);
    const room = slack.workspace.channels.get(channel);
    await eventually(() => room?.members.includes('U0LEE'));
    room?.members.push('U0KIM');

    const typed = `"${all.replaceAll('"', "'")}"`;
    await inc(purser, `update ${typed} impact=${typed}`, { channel });
    await inc(purser, `status mitigating ${typed}`, { channel });
    await inc(purser, `task ${typed}`, { channel });
    await inc(purser, `note ${typed}`, { channel });
    await inc(purser, `page lee ${typed}`, { channel });
    await inc(purser, `rename ${typed.slice(0, 100)}"`, { channel });
    await inc(purser, `summary ${typed}`, { channel });
    const header = () => headerOf(purser, state);
    await fillIn(purser, 'U0KIM', header(), 'Severity…', { severity: 'sev2', reason: label });
    const message = await slack.say('U0LEE', channel, all);
    await slack.react('U0LEE', message, 'pushpin');
    for (const look of ['show', 'timeline', 'tasks', 'catchup', 'escalations', 'export', 'review']) {
      const shown = await answered(purser, 'U0KIM', () => slack.command('U0KIM', channel, look, '/inc'));
      assert.ok(readable(shown).length > 0, look);
    }
    await fillIn(purser, 'U0KIM', header(), 'Resolve…', { cause: all, fix: all });
    await untilIncident(purser, number, ({ status }) => status === 'resolved');
    await eventually(() => postsOf(purser, state, 'review:').length > 0);
    await eventually(() => toldIn(purser, state).some((text) => text.includes('It is resolved')));

    await untilShown(header, /click here/);
    assert.ok(pagesTo(purser, state, 'U0LEE').some((page) => readable(page).includes('click here')));
    assertHarmless(slack.workspace);
    assertNothingFailed();
  });

  function assertNothingFailed(): void {
    const failures = purser
      .output()
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"/.test(line));
    assert.deepEqual(failures, []);
  }
});
