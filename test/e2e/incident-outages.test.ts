import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import { freePort } from '../../src/local/ports.ts';
import { createProgress } from '../../src/local/progress.ts';
import { startTemporalServer, type TemporalServer } from '../../src/local/temporal-server.ts';
import { TOOLS } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';
import { actUpdate } from '../../workflows/incidents/messages.ts';
import { eventually } from '../support/eventually.ts';
import { openPurser, type Purser } from '../support/purser.ts';
import { openPurserInTeams, PEOPLE, type PurserInTeams } from '../support/purser-in-teams.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import { postgresUrl, purserHome } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { assertPostedOnce } from './acts.ts';
import {
  alert,
  announcementOf,
  declare,
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

describe('an incident whose servers go away', { timeout: 600_000 }, () => {
  let purser: Purser;
  let database: TcpProxy;
  let bot: PurserProcess;

  before(async () => {
    database = await startTcpProxy(new URL(postgresUrl()).host);
    purser = await openPurser({ databaseVia: database.address });
    [bot] = await Promise.all([purser.startBot(), purser.startWorker()]);
  });
  after(async () => {
    const { problems } = purser.slack;
    await purser.close();
    await database.close();
    assert.deepEqual(problems, []);
  });

  test('Slack answers with errors only: everything is caught up with in order', async () => {
    purser.slack.fail('*', { kind: 'http', status: 500 }, FAILING_CALLS);

    const number = await declareByAlert('CheckoutDown');
    await sayInOrder(number);

    await assertCaughtUp(number);
  });

  test('Slack is out of reach: everything is caught up with in order', async () => {
    purser.slack.goDown();

    const number = await declareByAlert('SearchDown');
    await sayInOrder(number);
    await untilIncident(purser, number, ({ resources }) =>
      resources.some(({ id, note }) => id === 'room:slack' && note !== undefined),
    );
    purser.slack.comeUp();

    await assertCaughtUp(number);
  });

  test('the database is out of reach: nothing that happened is missing from the timeline', async () => {
    const number = await declareByAlert('LoginDown');
    database.cut();
    await assert.rejects(sayInOrder(number, 'of what nobody may say'));
    await eventually(() => purser.output().includes('the incident could not be recorded'));
    database.restore();
    await sayInOrder(number);

    const { entries } = await assertCaughtUp(number);
    await eventually(async () => (await timelineTexts(purser, number)).length >= entries);
    const texts = await timelineTexts(purser, number);
    assert.equal(new Set(texts).size, texts.length, `${texts}`);
  });

  test('the bot is killed while alerts come in: those that are sent again are no other incident', async () => {
    const firing = { alertname: 'MailDown', severity: 'warning', startsAt: new Date().toISOString() };
    const lost = alert(purser, firing).catch(() => undefined);
    await Promise.race([lost, eventually(async () => (await numbersOf('MailDown')).length > 0)]);
    bot.signal('SIGKILL');
    await lost;
    bot = await purser.startBot();

    const { incidents } = await alert(purser, firing);

    const state = await untilSetUp(purser, incidents[0] ?? 0, CATCHES_UP_MS);
    assert.equal(state.alerts?.total, 1);
    assert.deepEqual(await numbersOf('MailDown'), [state.number]);
    assertPostedOnce(purser);
  });

  async function declareByAlert(alertname: string): Promise<number> {
    const { incidents } = await alert(purser, { alertname, severity: 'warning' });
    return incidents[0] ?? 0;
  }

  async function numbersOf(alertname: string): Promise<number[]> {
    const { items } = await purser.store.incidents.list({ limit: 100 });
    return items.filter(({ title }) => title.startsWith(alertname)).map(({ number }) => number);
  }

  async function sayInOrder(number: number, what = 'update'): Promise<void> {
    for (const key of [`first ${what}`, `second ${what}`]) {
      await purser.temporal.workflow.getHandle(incidentWorkflowId(number)).executeUpdate(actUpdate, {
        args: [{ key, person: 'kim', act: { kind: 'update', what: key } }],
      });
    }
  }

  async function assertCaughtUp(number: number) {
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
    assertPostedOnce(purser);
    return state;
  }
});

/** A server of its own, which keeps what it has on disk as that of `npm start` does. */
describe('an incident whose Temporal is restarted', { timeout: 300_000 }, () => {
  let directory: string;
  let temporal: TemporalServer;
  let startOwn: () => Promise<TemporalServer>;
  let purser: Purser;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'purser-restarts-'));
    const tools = await prepareTools({
      specs: TOOLS.filter(({ name }) => name === 'temporal'),
      home: purserHome(),
      searchPath: (process.env.PATH ?? '').split(delimiter),
      progress: createProgress(process.stderr),
    });
    const port = await freePort();
    startOwn = () =>
      startTemporalServer({
        binary: tools.temporal,
        port,
        databaseFile: join(directory, 'temporal.db'),
        logDirectory: join(directory, 'logs'),
      });
    temporal = await startOwn();
    purser = await openPurser({ temporal: temporal.address });
    await Promise.all([purser.startBot(), purser.startWorker()]);
  });
  after(async () => {
    await purser.close();
    await temporal.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('goes on where it was', async () => {
    const number = await declare(purser, 'sev2 checkout is slow');

    await temporal.stop();
    temporal = await startOwn();

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    announcementOf(purser, state);
    headerOf(purser, state);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
    assertPostedOnce(purser);
  });
});

describe('an incident while one of two chat platforms is down', { timeout: 600_000 }, () => {
  let purser: PurserInTeams;

  before(async () => {
    purser = await openPurserInTeams();
    await Promise.all([purser.startBot(), purser.startWorker()]);
  });
  after(async () => {
    const { problems } = purser.slack;
    const teamsProblems = purser.teams.problems;
    await purser.close();
    assert.deepEqual([...problems, ...teamsProblems], []);
  });

  test('Slack: the page goes by Teams, the timeline says so, and Slack catches up', async () => {
    purser.slack.goDown();

    const { incidents } = await alert(purser, { alertname: 'CheckoutDown', severity: 'warning' });
    const [number = 0] = incidents;
    await eventually(() => pagesInTeams('CheckoutDown').length === 1, CATCHES_UP_MS);
    await untilInTimeline(number, /^\u2068lee\u2069 was paged, but Slack did not take it/);
    purser.slack.comeUp();

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    announcementOf(purser, state);
    headerOf(purser, state);
    assert.equal(pagesInTeams('CheckoutDown').length, 1);
    assert.deepEqual(pagesTo(purser, state, 'U0LEE'), []);
    assertPostedOnce(purser);
  });

  test('Teams: the page goes by Slack, the timeline says so, and Teams catches up', async () => {
    purser.teams.goDown();

    const { incidents } = await alert(purser, { alertname: 'SearchDown', severity: 'warning' });
    const [number = 0] = incidents;
    await untilInTimeline(number, /^\u2068lee\u2069 was paged, but Teams did not take it/);
    purser.teams.comeUp();

    const state = await untilSetUp(purser, number, CATCHES_UP_MS);
    assert.deepEqual(state.rooms.map(({ platform }) => platform).sort(), ['slack', 'teams']);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1);
    assert.deepEqual(pagesInTeams('SearchDown'), []);
    assertPostedOnce(purser);
  });

  function pagesInTeams(alertname: string) {
    return purser.teams
      .directMessages(PEOPLE.lee)
      .filter((message) => JSON.stringify(message).includes(alertname));
  }

  async function untilInTimeline(number: number, text: RegExp): Promise<void> {
    await eventually(
      async () => (await timelineTexts(purser, number)).some((entry) => text.test(entry)),
      CATCHES_UP_MS,
    );
  }
});
