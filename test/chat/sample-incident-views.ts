import {
  acknowledgeButton,
  actButton,
  formButton,
  lookButton,
  showIncidentButton,
} from '../../src/domain/incident-buttons.ts';
import type { IncidentListView, IncidentView, PageView } from '../../src/domain/incident-view-types.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { sampleRunbooks, slackRoom, teamsRoom } from './sample-incident-parts.ts';
import { kim, lee, noor } from './sample-things.ts';

/** A sample of each view of an incident, in each of its states that look different. */

const SEV1 = { id: 'sev1', title: 'Critical', rank: 1 };
const SEV3 = { id: 'sev3', title: 'Minor', rank: 3 };

const open: IncidentView = {
  kind: 'incident',
  number: 142,
  title: 'Checkout is down in eu-west',
  severity: SEV1,
  status: 'mitigating',
  private: false,
  drill: false,
  gameDay: [],
  summary: 'Card payments are refused with a 502 since release 1.42.',
  impact: 'Customers in Europe cannot pay.',
  service: 'Shop',
  declaredBy: kim,
  declaredAt: '2026-11-23T10:00:00.000Z',
  impactAt: '2026-11-23T09:52:00.000Z',
  roles: [
    { id: 'lead', title: 'Lead', person: lee },
    {
      id: 'comms',
      title: 'Communications',
      claim: actButton(142, 'Claim: Communications', { kind: 'role', role: 'comms', person: 'me' }),
    },
    { id: 'scribe', title: 'Scribe', person: kim, offeredTo: noor, doubt: 'is off shift' },
  ],
  update: {
    last: { what: 'Rolling back 1.42, half of it is done.', by: lee, at: '2026-11-23T10:20:00.000Z' },
    dueAt: '2026-11-23T10:50:00.000Z',
    by: lee,
    // biome-ignore lint/suspicious/noThenProperty: a person, whom nobody awaits.
    then: kim,
  },
  paging: [
    {
      title: 'all-hands',
      acknowledgedBy: lee,
      acknowledgedAt: '2026-11-23T10:02:00.000Z',
      tried: [lee],
      exhausted: false,
    },
    {
      title: 'Database',
      tried: [noor],
      next: { at: '2026-11-23T10:25:00.000Z', people: [kim] },
      exhausted: false,
    },
  ],
  alerts: {
    firing: 3,
    total: 14,
    names: ['CheckoutErrors', 'PaymentLatency'],
    url: 'https://alerts.example.test',
  },
  links: [
    { label: 'Checkout is down', url: 'https://runbooks.example.test/shop/checkout' },
    { label: 'Shop | dashboard', url: 'https://grafana.example.test/d/shop' },
  ],
  related: [
    { number: 141, as: 'related' },
    { number: 140, as: 'merged' },
  ],
  children: [
    {
      number: 143,
      title: 'Payments: refused <!channel> *all* of them',
      severity: { id: 'sev2', title: 'Major', rank: 2 },
      status: 'mitigating',
    },
    { number: 144, title: 'Search', severity: { id: 'sev3', title: 'Minor', rank: 3 }, status: 'resolved' },
  ],
  rooms: [slackRoom, teamsRoom],
  setup: [
    { id: 'bookmarks:slack', title: 'Bookmarks', essential: false, state: 'running' },
    {
      id: 'invite:slack',
      title: 'Invitations',
      essential: true,
      state: 'failed',
      note: 'Noor Sample could not be invited. Invite them by hand.',
      retry: actButton(142, 'Retry', { kind: 'retry-resource', id: 'invite:slack' }),
    },
  ],
  runbooks: sampleRunbooks,
  openTasks: 2,
  entries: 17,
  actions: [
    formButton(142, 'Update…', 'incident.update', { style: 'primary' }),
    formButton(142, 'Status…', 'incident.status'),
    formButton(142, 'Resolve…', 'incident.resolve'),
    lookButton(142, 'Timeline', 'incident.timeline'),
    formButton(142, 'Cancel…', 'incident.cancel', { style: 'danger' }),
  ],
};

const declared: IncidentView = {
  ...open,
  number: 143,
  title: 'Search is slow',
  severity: SEV3,
  status: 'declared',
  drill: true,
  gameDay: [
    { target: 'slack', kind: 'down', until: '2026-11-23T10:30:00.000Z' },
    { target: 'teams', kind: '429', until: '2026-11-23T10:35:00.000Z' },
  ],
  summary: '',
  impact: undefined,
  impactAt: undefined,
  service: undefined,
  roles: [{ id: 'lead', title: 'Lead' }],
  update: { snoozed: { until: '2026-11-23T11:00:00.000Z', by: kim, reason: 'waiting for the vendor' } },
  paging: [{ title: 'on-call', tried: [lee, noor], exhausted: true }],
  alerts: undefined,
  links: [],
  related: [],
  children: [],
  rooms: [slackRoom],
  setup: [],
  openTasks: 0,
  entries: 1,
};

const page: PageView = {
  kind: 'page',
  number: 142,
  title: open.title,
  severity: SEV1,
  status: 'declared',
  drill: false,
  message: 'Card payments are refused.',
  service: 'Shop',
  alerts: { firing: 3, total: 14, names: ['CheckoutErrors'] },
  pagedAt: '2026-11-23T10:05:00.000Z',
  round: 2,
  tried: [lee, noor],
  next: { at: '2026-11-23T10:10:00.000Z', people: [kim] },
  rooms: [slackRoom],
  actions: [acknowledgeButton(142), showIncidentButton(142)],
};

const items: IncidentListView['items'] = [
  {
    number: 142,
    title: open.title,
    severity: SEV1,
    status: 'mitigating',
    private: false,
    drill: false,
    lead: lee,
    parent: 140,
    declaredAt: open.declaredAt,
    action: showIncidentButton(142),
  },
  {
    number: 143,
    title: 'Who took the cookies? <!channel>',
    severity: SEV3,
    status: 'closed',
    private: true,
    drill: true,
    declaredAt: open.declaredAt,
    action: showIncidentButton(143),
  },
];

export const sampleIncidentViews = {
  'incident-open': open,
  'incident-declared': declared,
  'incident-resolved': {
    ...open,
    status: 'resolved',
    resolvedAt: '2026-11-23T11:10:00.000Z',
    resolution: { cause: 'Release 1.42 lost the card gateway’s key.', fix: 'Rolled back to 1.41.', by: lee },
    update: {},
    setup: [],
    actions: [lookButton(142, 'Review', 'incident.review')],
  },
  'incident-cancelled': {
    ...declared,
    status: 'closed',
    cancelled: 'A dashboard was wrong.',
    private: true,
    actions: [],
  },
  'incident-announcement': {
    kind: 'incident-announcement',
    parent: 140,
    number: 142,
    title: open.title,
    severity: SEV1,
    status: 'mitigating',
    drill: false,
    service: 'Shop',
    lead: lee,
    lastUpdate: { what: 'Rolling back 1.42, half of it is done.', at: '2026-11-23T10:20:00.000Z' },
    declaredAt: open.declaredAt,
    alerts: { firing: 0, total: 14 },
    rooms: [slackRoom, teamsRoom],
    actions: [
      actButton(142, 'Join', { kind: 'join', account: 'me' }, { style: 'primary' }),
      showIncidentButton(142),
    ],
  },
  'incident-event': {
    kind: 'incident-event',
    number: 142,
    glyph: '📣',
    headline: 'Update',
    by: lee,
    at: '2026-11-23T10:20:00.000Z',
    quotes: [
      { label: 'What is new', text: 'Rolling back 1.42. <!channel> *half* of it is done.' },
      { label: 'Impact', text: 'Customers in Europe cannot pay.' },
    ],
    actions: [],
  },
  'incident-event-with-a-link': {
    kind: 'incident-event',
    number: 142,
    glyph: '📝',
    headline:
      'The draft of its review waits in a pull request: complete it there, and merge it to publish it.',
    at: '2026-11-23T11:12:00.000Z',
    quotes: [],
    links: [{ label: 'Review', url: 'https://github.example.test/acme/reviews/pull/9' }],
    actions: [],
  },
  'incident-event-for-stakeholders': {
    kind: 'incident-event',
    number: 142,
    title: open.title,
    glyph: '✅',
    headline: 'Resolved',
    at: '2026-11-23T11:10:00.000Z',
    quotes: [],
    actions: [showIncidentButton(142)],
  },
  page,
  'page-answered': {
    ...page,
    acknowledged: { by: noor, at: '2026-11-23T10:06:00.000Z' },
    actions: [showIncidentButton(142)],
  },
  'page-of-a-drill': {
    ...page,
    drill: true,
    alerts: undefined,
    next: undefined,
    tried: [lee],
    round: 1,
    message: '',
  },
  'incident-list': { kind: 'incident-list', title: 'Open incidents', items, more: 3, empty: 'None is open.' },
  'incident-list-empty': {
    kind: 'incident-list',
    title: 'Open incidents',
    items: [],
    more: 0,
    empty: 'None is open. All quiet.',
  },
  'item-list': {
    kind: 'item-list',
    title: 'Timeline of #142 “Checkout is down in eu-west”',
    intro: 'Card payments are refused.',
    items: [
      { glyph: '🚨', text: 'Declared as sev1', people: [kim], at: open.declaredAt },
      {
        glyph: '📌',
        text: 'The gateway answers 502 <https://evil.example.test|here>',
        people: [noor],
        at: '2026-11-23T10:03:00.000Z',
        link: 'https://sample.slack.com/archives/C0INC142/p1',
        struck: true,
      },
      {
        glyph: '⬜',
        text: '1. Roll back 1.42',
        detail: 'task, due',
        people: [lee],
        at: '2026-11-23T10:30:00.000Z',
        action: actButton(142, 'Done', { kind: 'task-done', id: '1' }),
      },
    ],
    more: 12,
    empty: 'Nothing has been recorded yet.',
    actions: [{ actionId: 'incident.export', label: 'Export all of it', payload: { number: '142' } }],
  },
  'incident-review': {
    kind: 'incident-review',
    number: 142,
    title: open.title,
    sections: [
      { title: 'Summary', lines: ['Card payments were refused for 78 minutes.'] },
      { title: 'Contributing causes', lines: ['# not a heading', '*not bold*'] },
      { title: 'What went well', lines: [] },
    ],
    actions: [lookButton(142, 'Export', 'incident.export')],
  },
  'incident-stats': {
    kind: 'incident-stats',
    title: 'Incidents of the last 30 days',
    facts: [
      { label: 'Incidents', value: '12, of which 2 are open' },
      { label: 'Until acknowledged', value: '3 minutes (2–5, n = 12)' },
    ],
    picture: {
      png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      alt: 'Incidents by week and severity',
    },
  },
  document: {
    kind: 'document',
    title: '#142 “Checkout is down in eu-west”',
    name: 'incident-142.md',
    content: `# Incident 142: Checkout is down\n\n${'A line of the timeline.\n'.repeat(200)}`,
  },
} satisfies Record<string, MessageView>;
