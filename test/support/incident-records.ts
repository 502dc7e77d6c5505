import type { IncidentRoom, IncidentRow, IncidentState, TimelineEntry } from '../../src/domain/incidents.ts';

/** An incident as the store keeps it. */
export function sampleRow(changes: Partial<IncidentRow> = {}): IncidentRow {
  return {
    number: 142,
    title: 'Checkout is down',
    severity: 'sev1',
    service: 'checkout',
    status: 'triaging',
    private: false,
    drill: false,
    cancelled: false,
    declaredBy: 'kim',
    lead: 'lee',
    members: ['kim', 'lee'],
    times: { detectedAt: '2026-04-01T09:00:00.000Z', declaredAt: '2026-04-01T09:02:00.000Z' },
    updates: { kept: 2, missed: 1 },
    pages: [],
    openFollowUps: [],
    ...changes,
  };
}

export function sampleEntry(changes: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    key: 'declared',
    at: '2026-04-01T09:02:00.000Z',
    kind: 'declared',
    by: 'kim',
    text: 'Declared as sev1',
    ...changes,
  };
}

export function slackRoom(channelId: string): IncidentRoom {
  return {
    platform: 'slack',
    kind: 'channel',
    conversation: { platform: 'slack', teamId: 'T0SAMPLE', channelId },
    name: 'inc-142-checkout-is-down',
  };
}

/** A thread in a channel that holds the threads of other incidents, too. */
export function teamsThread(messageId: string): IncidentRoom {
  return {
    platform: 'teams',
    kind: 'thread',
    conversation: {
      platform: 'teams',
      tenantId: 'tenant',
      conversationId: `19:incidents@thread.tacv2;messageid=${messageId}`,
      serviceUrl: 'https://teams.example.test',
    },
    name: 'a thread in Incidents',
  };
}

/** A sev1 that Kim declared and Lee led, over and done. */
export function sampleIncident(changes: Partial<IncidentState> = {}): IncidentState {
  return {
    number: 142,
    requestId: 'request-142',
    title: 'Checkout is down',
    summary: 'Customers cannot pay.\nCards are refused with a 502.',
    severity: 'sev1',
    service: 'checkout',
    private: false,
    drill: false,
    status: 'resolved',
    declaredBy: 'kim',
    rules: {
      severities: [
        {
          id: 'sev1',
          title: 'Critical',
          meaning: 'Customers cannot buy.',
          updateEvery: 1_800_000,
          confirm: true,
        },
        { id: 'sev2', title: 'Major', meaning: 'Something important is broken.', confirm: false },
      ],
      roles: [
        { id: 'lead', title: 'Lead', instructions: 'Decide.' },
        { id: 'comms', title: 'Communications', instructions: 'Tell everybody.' },
      ],
      paths: [],
      timers: {
        claimLead: 300_000,
        updateGrace: 600_000,
        handover: 600_000,
        pageAgain: 1_800_000,
        holders: 3_600_000,
        nag: 86_400_000,
        review: 432_000_000,
        follow: 3_600_000,
        flap: 900_000,
      },
      archiveAfterMs: 1_209_600_000,
      service: { id: 'checkout', title: 'Checkout', runbooks: [], dashboards: [] },
      drillPeople: [],
      webhooks: [],
    },
    times: {
      impactAt: '2026-04-01T08:52:00.000Z',
      detectedAt: '2026-04-01T09:00:00.000Z',
      declaredAt: '2026-04-01T09:02:00.000Z',
      acknowledgedAt: '2026-04-01T09:05:00.000Z',
      mitigatedAt: '2026-04-01T09:40:00.000Z',
      resolvedAt: '2026-04-01T10:30:00.000Z',
    },
    rooms: [slackRoom('C0INC142')],
    resources: [],
    roles: [{ role: 'lead', person: 'lee', since: '2026-04-01T09:06:00.000Z' }, { role: 'comms' }],
    members: ['kim', 'lee', 'noor'],
    update: {
      stage: 'quiet',
      last: {
        what: 'Rolled back 1.42. Payments go through again.',
        impact: 'About 4,000 orders were not placed.',
        by: 'lee',
        at: '2026-04-01T09:41:00.000Z',
      },
      kept: 3,
      missed: 0,
    },
    escalations: [],
    alerts: { firing: 0, total: 14, repeats: 3, names: ['CheckoutErrors'], matchers: [] },
    tasks: [
      {
        id: 'task-1',
        text: 'Alert on the error rate of payments',
        owner: 'noor',
        dueAt: '2026-04-10T09:00:00.000Z',
        followUp: true,
        createdBy: 'lee',
        createdAt: '2026-04-01T10:20:00.000Z',
      },
      {
        id: 'task-2',
        text: 'Roll back 1.42',
        owner: 'kim',
        followUp: false,
        createdBy: 'lee',
        createdAt: '2026-04-01T09:20:00.000Z',
        doneBy: 'kim',
        doneAt: '2026-04-01T09:38:00.000Z',
      },
    ],
    links: { related: [141], children: [], merged: [] },
    resolution: {
      cause: 'Release 1.42 asked for a column that was not there yet.',
      fix: 'Rolled back, and migrations now run before the release.',
      by: 'lee',
      at: '2026-04-01T10:30:00.000Z',
    },
    silences: [],
    environments: [],
    webhooks: [],
    entries: 6,
    revision: 40,
    ...changes,
  };
}

export function sampleTimeline(): TimelineEntry[] {
  return [
    sampleEntry(),
    sampleEntry({
      key: 'page-1',
      at: '2026-04-01T09:05:00.000Z',
      kind: 'page',
      by: 'lee',
      text: 'Acknowledged',
    }),
    sampleEntry({
      key: 'role-1',
      at: '2026-04-01T09:06:00.000Z',
      kind: 'role',
      by: 'lee',
      text: 'Took the lead',
    }),
    sampleEntry({
      key: 'note-1',
      at: '2026-04-01T09:15:00.000Z',
      kind: 'note',
      by: 'noor',
      text: 'The errors began with release 1.42',
      link: 'https://chat.example.test/archives/C0INC142/p1',
    }),
    sampleEntry({
      key: 'note-2',
      at: '2026-04-01T09:16:00.000Z',
      kind: 'note',
      by: 'kim',
      text: 'It is DNS',
      struck: true,
    }),
    sampleEntry({
      key: 'update-1',
      at: '2026-04-01T09:41:00.000Z',
      kind: 'update',
      by: 'lee',
      text: 'Rolled back 1.42. Payments go through again.',
    }),
    sampleEntry({
      key: 'resolved',
      at: '2026-04-01T10:30:00.000Z',
      kind: 'resolution',
      by: 'lee',
      text: 'Resolved',
    }),
  ];
}
