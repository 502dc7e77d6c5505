import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';

import { openPurser, type Purser } from '../support/purser.ts';
import { type PurserProcess, spawnPurser } from '../support/purser-process.ts';
import { assertPostedOnce } from './acts.ts';
import {
  announcementOf,
  auditOfIncident,
  headerOf,
  headerText,
  pagesTo,
  postsOf,
  roomOf,
  toldIn,
  untilIncident,
  untilSetUp,
  untilShown,
} from './incident-acts.ts';

const CATCHES_UP_MS = 180_000;

describe('incidents while chat is down', { timeout: 600_000 }, () => {
  let purser: Purser;
  let bot: PurserProcess;
  let kim: string;
  let lee: string;

  before(async () => {
    purser = await openPurser();
    [bot] = await Promise.all([purser.startBot(), purser.startWorker()]);
    [kim, lee] = [await issueTo('kim'), await issueTo('lee')];
  });
  after(async () => {
    const { problems } = purser.slack;
    await purser.close();
    assert.deepEqual(problems, []);
  });

  test('declared, answered, updated and resolved by HTTP: on recovery chat reads it once, in order, with its times', async () => {
    purser.slack.goDown();
    const { text, incident: number = 0 } = await ask(kim, 'sev2 checkout is down');
    assert.match(text, /is declared/);
    await untilIncident(purser, number, ({ escalations }) =>
      escalations.some(({ pages }) => pages.length > 0),
    );
    await ask(lee, `${number} ack`);
    await ask(lee, `${number} claim lead`);
    await ask(lee, `${number} update rolled back half of it`);
    await ask(lee, `${number} update rolled back all of it`);
    await ask(lee, `${number} resolve cause="bad release" fix="rolled back"`);
    const shown = await ask(kim, `show ${number}`);
    assert.match(
      shown.text,
      /· resolved\n[\s\S]*Lead: Lee Sample[\s\S]*Cause: bad release\nFix: rolled back/,
    );
    assert.deepEqual(postsOf(purser, await purser.incident(number)), []);

    purser.slack.comeUp();

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    await untilShown(() => headerText(purser, state), /resolved/);
    headerOf(purser, state);
    announcementOf(purser, state);
    const told = await eventually(() => {
      const lines = toldIn(purser, state).filter((line) => /rolled back (half|all)|bad release/.test(line));
      return lines.length >= 3 && lines;
    }, CATCHES_UP_MS);
    assert.equal(told.length, 3, told.join('\n'));
    assert.match(`${told[0]}`, /half/);
    assert.match(`${told[1]}`, /all/);
    assert.match(`${told[2]}`, /bad release/);
    const timeline = await purser.store.incidents.timeline(number);
    for (const [line, words] of [
      [told[0], 'half'],
      [told[1], 'all of it'],
    ] as const) {
      const at = timeline.find(({ kind, text: said }) => kind === 'update' && said.includes(words))?.at;
      assert.ok(`${line}`.includes(`<!date^${Math.floor(Date.parse(`${at}`) / 1_000)}^`), `${line} at ${at}`);
    }
    assert.ok(pagesTo(purser, state, 'U0LEE').length <= 1);
    assert.match(roomOf(state).channel, /^C/);
    assertPostedOnce(purser);
    const audited = await auditOfIncident(purser, number);
    assert.ok(audited.includes('incident.declare intended kim'), audited.join('\n'));
    assert.equal((await purser.auditRows()).filter(({ action }) => action === 'token.use').length, 7);
  });

  test('the bot is killed and its answer lost: the same key finds the same incident', async () => {
    const key = randomUUID();
    const before = (await declared()).length;
    const lost = post(kim, 'sev3 search is slow', key).catch(() => undefined);
    await eventually(async () => (await declared()).length > before);
    bot.signal('SIGKILL');
    await lost;
    bot = await purser.startBot();

    const answer = await eventually(async () => {
      const response = await post(kim, 'sev3 search is slow', key);
      return response.status === 200 && ((await response.json()) as { incident: number });
    });

    await untilSetUp(purser, answer.incident, CATCHES_UP_MS);
    assert.equal((await declared()).length, before + 1);
    assertPostedOnce(purser);
  });

  test('a terminal says the same, and refuses with a code', async () => {
    const listed = await run('src/incident-cli.ts', ['list', 'all'], kim);
    const drill = await run(
      'src/incident-cli.ts',
      ['drill', 'sev3', 'mail "is" slow', 'summary=seen by all'],
      kim,
    );
    const wrong = await run('src/incident-cli.ts', ['rezolve'], kim);
    const nobody = await run('src/incident-cli.ts', ['list'], `purser_${'x'.repeat(43)}`);

    assert.equal(listed.code, 0);
    assert.match(listed.output, /#1 checkout is down · /);
    assert.equal(drill.code, 0, drill.output);
    const [, number] = /#(\d+) is declared/.exec(drill.output) ?? [];
    const state = await purser.incident(Number(number));
    assert.partialDeepStrictEqual(state, { title: 'mail "is" slow', summary: 'seen by all', drill: true });
    assert.deepEqual([wrong.code, nobody.code], [1, 1]);
    assert.match(wrong.output, /Did you mean \/incident resolve\?/);
    assert.match(nobody.output, /Send a token of yours/);
  });

  test('a token that was revoked opens nothing from that moment on', async () => {
    const token = await issueTo('ravi');
    const [newest] = await purser.store.tokens.list();
    assert.equal((await post(token, 'list')).status, 200);

    const revoked = await run('src/token-cli.ts', ['revoke', `${newest?.id}`]);

    assert.equal(revoked.code, 0, revoked.output);
    assert.equal((await post(token, 'list')).status, 401);
  });

  /** As an operator does it; the token, as it is shown that once. */
  async function issueTo(person: string): Promise<string> {
    const { code, output } = await run('src/token-cli.ts', ['issue', person, '1h']);
    assert.equal(code, 0, output);
    const [token] = /purser_\S{43}/.exec(output) ?? [];
    assert.ok(token !== undefined);
    return token;
  }

  async function run(entry: string, words: string[], token?: string) {
    const env = {
      ...purser.env,
      PURSER_URL: bot?.url ?? '',
      ...(token === undefined ? {} : { PURSER_TOKEN: token }),
    };
    const child = await spawnPurser({ entry, args: words, env });
    const { code } = await child.exited;
    return { code, output: child.output() };
  }

  /** Asks again with the same key while it is told to, as every client should. */
  async function ask(token: string, text: string): Promise<{ text: string; incident?: number }> {
    const key = randomUUID();
    const response = await eventually(async () => {
      const answer = await post(token, text, key);
      return answer.status !== 503 && answer;
    });
    const answer = (await response.json()) as { text: string; incident?: number };
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  function post(token: string, text: string, key = randomUUID()): Promise<Response> {
    return fetch(`${bot.url}/incidents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
      body: JSON.stringify({ text }),
    });
  }

  async function declared() {
    return (await purser.auditRows()).filter(({ action }) => action === 'incident.declare');
  }
});
