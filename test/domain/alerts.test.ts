import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  alertmanagerSchema,
  alertsSchema,
  fromAlertmanager,
  fromDirect,
  groupsOf,
  routeOf,
  routePattern,
} from '../../src/domain/alerts.ts';
import type { AlertRoute, IncidentConfig } from '../../src/domain/incident-config.ts';
import type { StoredAlert } from '../../src/domain/ports.ts';
import { shippedConfig } from '../webhooks/harness.ts';

const CONFIG = shippedConfig();
const NOW = new Date('2026-03-01T12:00:00Z');

function alert(over: Partial<StoredAlert> = {}): StoredAlert {
  return {
    fingerprint: 'f1',
    startsAt: '2026-03-01T12:00:00.000Z',
    status: 'firing',
    labels: { alertname: 'CheckoutDown', severity: 'critical', service: 'shop' },
    annotations: { summary: 'nobody can pay' },
    ...over,
  };
}

function withRoutes(...routes: Partial<AlertRoute>[]): IncidentConfig {
  const plain = { when: {}, groupBy: [], title: '{alertname}', private: false };
  return { ...CONFIG, routes: routes.map((route, at) => ({ id: `route-${at}`, ...plain, ...route })) };
}

const GRAFANA = {
  receiver: 'purser',
  status: 'firing',
  orgId: 1,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'High load', grafana_folder: 'Shop' },
      annotations: { summary: 'load is 12' },
      startsAt: '2026-03-01T13:00:00.123456789+01:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://grafana.example.test/alerting/1/edit',
      fingerprint: '57c6d9296de2ad39',
      silenceURL: 'https://grafana.example.test/silence',
      dashboardURL: '',
      panelURL: '',
      values: { B: 12.3, C: 1 },
      valueString: "[ var='B' value=12.3 ]",
    },
  ],
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'https://grafana.example.test/',
  version: '1',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  title: '[FIRING:1]',
  state: 'alerting',
  message: '',
};

test('Grafana’s alerts are Alertmanager’s with more fields', () => {
  const read = alertmanagerSchema.parse(GRAFANA);

  assert.deepEqual(fromAlertmanager(read), [
    {
      fingerprint: '57c6d9296de2ad39',
      startsAt: '2026-03-01T12:00:00.123Z',
      status: 'firing',
      labels: { alertname: 'High load', grafana_folder: 'Shop' },
      annotations: { summary: 'load is 12' },
      url: 'https://grafana.example.test/alerting/1/edit',
    },
  ]);
});

test('an end counts only where it is one', () => {
  const [template] = GRAFANA.alerts;
  const read = alertmanagerSchema.parse({
    ...GRAFANA,
    version: '4',
    alerts: [
      { ...template, endsAt: '2026-03-01T13:05:00Z', generatorURL: '' },
      {
        ...template,
        status: 'resolved',
        endsAt: '2026-03-01T13:05:00Z',
        generatorURL: 'javascript:alert(1)',
      },
    ],
  });

  const [firing, resolved] = fromAlertmanager(read);

  assert.deepEqual([firing?.endsAt, firing?.url], [undefined, undefined]);
  assert.deepEqual([resolved?.endsAt, resolved?.url], ['2026-03-01T13:05:00.000Z', undefined]);
});

test('an alert of ours is one, or several, and its title, service and severity are labels', () => {
  const one = { key: 'backup', title: 'Backup failed', status: 'firing', service: 'shop', severity: 'sev2' };
  const [first] = fromDirect(alertsSchema.parse(one), NOW);
  const several = fromDirect(
    alertsSchema.parse([
      one,
      { ...one, status: 'resolved', startsAt: '2026-03-01T11:00:00Z', labels: { a: 'b' } },
    ]),
    NOW,
  );

  assert.deepEqual(first, {
    fingerprint: 'direct:backup',
    startsAt: NOW.toISOString(),
    status: 'firing',
    labels: { alertname: 'Backup failed', service: 'shop', severity: 'sev2' },
    annotations: {},
  });
  assert.equal(several.length, 2);
  assert.deepEqual(several[1], {
    ...first,
    status: 'resolved',
    startsAt: '2026-03-01T11:00:00.000Z',
    endsAt: NOW.toISOString(),
    labels: { a: 'b', alertname: 'Backup failed', service: 'shop', severity: 'sev2' },
  });
});

test('what no database takes is left out', () => {
  const [read] = fromDirect(
    alertsSchema.parse({ key: 'a\0b', title: 'half \ud83d here\0', status: 'firing' }),
    NOW,
  );

  assert.equal(read?.fingerprint, 'direct:ab');
  assert.equal(read?.labels.alertname, 'half \ufffd here');
});

for (const [wanted, value, matches] of [
  ['critical', 'critical', true],
  ['critical', 'critical!', false],
  ['/critical/', 'not critical', false],
  ['/critical|error/', 'error', true],
  ['/critical|error/', 'errors', false],
  ['/a.*z/', 'a\nz', true],
  ['/.*/', '', true],
  ['/.+/', '', false],
  ['/.*/', 'x'.repeat(201), false],
  ['/', '/', true],
] as const) {
  test(`${wanted} ${matches ? 'fits' : 'does not fit'} “${value.slice(0, 20)}”`, () => {
    const pattern = routePattern(wanted);

    assert.ok(pattern.ok);
    assert.equal(pattern.matches(value), matches);
  });
}

for (const [wanted, problem] of [
  ['/(/', /is no regular expression/],
  ['/(a+)+/', /repeats a group/],
  ['/(a|a)*b/', /repeats a group/],
  ['/([a-z]+){3}/', /repeats a group/],
  ['/.*a.*b.*c.*d/', /repeats more than 3 times/],
  ['/a{1,}b{2,9}c*d+/', /repeats more than 3 times/],
  [`/${'a'.repeat(201)}/`, /longer than 200/],
] as const) {
  test(`${wanted.slice(0, 20)} is refused: it could take forever`, () => {
    const pattern = routePattern(wanted);

    assert.ok(!pattern.ok);
    assert.match(pattern.problem, problem);
  });
}

test('the worst pattern that is let through is quick on the worst value', () => {
  const pattern = routePattern('/.*.*.*x/');
  assert.ok(pattern.ok);

  const began = performance.now();
  assert.equal(pattern.matches('a'.repeat(200)), false);

  assert.ok(performance.now() - began < 1_000);
});

test('the first route that fits decides; a label that is missing is empty', () => {
  const config = withRoutes(
    { id: 'ignored', when: { alertname: 'Watchdog' }, ignore: true },
    { id: 'no-team', when: { team: '' } },
    { id: 'rest' },
  );

  const ids = [{ alertname: 'Watchdog' }, { alertname: 'Other' }, { alertname: 'Other', team: 'shop' }].map(
    (labels) => routeOf(config, { labels } as Pick<StoredAlert, 'labels'>)?.id,
  );

  assert.deepEqual(ids, ['ignored', 'no-team', 'rest']);
  assert.equal(routeOf(withRoutes(), { labels: {} }), undefined);
});

test('alerts of one group make one incident, and groups are told apart whatever is in their labels', () => {
  const config = withRoutes({ id: 'all', groupBy: ['service', 'zone'] });
  const labelled = (service: string, zone: string) => alert({ labels: { alertname: 'A', service, zone } });

  const groups = groupsOf(config, [
    labelled('a', 'b'),
    labelled('a', 'b'),
    labelled('a:b', ''),
    labelled('a', ''),
    labelled('', 'a'),
  ]);

  assert.deepEqual(
    groups.map(({ group }) => [group.key, group.alerts.length]),
    [
      ['all:a:b', 2],
      ['all:a%3Ab:', 1],
      ['all:a:', 1],
      ['all::a', 1],
    ],
  );
});

test('an incident is declared from what fires, not from what is over', () => {
  const [routed] = groupsOf(CONFIG, [
    alert({
      status: 'resolved',
      annotations: { summary: 'long over' },
      startsAt: '2026-03-01T11:00:00.000Z',
    }),
    alert({ annotations: { summary: 'nobody can pay', description: 'All payments fail.\nSince noon.' } }),
  ]);

  assert.deepEqual(routed?.declaration, {
    title: 'CheckoutDown: nobody can pay',
    severity: 'sev1',
    service: 'shop',
    private: false,
    summary: 'All payments fail. Since noon.',
    detectedAt: '2026-03-01T12:00:00.000Z',
  });
});

test('an unknown service is none, an unknown severity the default, and of several severities the worst counts', () => {
  const config = withRoutes({ service: '{service}', severity: '{severity}' });
  const labelled = (severity: string) => alert({ labels: { alertname: 'A', service: 'nowhere', severity } });
  const severityOf = (...severities: string[]) =>
    groupsOf(config, severities.map(labelled))[0]?.declaration.severity;

  assert.equal(groupsOf(config, [labelled('sev2')])[0]?.declaration.service, undefined);
  assert.equal(severityOf('urgent'), 'sev3');
  assert.equal(severityOf('sev4', 'sev2', 'sev3'), 'sev2');
});

test('a title is one line of at most 120 visible characters, and never empty', () => {
  const config = withRoutes({ id: 'here', title: '{alertname}: {annotation:summary}' });
  const titleOf = (alertname: string, summary?: string) =>
    groupsOf(config, [
      alert({ labels: { alertname }, annotations: summary === undefined ? {} : { summary } }),
    ])[0]?.declaration.title ?? '';

  assert.equal(titleOf('Down'), 'Down');
  assert.equal(titleOf('', 'nobody can pay'), 'nobody can pay');
  assert.equal(titleOf(''), 'Alerts by the route here');
  assert.equal(titleOf('a\u202eb\nc\u0007', 'd\u2066e'), 'ab c: de');
  assert.equal(titleOf('{annotation:summary}', 'x'), '{annotation:summary}: x');
  fc.assert(
    fc.property(fc.array(fc.nat(0x10ffff), { maxLength: 300 }), (points) => {
      const name = String.fromCodePoint(...points);
      const title = titleOf(name);

      assert.ok([...title].length <= 120 && title.length > 0);
      assert.doesNotMatch(title, /[\p{Cc}\p{Cf}\n]/u);
    }),
  );
});
