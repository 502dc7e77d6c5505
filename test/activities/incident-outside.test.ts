import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IncidentLink, IncidentState } from '../../src/domain/incidents.ts';
import { OutsideError, type Silences, type WebhookCall } from '../../src/domain/outside.ts';
import { incidentScene, openIncident } from './incident-stage.ts';
import { createStage, type Scene } from './scene.ts';

const stage = createStage();
before(() => stage.open());
after(() => stage.close());

const CANARY = 'canary title';
const WEBHOOKS = [
  { id: 'pager', kind: 'pagerduty', url: 'https://pager.test/v2/enqueue', secret: 'pager-key' },
  { id: 'status', kind: 'generic', url: 'https://status.test/hook' },
];
const ALERTS: IncidentState['alerts'] = {
  firing: 2,
  total: 2,
  repeats: 0,
  names: ['Errors'],
  matchers: [
    { name: 'alertname', value: 'Errors' },
    { name: 'severity', value: 'critical' },
  ],
};

test('a webhook is told what happened, with its secret and a key of its own', async () => {
  const { scene, calls } = await withWebhooks();

  const { note } = await send(scene, 'pager');

  assert.equal(note, 'taken');
  const [call] = calls;
  assert.deepEqual(
    [call?.kind, call?.url, call?.secret],
    ['pagerduty', 'https://pager.test/v2/enqueue', 'hush'],
  );
  assert.equal(call?.event.key, 'request-142:declared');
  assert.equal(call?.event.incident.title, 'Checkout is down');
  assert.equal(call?.event.incident.rank, 1);
});

test('of a private incident neither title nor what people wrote goes out', async () => {
  const { scene, calls } = await withWebhooks();
  const state = openIncident({ private: true, title: CANARY, summary: CANARY });
  state.update = { ...state.update, last: { what: CANARY, by: 'kim', at: '2026-04-01T09:41:00.000Z' } };

  await send(scene, 'status', state);

  assert.equal(calls[0]?.event.incident.number, 142);
  assert.ok(!JSON.stringify(calls).includes(CANARY));
});

test('a drill tells nobody outside', async () => {
  const { scene, calls } = await withWebhooks();

  const { note } = await send(scene, 'pager', openIncident({ drill: true }));

  assert.match(note, /a drill/);
  assert.deepEqual(calls, []);
});

test('a secret that is not set and a webhook that is gone are said by name, and not tried again', async () => {
  const { scene } = await withWebhooks();
  scene.deps.secret = () => undefined;

  await assert.rejects(send(scene, 'pager'), {
    nonRetryable: true,
    message: 'PURSER_SECRET_PAGER_KEY is not set.',
  });
  await assert.rejects(send(scene, 'gone'), { nonRetryable: true, message: /no webhook “gone” any more/ });
});

test('what may work later waits as long as it is asked to; what is refused is final', async () => {
  const { scene } = await withWebhooks();
  const failing = (error: Error) => {
    scene.deps.webhooks = { send: async () => Promise.reject(error) };
    return send(scene, 'status');
  };

  await assert.rejects(failing(new OutsideError('later', { retryable: true, retryAfterMs: 7_000 })), {
    type: 'OutsideUnavailable',
    nonRetryable: false,
    nextRetryDelay: 7_000,
  });
  await assert.rejects(failing(new OutsideError('refuses it (400)', { retryable: false })), {
    type: 'Undeliverable',
    nonRetryable: true,
    message: 'refuses it (400)',
  });
});

test('a silence is for what all alerts have in common, in the name of who asked for it', async () => {
  const { scene, orders } = await withSilences();

  const made = await silence(scene, openIncident({ alerts: ALERTS }));

  assert.deepEqual(made, { id: 'silence-1', until: '2026-04-01T11:30:00.000Z' });
  assert.deepEqual(orders, [
    {
      url: 'https://alerts.test',
      key: 'request-142:act-1',
      matchers: ALERTS?.matchers,
      createdBy: 'Kim Sample',
      comment: 'Incident #142: we are on it',
      startsAt: '2026-04-01T09:30:00.000Z',
      endsAt: '2026-04-01T11:30:00.000Z',
    },
  ]);
});

const unsafe: { why: string; alerts: IncidentState['alerts']; message: RegExp }[] = [
  { why: 'without alerts', alerts: undefined, message: /no alerts to silence/ },
  { why: 'without anything in common', alerts: { ...ALERTS, matchers: [] }, message: /too little in common/ },
  {
    why: 'with nothing but a severity in common',
    alerts: { ...ALERTS, matchers: [{ name: 'severity', value: 'critical' }] },
    message: /hide others/,
  },
];
for (const { why, alerts, message } of unsafe) {
  test(`${why} nothing is silenced`, async () => {
    const { scene, orders } = await withSilences();

    const silencing = silence(scene, openIncident({ alerts: alerts as IncidentState['alerts'] }));

    await assert.rejects(silencing, { type: 'WrongState', nonRetryable: true, message });
    assert.deepEqual(orders, []);
  });
}

test('without an Alertmanager a silence says who can help', async () => {
  const scene = await incidentScene(stage);

  await assert.rejects(silence(scene, openIncident({ alerts: ALERTS })), {
    type: 'WrongState',
    message: /do not know an Alertmanager/,
  });
});

test('the other incident is told what this one is to it', async () => {
  const scene = await incidentScene(stage);
  const told: unknown[] = [];
  scene.deps.tellIncident = async (number, link) => void told.push([number, link]);

  await scene.run(scene.activities.tellIncident, { state: openIncident(), other: 7, as: 'merged', key: 'k' });

  assert.deepEqual(told, [[7, { other: 142, as: 'merged' }]]);
});

async function withWebhooks() {
  const scene = await incidentScene(stage, { config: { webhooks: WEBHOOKS } });
  const calls: WebhookCall[] = [];
  scene.deps.secret = (name) => (name === 'pager-key' ? 'hush' : undefined);
  scene.deps.webhooks = {
    async send(call) {
      calls.push(call);
      return 'taken';
    },
  };
  return { scene, calls };
}

async function withSilences() {
  const scene = await incidentScene(stage, { config: { alertmanager: { url: 'https://alerts.test' } } });
  const orders: Parameters<Silences['silence']>[0][] = [];
  scene.deps.silences = {
    async silence(order) {
      orders.push(order);
      return { id: 'silence-1', until: order.endsAt };
    },
  };
  return { scene, orders };
}

function send(scene: Scene, webhook: string, state = openIncident()) {
  return scene.run(scene.activities.sendWebhook, { state, webhook, event: 'trigger', key: 'declared' });
}

function silence(scene: Scene, state: IncidentState) {
  return scene.run(scene.activities.silenceAlerts, {
    state,
    key: 'act-1',
    person: 'kim',
    ms: 2 * 3_600_000,
    comment: 'we are on it',
  });
}

test('a child says how it is; a private one says only that there is nothing to be seen', async () => {
  const { scene, told } = await telling();
  const tell = (state: IncidentState, as: IncidentLink['as']) =>
    scene.run(scene.activities.tellIncident, { state, other: 7, as, key: 'k' });

  await tell(openIncident(), 'child');
  await tell(openIncident({ private: true, title: CANARY }), 'child');
  await tell(openIncident({ private: true }), 'parent');
  await tell(openIncident({ private: true }), 'hidden');

  const { number, title, severity, status, revision } = openIncident();
  assert.deepEqual(told, [
    [7, { other: 142, as: 'child', child: { number, title, severity, status, revision } }],
    [7, { other: 142, as: 'hidden' }],
  ]);
});

test('what is unmerged has its alerts back before the other one hears of it, however often it is tried', async () => {
  const { scene, told } = await telling();
  const { incidents } = scene.deps;
  const alert = {
    startsAt: '2026-04-01T09:00:00.000Z',
    status: 'firing' as const,
    labels: {},
    annotations: {},
  };
  const take = (key: string) =>
    incidents.takeAlerts({ key, alerts: [{ ...alert, fingerprint: key }] }, `${key}-request`);
  const [copy, other] = [(await take('one'))?.number ?? 0, (await take('two'))?.number ?? 0];
  await incidents.closeGroups(copy, other);
  const input = { state: openIncident({ number: copy }), other, as: 'unmerged' as const, key: 'k' };
  scene.deps.tellIncident = async (number, link) => {
    told.push([number, link]);
    if (told.length === 1) throw new Error('it is killed just then');
  };

  await assert.rejects(scene.run(scene.activities.tellIncident, input));
  await scene.run(scene.activities.tellIncident, input);

  assert.deepEqual(told[1], [other, { other: copy, as: 'unmerged' }]);
  assert.deepEqual(
    [(await incidents.alertsOf(copy, 9)).total, (await incidents.alertsOf(other, 9)).total],
    [1, 1],
  );
});

async function telling() {
  const scene = await incidentScene(stage);
  const told: unknown[][] = [];
  scene.deps.tellIncident = async (number, link) => void told.push([number, link]);
  return { scene, told };
}
