import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { freePort } from '../../src/local/ports.ts';
import { createProgress } from '../../src/local/progress.ts';
import { startTemporalServer, type TemporalServer } from '../../src/local/temporal-server.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { actUpdate } from '../../workflows/incidents/messages.ts';
import { eventually } from '../support/eventually.ts';
import { openPurser, type Purser } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, type PurserInTeams } from '../support/purser-in-teams.ts';
import { postgresUrl, purserHome } from '../support/stack.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { atWork } from './acts.ts';
import {
  alert,
  announcementOf,
  headerOf,
  headerText,
  pagesTo,
  timelineTexts,
  toldIn,
  untilIncident,
  untilSetUp,
  untilShown,
} from './incident-acts.ts';

const CATCHES_UP_MS = 180_000;
/** Of any method: several rounds of everything. */
const FAILING_CALLS = 25;

/** They mostly wait for the next try, so they go on beside each other; not all of them, since starting a Purser is work. */
describe('an incident whose servers go away', { concurrency: 3, timeout: 600_000 }, () => {
  test('Slack answers with errors only: everything is caught up with in order', async (t) => {
    const purser = await atWork(openPurser(), t);
    purser.slack.fail('*', { kind: 'http', status: 500 }, FAILING_CALLS);

    const number = await declareByAlert(purser, 'CheckoutDown');
    await sayInOrder(purser, number);

    await assertCaughtUp(purser, number);
  });

  test('Slack is out of reach: everything is caught up with in order', async (t) => {
    const purser = await atWork(openPurser(), t);
    purser.slack.goDown();

    const number = await declareByAlert(purser, 'SearchDown');
    await sayInOrder(purser, number);
    await untilIncident(purser, number, ({ resources }) =>
      resources.some(({ id, note }) => id === 'room:slack' && note !== undefined),
    );
    purser.slack.comeUp();

    await assertCaughtUp(purser, number);
  });

  test('the database is out of reach: nothing that happened is missing from the timeline', async (t) => {
    const database = await startTcpProxy(new URL(postgresUrl()).host);
    t.after(() => database.close());
    const purser = await atWork(openPurser({ databaseVia: database.address }), t);
    const number = await declareByAlert(purser, 'LoginDown');
    database.cut();
    await assert.rejects(sayInOrder(purser, number, 'of what nobody may say'));
    await eventually(() => purser.output().includes('the incident could not be recorded'));
    database.restore();
    await sayInOrder(purser, number);

    const { entries } = await assertCaughtUp(purser, number);
    await eventually(async () => (await timelineTexts(purser, number)).length >= entries);
    const texts = await timelineTexts(purser, number);
    assert.equal(new Set(texts).size, texts.length, `${texts}`);
  });

  test('Temporal is restarted: it goes on where it was', async (t) => {
    const startTemporal = await ownTemporal(t);
    const temporal = await startTemporal();
    const purser = await atWork(openPurser({ temporal: temporal.address }), t);
    const number = await declareByAlert(purser, 'StockDown');

    await temporal.stop();
    await startTemporal();

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    announcementOf(purser, state);
    headerOf(purser, state);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
  });

  test('one of two chat platforms is down: the page goes by the other, and it catches up', async (t) => {
    const purser = await atWork(openPurserInTeams(), t);

    await t.test('Slack: the page goes by Teams, and the timeline says so', async () => {
      purser.slack.goDown();
      const number = await declareByAlert(purser, 'CheckoutDown');
      await eventually(() => pagesInTeams(purser, 'CheckoutDown').length === 1, CATCHES_UP_MS);
      await untilInTimeline(purser, number, /^\u2068lee\u2069 was paged, but Slack did not take it/);
      purser.slack.comeUp();

      const state = await untilSetUp(purser, number, CATCHES_UP_MS);
      announcementOf(purser, state);
      headerOf(purser, state);
      assert.equal(pagesInTeams(purser, 'CheckoutDown').length, 1);
      assert.deepEqual(pagesTo(purser, state, 'U0LEE'), []);
    });

    await t.test('Teams: the page goes by Slack, and the timeline says so', async () => {
      purser.teams.goDown();
      const number = await declareByAlert(purser, 'SearchDown');
      await untilInTimeline(purser, number, /^\u2068lee\u2069 was paged, but Teams did not take it/);
      purser.teams.comeUp();

      const state = await untilSetUp(purser, number, CATCHES_UP_MS);
      assert.deepEqual(state.rooms.map(({ platform }) => platform).sort(), ['slack', 'teams']);
      assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
      assert.deepEqual(pagesInTeams(purser, 'SearchDown'), []);
    });
  });
});

/** By monitoring, which nobody has to answer in time. */
async function declareByAlert(purser: Purser, alertname: string): Promise<number> {
  const { incidents } = await alert(purser, { alertname, severity: 'warning' });
  return incidents[0] ?? 0;
}

async function sayInOrder(purser: Purser, number: number, what = 'update'): Promise<void> {
  for (const key of [`first ${what}`, `second ${what}`]) {
    await purser.temporal.workflow.getHandle(incidentWorkflowId(number)).executeUpdate(actUpdate, {
      args: [{ key, person: 'kim', act: { kind: 'update', what: key } }],
    });
  }
}

async function assertCaughtUp(purser: Purser, number: number): Promise<IncidentState> {
  const state = await untilSetUp(purser, number, CATCHES_UP_MS);
  await untilShown(() => headerText(purser, state), /second update/);
  const told = await eventually(() => {
    const said = toldIn(purser, state).filter((text) => / update/.test(text));
    return said.length === 2 && said;
  }, CATCHES_UP_MS);
  assert.match(`${told[0]}`, /first update/);
  assert.match(`${told[1]}`, /second update/);
  announcementOf(purser, state);
  headerOf(purser, state);
  assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
  return state;
}

function pagesInTeams({ teams }: PurserInTeams, alertname: string) {
  return teams.directMessages(PEOPLE.lee).filter((message) => JSON.stringify(message).includes(alertname));
}

async function untilInTimeline(purser: Purser, number: number, text: RegExp): Promise<void> {
  await eventually(
    async () => (await timelineTexts(purser, number)).some((entry) => text.test(entry)),
    CATCHES_UP_MS,
  );
}

/** Starts a server of its own, again and again, which keeps what it has on disk as that of `npm start` does. */
async function ownTemporal(t: TestContext): Promise<() => Promise<TemporalServer>> {
  const directory = await mkdtemp(join(tmpdir(), 'purser-restarts-'));
  let server: TemporalServer | undefined;
  t.after(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const tools = await prepareTools({
    specs: TOOLS.filter(({ name }) => name === 'temporal'),
    home: purserHome(),
    searchPath: (process.env.PATH ?? '').split(delimiter),
    progress: createProgress(process.stderr),
  });
  const port = await freePort();
  return async () => {
    server = await startTemporalServer({
      binary: tools.temporal,
      port,
      databaseFile: join(directory, 'temporal.db'),
      logDirectory: join(directory, 'logs'),
    });
    return server;
  };
}
