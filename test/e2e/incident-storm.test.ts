import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import { actUpdate, alertsChangedSignal } from '../../workflows/incidents/messages.ts';
import { eventually } from '../support/eventually.ts';
import { ALERTS_TOKEN, openPurser } from '../support/purser.ts';
import { assertPostedOnce, atWork, create, untilPhase } from './acts.ts';
import { botOf } from './incident-acts.ts';

const ALERTS = 5_000;
/** Fewer than are answered at a time, each of which is answered at the next turn, a second apart. */
const SENDERS = 150;
const SIGNALS = 500;
const SIGNAL_EVERY_MS = 20;
const MAX_MESSAGES = 20;
const MAX_EVENTS = 400;

const { EventType } = proto.temporal.api.enums.v1;
/** Itself, and a workflow task that takes it. */
const EVENTS_A_SIGNAL = 4;

const purser = await atWork(openPurser());

describe('a storm of alerts', () => {
  test('5,000 in one go are one incident with few messages, and others are served meanwhile', async () => {
    const name = purser.newName();

    const storm = sendAll(ALERTS);
    const said = await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    await untilPhase(purser, name, 'ready');
    const numbers = await storm;

    assert.match(said, /Requested/);
    assert.deepEqual([...numbers], [1]);
    const state = await eventually(async () => {
      const now = await purser.incident(1);
      return now.alerts?.total === ALERTS && now;
    });
    assert.equal(state.alerts?.firing, ALERTS);
    assert.deepEqual((await purser.store.incidents.list({ limit: 10 })).total, 1);
    const messages = purser.slack.workspace.messages.filter(({ text }) => !text.includes(name));
    assert.ok(messages.length <= MAX_MESSAGES, `${messages.length} messages`);
    assertPostedOnce(purser);
    const { all, signals } = await eventsOf(1);
    const beside = all - signals * EVENTS_A_SIGNAL;
    assert.ok(beside < MAX_EVENTS, `${all} events with ${signals} signals`);
  });

  test('50 signals a second are each taken, and whoever does something is answered', async () => {
    const handle = purser.temporal.workflow.getHandle(incidentWorkflowId(1));
    const earlier = await eventsOf(1);

    const signalling = signalAtPace(handle);
    const began = performance.now();
    const act = {
      key: 'storm-note',
      person: 'kim',
      act: { kind: 'update', what: 'Still looking.' },
    } as const;
    await handle.executeUpdate(actUpdate, { args: [act] });
    const tookMs = performance.now() - began;
    await signalling;

    assert.ok(tookMs < 3_000, `an update took ${tookMs} ms`);
    assert.equal((await purser.incident(1)).update.last?.what, 'Still looking.');
    const later = await eventsOf(1);
    assert.equal(later.signals - earlier.signals, SIGNALS);
    const beside = later.all - earlier.all - SIGNALS * EVENTS_A_SIGNAL;
    assert.ok(beside < MAX_EVENTS, `${beside} events beside those of signals`);
  });

  /** On time, however long each of them takes. */
  async function signalAtPace(handle: WorkflowHandle): Promise<void> {
    const sent: Promise<void>[] = [];
    const began = performance.now();
    while (sent.length < SIGNALS) {
      const due = Math.floor((performance.now() - began) / SIGNAL_EVERY_MS);
      while (sent.length < Math.min(due, SIGNALS)) sent.push(handle.signal(alertsChangedSignal));
      await delay(SIGNAL_EVERY_MS);
    }
    await Promise.all(sent);
  }

  /** As monitoring does: what is answered 503 is sent again. The numbers of the incidents it belongs to. */
  async function sendAll(count: number): Promise<Set<number>> {
    const numbers = new Set<number>();
    let next = 0;
    const sender = async () => {
      while (next < count) {
        const at = next++;
        const taken = await eventually(() => send(at), 60_000);
        for (const number of taken) numbers.add(number);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    return numbers;
  }

  async function send(at: number): Promise<number[] | undefined> {
    const response = await fetch(`${botOf(purser).url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ALERTS_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', alerts: [alertOf(at)] }),
    });
    const answer = (await response.json()) as { incidents: number[] };
    if (response.status === 503) return undefined;
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.incidents;
  }

  function alertOf(at: number) {
    return {
      status: 'firing',
      labels: { alertname: 'PodsGone', severity: 'critical', service: 'shop', instance: `pod-${at}` },
      annotations: { summary: 'pods are gone' },
      startsAt: '2026-01-01T00:00:00Z',
      fingerprint: `storm-${at}`,
    };
  }

  async function eventsOf(number: number): Promise<{ all: number; signals: number }> {
    const { events } = await purser.temporal.workflow.getHandle(incidentWorkflowId(number)).fetchHistory();
    const types = (events ?? []).map(({ eventType }) => eventType);
    const { EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: signaled } = EventType;
    return { all: types.length, signals: types.filter((type) => type === signaled).length };
  }
});
