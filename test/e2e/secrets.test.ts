import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Client } from 'pg';
import { readable } from '../support/fake-slack.ts';
import { openPurser } from '../support/purser.ts';
import { actionsOf, answered, create, secretOf, untilCard, watched } from './acts.ts';

const EVERYTHING = { LOG_LEVEL: 'trace' };

const purser = await watched(openPurser());

describe('secrets', () => {
  before(async () => {
    await Promise.all([purser.startBot(EVERYTHING), purser.startWorker(EVERYTHING)]);
  });

  test('are in the cluster and in the form that reveals them, and nowhere else', async () => {
    const { slack } = purser;
    const name = purser.newName();
    await create(purser, `dev ${name}`);
    const card = await untilCard(purser, name, 'is ready');
    const [postgres, artifacts] = await Promise.all([
      secretOf(purser, name, 'postgres'),
      secretOf(purser, name, 'artifacts'),
    ]);
    await slack.click('U0KIM', card, 'environment.reveal');
    const modal = await slack.until(() => slack.modalOf('U0KIM'));
    await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', card, 'environment.reveal'));
    const question = await answered(purser, 'U0KIM', () => slack.click('U0KIM', card, 'environment.delete'));
    await slack.click('U0KIM', question, 'environment.delete-confirmed');
    assert.deepEqual(actionsOf(await untilCard(purser, name, 'was deleted')), []);

    const canaries = {
      'the database password': postgres.password,
      'the registry password': artifacts.password,
      'the registry’s own secret': artifacts.httpSecret,
      'the bot token': slack.config.botToken,
      'the signing secret': slack.config.inbound.signingSecret,
    };
    const places = {
      histories: await histories(),
      logs: purser.output(),
      messages: JSON.stringify([slack.workspace.messages, slack.workspace.privates]),
      'audit rows': JSON.stringify(await purser.auditRows()),
      database: await wholeDatabase(),
      metrics: await metrics(),
    };

    // A search that finds nothing proves something only where there is something to be found.
    assert.ok(readable(modal.view).includes(canaries['the database password'] ?? 'missing'));
    for (const place of ['histories', 'messages', 'audit rows', 'database'] as const) {
      assert.ok(places[place].includes(name), `${place} do not even have the name`);
    }
    assert.match(places.logs, /"level":"(debug|trace)"|"requestId"/);
    for (const [what, canary] of Object.entries(canaries)) {
      assert.ok(canary !== undefined && canary.length >= 15, what);
      for (const [place, text] of Object.entries(places)) {
        const forms = [canary, Buffer.from(canary).toString('base64'), encodeURIComponent(canary)];
        assert.ok(!forms.some((form) => text.includes(form)), `${what} is in the ${place}`);
      }
    }
  });

  /** All of them, payloads decoded, search attributes and memos included. */
  async function histories(): Promise<string> {
    const texts: string[] = [];
    for await (const { workflowId, runId } of purser.temporal.workflow.list()) {
      const handle = purser.temporal.workflow.getHandle(workflowId, runId);
      texts.push(asText([await handle.fetchHistory(), (await handle.describe()).raw]));
    }
    return texts.join('\n');
  }

  async function wholeDatabase(): Promise<string> {
    const client = new Client({ connectionString: purser.env.DATABASE_URL });
    await client.connect();
    try {
      const { rows } = await client.query<{ tablename: string }>(
        "select tablename from pg_tables where schemaname = 'public'",
      );
      const tables: unknown[] = [];
      for (const { tablename } of rows)
        tables.push((await client.query(`select * from "${tablename}"`)).rows);
      return JSON.stringify(tables);
    } finally {
      await client.end();
    }
  }

  async function metrics(): Promise<string> {
    const answers = await Promise.all(purser.processes().map(({ url }) => fetch(`${url}/metrics`)));
    return (await Promise.all(answers.map((answer) => answer.text()))).join('\n');
  }
});

function asText(value: unknown): string {
  return JSON.stringify(value, (_key, item) => {
    const bytes =
      item instanceof Uint8Array ? item : item?.type === 'Buffer' ? Uint8Array.from(item.data) : undefined;
    return bytes === undefined ? item : Buffer.from(bytes).toString('utf8');
  });
}
