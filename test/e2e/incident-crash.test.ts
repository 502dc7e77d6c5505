import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { createIncidentLaunchers } from '../../src/temporal/incident-launchers.ts';
import { openListener } from '../outside/listener.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { readable } from '../support/fake-slack.ts';
import { ALERTS_TOKEN, editYaml, openPurser } from '../support/purser.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import { silentLog } from '../temporal/real-server.ts';
import { assertPostedOnce, watched } from './acts.ts';
import { startCrashingWorker, untilKilled, type Victim } from './crashes.ts';
import {
  alert,
  announcementOf,
  auditOfIncident,
  declare,
  headerOf,
  inc,
  pagesTo,
  postsOf,
  roomOf,
  timelineTexts,
  toldIn,
  untilSetUp,
} from './incident-acts.ts';

/** An incident, and the activity at which the worker is killed. */
interface Doomed extends Victim {
  number: number;
}

const SETTLED_MS = 180_000;

/** Nobody waits for these for longer than some seconds: then they are asked for again. */
const QUICK = ['recordIncident', 'resolveTargets', 'readAlerts', 'findRunbooks', 'auditStep', 'checkHolders'];
const SLOW = [
  'openRoom',
  'dressRoom topic',
  'dressRoom pin',
  'dressRoom bookmarks',
  'dressRoom invite',
  'announceIncident',
  'page',
  'remind claim-lead',
  'sendWebhook trigger',
];
/** Of an incident that is resolved. */
const RESOLVED = ['authorizeIncidentAct resolve', 'tellRooms', 'publishReview', 'sendWebhook resolve'];
/** Of one that is closed as well. */
const CLOSED = ['closeAlerts', 'archiveRoom'];
/** Of one whose alerts are silenced, in a real Alertmanager. */
const SILENCED = ['silenceAlerts'];
/** Of one that is merged into another. */
const MERGED = ['tellIncident'];

const outside = await openListener();
const purser = await watched(
  openPurser({
    incidents(config) {
      config.webhooks = [{ id: 'status', kind: 'generic', url: outside.url, severities: [] }];
      Object.assign(config.timers, { claimLead: '5s', holders: '5s' });
      Object.assign(config.rooms, { archiveAfter: '1s' });
    },
    manifests: writeRunbook,
  }),
);

const manifest = (name: string) => join(purser.env.PURSER_MANIFESTS ?? '', name);

/** Of every incident that is declared here. */
async function writeRunbook(manifests: string): Promise<void> {
  const runbook = {
    apiVersion: 'purser/v1',
    kind: 'Runbook',
    metadata: { name: 'first', version: 1, title: 'First' },
    on: [{ event: 'opened', severities: ['sev2'] }],
    steps: [{ do: 'message', text: 'Look first.' }],
  };
  await mkdir(join(manifests, 'runbooks'));
  await writeFile(join(manifests, 'runbooks/first.yaml'), stringify(runbook));
}

/**
 * As with environments: each incident has an activity of its own, at which the worker is killed twice without warning,
 * before it has done anything, and when it has done everything and nobody knows.
 */
describe('a worker that is killed at every boundary of every activity of an incident', () => {
  let alertmanager: Alertmanager;
  before(async () => {
    const { url } = await purser.startBot();
    const receiver = `${url}/webhooks/alertmanager`;
    alertmanager = await startAlertmanager({ receiver, token: ALERTS_TOKEN, maxAlerts: 100 });
    await editYaml<object>(manifest('incidents.yaml'), (config) => {
      Object.assign(config, { alertmanager: { url: alertmanager.url } });
    });
  });
  after(async () => {
    await alertmanager.stop();
    await outside.close();
  });

  test('goes on from there, with one room, one announcement and one page', async () => {
    const quick = await killTwice(QUICK);
    const slow = await killTwice(SLOW);
    const into = slow[0]?.number ?? 0;
    const ends = [...RESOLVED, ...CLOSED, ...MERGED, ...SILENCED];
    const later = await killTwice(ends, (doomed) => tryToEnd(doomed, into));

    await purser.startWorker();
    for (const doomed of later) await eventually(() => tryToEnd(doomed, into), SETTLED_MS);
    const open = [...quick, ...slow, ...later.filter(({ activity }) => RESOLVED.includes(activity))];
    for (const { number } of open) await assertAsIfNothingHadHappened(number);
    for (const { number } of [...quick, ...slow]) await assertRemindedOnce(number);
    for (const doomed of quick) {
      if (doomed.activity === 'checkHolders') await assertDoubtedOnce(doomed.number);
    }
    for (const doomed of later) {
      if (SILENCED.includes(doomed.activity)) await assertSilencedOnce(doomed.number);
      else if (MERGED.includes(doomed.activity)) await assertMergedOnce(doomed.number, into);
      else if (CLOSED.includes(doomed.activity)) await assertArchivedOnce(doomed.number);
      else await assertResolvedOnce(doomed.number);
    }
    assertPostedOnce(purser);
  });

  /** Two crashes for all of them. */
  async function killTwice(
    activities: string[],
    goOn?: (doomed: Doomed) => Promise<unknown>,
  ): Promise<Doomed[]> {
    const victims = activities.map((activity) => ({ name: titleOf(activity), activity }));
    const doomed: Doomed[] = [];
    for (const when of ['before', 'after'] as const) {
      const worker = await startCrashingWorker(purser, victims, when);
      for (const victim of victims.slice(doomed.length))
        doomed.push({ ...victim, number: await declareOne(victim.activity) });
      await Promise.all([untilKilled(worker), goOnUntil(worker, doomed, goOn)]);
    }
    return doomed;
  }

  /** What nobody has accepted before the crash is lost: people try again. */
  async function goOnUntil(
    worker: PurserProcess,
    doomed: Doomed[],
    goOn: (doomed: Doomed) => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    let gone = false;
    void worker.exited.then(() => {
      gone = true;
    });
    await eventually(async () => {
      if (!gone) await Promise.all(doomed.map(goOn));
      return gone;
    }, SETTLED_MS);
  }

  function titleOf(activity: string): string {
    return `killed at ${activity}`;
  }

  async function declareOne(activity: string): Promise<number> {
    if (activity === 'silenceAlerts') return await declareByAlert(titleOf(activity));
    if (activity === 'checkHolders') return await declareWithHolder(titleOf(activity));
    if (activity !== 'readAlerts') return await declare(purser, `sev2 ${titleOf(activity)}`);
    const annotations = { summary: '' };
    const { incidents } = await alert(purser, {
      alertname: titleOf(activity),
      severity: 'warning',
      annotations,
    });
    return incidents[0] ?? 0;
  }

  async function declareByAlert(alertname: string): Promise<number> {
    const labels = { alertname, severity: 'warning', service: 'shop' };
    await alertmanager.post([{ labels, startsAt: new Date().toISOString() }]);
    return await eventually(async () => {
      const { items } = await purser.store.incidents.list({ limit: 50 });
      return items.find(({ title }) => title.startsWith(alertname))?.number;
    });
  }

  /** Noor takes a role, and leaves. */
  async function declareWithHolder(title: string): Promise<number> {
    const number = await declare(purser, `sev2 ${title}`);
    await inc(purser, `${number} role comms @noor`);
    await editYaml<PlatformConfig>(manifest('platform.yaml'), ({ people }) => {
      for (const person of people) if (person.id === 'noor') person.active = false;
    });
    return number;
  }

  /** By one key: it is taken once, however often nobody has heard that it was. */
  async function trySilence(number: number): Promise<boolean> {
    const launchers = createIncidentLaunchers(purser.temporal, silentLog);
    const act = { kind: 'silence', ms: 7_200_000, comment: 'known' } as const;
    return (await launchers.act(number, { key: 'silence', person: 'kim', act })).ok;
  }

  /** The worker may die over it: then the person is told to try again. Whether it is over now. */
  async function tryToEnd({ activity, number }: Doomed, into: number): Promise<boolean> {
    if (SILENCED.includes(activity)) return await trySilence(number);
    if (MERGED.includes(activity)) return await tryTo(`${number} merge into ${into}`, /merged|is over/);
    const words = 'resolve cause="a full disk" fix="a larger disk"';
    const resolved = await tryTo(`${number} ${words}`, /resolved|closed|is over/);
    if (!resolved || !CLOSED.includes(activity)) return resolved;
    return await tryTo(`${number} close`, /closed|is over/);
  }

  async function tryTo(words: string, done: RegExp): Promise<boolean> {
    const said = await inc(purser, words);
    assert.match(said, new RegExp(`${done.source}|not recorded|working on it`, 'i'));
    return done.test(said);
  }

  async function assertAsIfNothingHadHappened(number: number): Promise<void> {
    const state = await untilSetUp(purser, number, SETTLED_MS);
    const { channel } = roomOf(state);
    const marked = [...purser.slack.workspace.channels.values()].filter(
      ({ purpose = '', name }) =>
        purpose.includes(`${state.number}:${state.requestId}`) || name.startsWith(`inc-${number}-`),
    );
    assert.deepEqual(
      marked.map(({ id }) => id),
      [channel],
    );
    assert.equal(headerOf(purser, state).channel, channel);
    announcementOf(purser, state);
    assert.equal(pagesTo(purser, state, 'U0LEE').length, 1, 'one page a person and round');
    await assertTimeline(state);
    await assertToldOutside(state);
  }

  /** Keys are the numbers of the entries, so none is missing and none is there twice. */
  async function assertTimeline({ number, severity }: IncidentState): Promise<void> {
    await eventually(async () => {
      const { entries } = await purser.incident(number);
      return (await timelineTexts(purser, number)).length === entries;
    });
    const texts = await timelineTexts(purser, number);
    const begun = ['Runbook “First”', 'Say “Look first.”: said'];
    for (const once of [
      'Declared as',
      'Paged level 1',
      'Slack: inc-',
      ...(severity === 'sev2' ? begun : []),
    ]) {
      assert.equal(texts.filter((text) => text.startsWith(once)).length, 1, `${once}: ${texts}`);
    }
  }

  /** A system outside may be told twice of the same, which it knows by its key. */
  async function assertToldOutside({ requestId, status }: IncidentState): Promise<void> {
    const expected = status === 'resolved' ? ['acknowledge', 'resolve', 'trigger'] : ['trigger'];
    await eventually(() => {
      const keys = outside.heard
        .map(({ headers }) => `${headers['idempotency-key']}`)
        .filter((key) => key.startsWith(requestId));
      const events = [...new Set(keys)].map((key) => key.split(':')[1]).sort();
      return `${events}` === `${expected}`;
    });
  }

  async function assertRemindedOnce(number: number): Promise<void> {
    const state = await purser.incident(number);
    const reminders = await eventually(() => {
      const found = postsOf(purser, state, 'reminder:claim-lead:');
      return found.length > 0 && found;
    }, SETTLED_MS);
    assert.equal(reminders.length, 1);
  }

  /** Who has gone is said once, though it is looked at every few seconds. */
  async function assertDoubtedOnce(number: number): Promise<void> {
    const said = await eventually(async () => {
      const texts = await timelineTexts(purser, number);
      const found = texts.filter((text) => text.endsWith('has left.'));
      return found.length > 0 && found;
    }, SETTLED_MS);
    assert.equal(said.length, 1, `${said}`);
  }

  async function assertSilencedOnce(number: number): Promise<void> {
    const { silences } = await eventually(async () => {
      const state = await purser.incident(number);
      return state.silences.length > 0 && state;
    }, SETTLED_MS);
    const made = (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as { id: string }[];
    assert.deepEqual(
      made.map(({ id }) => id),
      silences.map(({ id }) => id),
    );
    assert.equal(made.length, 1);
    const texts = await eventually(async () => {
      const found = (await timelineTexts(purser, number)).filter((text) =>
        /^Silenc(ing|ed until)/.test(text),
      );
      return found.length > 1 && found;
    });
    assert.equal(texts.length, 2, `${texts}`);
  }

  async function assertResolvedOnce(number: number): Promise<void> {
    const state = await purser.incident(number);
    assert.equal(state.status, 'resolved');
    const told = await eventually(() => {
      const said = toldIn(purser, state).filter((text) => text.includes('It is resolved'));
      return said.length > 0 && said;
    });
    assert.equal(told.length, 1);
    const review = await eventually(() => postsOf(purser, state, 'review:')[0], SETTLED_MS);
    assert.match(readable(review), /a full disk/);
    const texts = await timelineTexts(purser, number);
    assert.equal(texts.filter((text) => text.startsWith('Resolved.')).length, 1);
    assert.ok((await auditOfIncident(purser, number)).includes('incident.resolve allowed kim'));
  }

  /** What was still to be said may not have been: its room is archived a second after closing here, not days. */
  async function assertArchivedOnce(number: number): Promise<void> {
    const state = await purser.incident(number);
    const archived = () => purser.slack.workspace.channels.get(roomOf(state).channel)?.isArchived;
    await eventually(() => archived() === true, SETTLED_MS);
    const texts = await timelineTexts(purser, number);
    for (const once of ['Resolved.', 'Closed', 'Rooms archived']) {
      assert.equal(texts.filter((text) => text.startsWith(once)).length, 1, `${once}: ${texts}`);
    }
  }

  async function assertMergedOnce(number: number, into: number): Promise<void> {
    const merged = await eventually(async () => {
      const { links } = await purser.incident(into);
      return links.merged.includes(number) && links.merged;
    }, SETTLED_MS);
    assert.equal(merged.filter((other) => other === number).length, 1);
    const state = await purser.incident(number);
    assert.deepEqual([state.status, state.links.mergedInto], ['closed', into]);
    const told = await timelineTexts(purser, into);
    assert.equal(told.filter((text) => text.includes(`#${number}`)).length, 1, `${told}`);
  }
});
