/**
 * `node test/replay/record-incidents.ts` records one history for each shape of an incident's life, as `record.ts`
 * does for environments. Files that exist are kept; new cases are added.
 */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { Worker } from '@temporalio/worker';
import type { IncidentActivities } from '../../activities/incidents/contract.ts';
import type { IncidentAct } from '../../src/domain/incident-acts.ts';
import type { IncidentInput } from '../../src/domain/incidents.ts';
import type { RunbookPlan } from '../../src/domain/runbooks.ts';
import { connectWorkers, createTemporalClient } from '../../src/temporal/client.ts';
import { QUEUES } from '../../src/temporal/queues.ts';
import { bundleWorkflows } from '../../src/temporal/worker.ts';
import type { incident } from '../../workflows/incidents/incident.ts';
import { alertsChangedSignal, linkedSignal } from '../../workflows/incidents/messages.ts';
import { temporalAddress } from '../support/stack.ts';
import { quietRuntime, silentLog, untilKnown } from '../temporal/real-server.ts';
import {
  createIncidentStage,
  hurriedRules,
  sampleIncident,
  workingIncidentActivities,
} from '../workflows/fake-incident-activities.ts';
import { type IncidentPlay, playOf } from '../workflows/incident-theatre.ts';
import { isRecorded, save } from './save.ts';

interface Shape {
  input?: Partial<IncidentInput>;
  activities?: Partial<IncidentActivities>;
  live(play: IncidentPlay): Promise<unknown>;
}

const RESOLVE: IncidentAct = { kind: 'resolve', cause: 'disk', fix: 'space' };
const lead = (person: string): IncidentAct => ({ kind: 'role', role: 'lead', person });

const SHAPES: Record<string, Shape> = {
  resolved: {
    input: {
      platforms: ['slack', 'teams'],
      rules: hurriedRules({ webhooks: [{ id: 'pager', severities: [] }] }),
    },
    async live(play) {
      await play.act('kim', { kind: 'acknowledge' });
      await play.act('kim', lead('kim'));
      await play.act('kim', { kind: 'update', what: 'rolled back' });
      await play.act('kim', { kind: 'severity', to: 'sev2', reason: 'fewer' });
      await play.act('kim', { kind: 'task', text: 'call', followUp: false });
      await play.act('kim', RESOLVE);
      await play.act('kim', { kind: 'close' });
    },
  },
  exhausted: {
    activities: {
      resolveTargets: async ({ targets }) => ({ people: targets.length > 1 ? [] : ['kim'], gaps: [] }),
    },
    async live(play) {
      await play.called('tellRooms', ({ escalations }) => escalations[0]?.exhausted === true);
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  merged: {
    async live(play) {
      await play.handle.signal(linkedSignal, { other: 8, as: 'related' });
      await play.act('sam', { kind: 'merge', into: 7 });
    },
  },
  unmerged: {
    async live(play) {
      await play.act('sam', { kind: 'merge', into: 7 });
      await play.called('closeAlerts');
      await play.act('sam', { kind: 'unmerge' });
      await play.called('tellIncident', ({ links }) => links.mergedInto === undefined);
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  'merged-outside': {
    input: { rules: hurriedRules({ webhooks: [{ id: 'pager', severities: [] }] }) },
    async live(play) {
      await play.act('sam', { kind: 'merge', into: 7 });
      await play.called('closeAlerts');
      await play.act('sam', { kind: 'unmerge' });
      await play.called('sendWebhook', ({ links }) => links.mergedInto === undefined);
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  'part-of-another': {
    input: { severity: 'sev3' },
    async live(play) {
      await play.handle.signal(linkedSignal, { other: 7, as: 'parent' });
      await play.called('tellIncident');
      const child = { number: 9, title: 'disk', severity: 'sev3', status: 'triaging', revision: 3 } as const;
      await play.handle.signal(linkedSignal, { other: 9, as: 'child', child });
      await play.act('sam', RESOLVE);
      await play.act('sam', { kind: 'close' });
    },
  },
  storm: {
    input: { declaredBy: 'alerts' },
    async live(play) {
      await Promise.all(Array.from({ length: 150 }, () => play.handle.signal(alertsChangedSignal)));
      await play.called('readAlerts');
      await play.act('kim', RESOLVE);
      await play.act('kim', { kind: 'close' });
    },
  },
  'handed-over': {
    async live(play) {
      await Promise.allSettled([play.act('kim', lead('kim')), play.act('noor', lead('noor'))]);
      const holder = (await play.state()).roles[0]?.person ?? 'kim';
      await play.act(holder, lead('lee'));
      await play.act('lee', { kind: 'accept-role', role: 'lead' });
      await play.act('lee', lead('ravi'));
      await play.called(
        'tellRooms',
        ({ roles }) => roles[0]?.person === 'lee' && roles[0].offer === undefined,
      );
      await play.called('announceIncident', ({ entries }) => entries > 12);
      await play.act('lee', { kind: 'cancel', reason: 'a test' });
    },
  },
  retried: {
    activities: { openRoom: failingOnce() },
    async live(play) {
      await play.called('announceIncident', ({ resources }) =>
        resources.some(({ state }) => state === 'failed'),
      );
      await play.act('sam', { kind: 'retry-resource', id: 'room:slack' });
      await play.called('dressRoom');
      await play.act('sam', RESOLVE);
      await play.act('sam', { kind: 'close' });
    },
  },
  adopted: {
    input: {
      platforms: ['slack', 'teams'],
      adopt: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' },
    },
    activities: {
      openRoom: async (input) => {
        const room = await workingIncidentActivities().openRoom(input);
        return input.adopt === undefined ? room : { ...room, conversation: input.adopt, adopted: true };
      },
    },
    async live(play) {
      await play.called('dressRoom');
      await play.act('sam', RESOLVE);
      await play.act('sam', { kind: 'close' });
    },
  },
  'made-private': {
    input: {
      platforms: ['slack', 'teams'],
      rules: hurriedRules({ webhooks: [{ id: 'pager', severities: [] }] }),
    },
    async live(play) {
      await play.called('sendWebhook');
      await play.act('sam', { kind: 'make-private', reason: 'names' });
      await play.called('redactIncident');
      await play.called('tellRooms', ({ private: isPrivate }) => isPrivate);
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  tracked: {
    input: {
      severity: 'sev3',
      rules: hurriedRules({
        tracker: 'acme/ops',
        reviews: 'acme/reviews',
        timers: { ...hurriedRules().timers, follow: 300 },
      }),
    },
    activities: {
      lookAtTracker: async ({ state }) => ({
        closed: [{ task: 't1', how: 'closed there' }],
        review: state.status === 'closed' ? 'merged' : 'open',
      }),
    },
    async live(play) {
      await play.act('kim', { kind: 'task', text: 'bigger disks', followUp: true });
      await play.act('kim', { kind: 'task', text: 'call', followUp: false });
      await play.act('kim', { kind: 'task-issue', id: 't2' });
      await play.act('kim', { kind: 'task-done', id: 't2' });
      await play.called('closeIssue');
      await play.act('kim', RESOLVE);
      await play.act('kim', { kind: 'review' });
      await play.act('kim', { kind: 'close' });
    },
  },
  'private-by-alert': {
    input: { declaredBy: 'alerts', private: true, platforms: ['slack', 'teams'] },
    activities: { openRoom: failingOnce() },
    async live(play) {
      await play.called('announceIncident', ({ rooms }) => rooms.length === 2);
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  'drilled-outside': {
    input: {
      severity: 'sev3',
      drill: true,
      rules: hurriedRules({ webhooks: [{ id: 'pager', severities: [] }] }),
    },
    activities: {
      // Until the trouble is shown.
      sendWebhook: async ({ state }) => {
        if (state.webhooks.length === 0) throw new Error('It does not answer.');
        return { note: 'a drill, so nothing was sent' };
      },
    },
    async live(play) {
      await play.called('sendWebhook', ({ webhooks }) => webhooks.some(({ ok }) => !ok));
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
  runbooks: {
    input: {
      severity: 'sev3',
      rules: hurriedRules({ webhooks: [{ id: 'status', severities: ['sev1'] }] }),
    },
    activities: {
      findRunbooks: async ({ happened }) => ({
        plans: [runbook(happened.event)],
        times: happened.event === 'opened' ? [300] : [],
        problems: [],
      }),
      sendWebhook: async () => {
        throw ApplicationFailure.nonRetryable('It was refused.', 'Undeliverable');
      },
    },
    async live(play) {
      await play.called('auditStep', ({ runbooks }) => runbooks?.at(-1)?.name === 'time');
      await play.act('kim', lead('kim'));
      await play.act('kim', { kind: 'runbook-step', id: 'r1.3', do: 'approve' });
      await play.act('kim', { kind: 'runbook-step', id: 'r1.2', do: 'skip' });
      await play.act('kim', { kind: 'runbook', name: 'by-hand' });
      await play.called('auditStep', ({ runbooks }) => runbooks?.at(-1)?.name === 'by-hand');
      await play.act('kim', { kind: 'environment', name: 'debug', template: 'dev' });
      await play.act('sam', RESOLVE);
      await play.act('kim', { kind: 'close' });
    },
  },
  continued: {
    input: { severity: 'sev3' },
    async live(play) {
      await play.act('sam', { kind: 'note', key: 'm1', text: 'looking' }, 'first');
      for (let sent = 0; sent < 4_500; sent += 50) {
        await Promise.all(
          Array.from({ length: 50 }, () => play.handle.signal(linkedSignal, { other: 7, as: 'related' })),
        );
      }
      await play.act('sam', { kind: 'note', key: 'm1', text: 'looking' }, 'first');
      await play.act('sam', { kind: 'cancel', reason: 'a test' });
    },
  },
};

/** With every kind of step at the beginning, and a message later. */
function runbook(event: string): RunbookPlan {
  const say: RunbookPlan['steps'][number] = {
    title: 'Say',
    action: { do: 'message', text: 'Roll back first.' },
  };
  const plan = { name: event, version: 1, title: event };
  if (event !== 'opened') return { ...plan, steps: [say] };
  return {
    ...plan,
    steps: [
      say,
      { title: 'Tell', action: { do: 'webhook', webhook: 'status', text: 'down' } },
      { title: 'Page', action: { do: 'page', path: 'main' }, approve: 'lead' },
      { title: 'Invite', action: { do: 'invite', who: { team: 'shop' } } },
      { title: 'Environment', action: { do: 'environment', template: 'dev' } },
    ],
  };
}

function failingOnce(): IncidentActivities['openRoom'] {
  let failures = 0;
  return async (input) => {
    failures += 1;
    if (failures > 1) return await workingIncidentActivities().openRoom(input);
    throw ApplicationFailure.nonRetryable('The app may not open channels.', 'Undeliverable');
  };
}

quietRuntime();
const namespace = `test-${randomUUID()}`;
const config = { connectionOptions: { address: temporalAddress() }, namespace };
const client = createTemporalClient(config);
await client.workflowService.registerNamespace({
  namespace,
  workflowExecutionRetentionPeriod: msToTs('1 day'),
});
await untilKnown(async () => void (await client.workflow.count()));
const stage = createIncidentStage();
const connection = await connectWorkers(config);
const workflowBundle = await bundleWorkflows(silentLog);
const workers = await Promise.all(
  [QUEUES.main, QUEUES.chat].map((taskQueue) =>
    Worker.create({
      connection,
      namespace,
      taskQueue,
      activities: stage.activities,
      ...(taskQueue === QUEUES.main ? { workflowBundle } : {}),
    }),
  ),
);
const running = workers.map((worker) => worker.run());
const missing = Object.entries(SHAPES).filter(([name]) => !isRecorded(`incident/${name}`));
for (const [name, { input = {}, activities = {}, live }] of missing) {
  const recorder = stage.enter(name, activities);
  const handle = await client.workflow.start<typeof incident>('incident', {
    workflowId: name,
    taskQueue: QUEUES.main,
    args: [sampleIncident({ requestId: name, rules: hurriedRules(), ...input })],
  });
  await live(playOf(handle, recorder));
  await handle.result();
  await save(handle, `incident/${name}`);
}
for (const worker of workers) worker.shutdown();
await Promise.all(running);
await connection.close();
await client.connection.close();
