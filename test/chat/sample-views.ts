import type { FormView } from '../../src/domain/forms.ts';
import type { ApprovalView, View } from '../../src/domain/views.ts';
import { sampleAccessForm, sampleAccessViews } from './sample-access-views.ts';
import { sampleDepartureViews } from './sample-departure-views.ts';
import { sampleIncidentViews } from './sample-incident-views.ts';
import { samplePeopleViews } from './sample-people-views.ts';
import { sampleQuotaViews } from './sample-quota-views.ts';
import {
  approval,
  approve,
  approved,
  denied,
  done,
  environment,
  failedSteps,
  kim,
  lee,
  noor,
  openApproval,
  payload,
} from './sample-things.ts';

const nobodyAnyMore: ApprovalView['audience'] = {
  people: [],
  show: { actionId: 'environment.approval', payload },
};

const form: FormView = {
  kind: 'form',
  formId: 'environment.create',
  title: 'Request an environment',
  submitLabel: 'Request',
  intro: 'You get a namespace of your own, with everything in it.',
  fields: [
    {
      name: 'template',
      label: 'Template',
      schema: { type: 'string' },
      required: true,
      redraws: true,
      choices: [
        { value: 'dev', label: 'Developer environment' },
        { value: 'preview', label: 'Preview of a pull request' },
      ],
    },
    {
      name: 'name',
      label: 'Name',
      schema: { type: 'string', pattern: '^[a-z]([-a-z0-9]{1,20}[a-z0-9])?$', maxLength: 22 },
      required: true,
      hint: 'Lower-case letters, digits and dashes.',
      placeholder: 'pr-42',
    },
    {
      name: 'size',
      label: 'Size',
      schema: { type: 'string', enum: ['s', 'm', 'l'] },
      required: true,
      redraws: true,
    },
    { name: 'postgres', label: 'With Postgres', schema: { type: 'boolean' }, required: false },
  ],
  values: { template: 'dev', name: 'pr-42', size: 'l', postgres: true },
  notes: [
    {
      label: 'Will be created',
      text: 'Namespace env-pr-42, StatefulSet postgres, Deployment runner, 9 more objects',
    },
    { label: 'Lives for', text: '7 days, until 30 November 10:00 UTC' },
    { label: 'Quota left', text: 'you 2 of 3, team Shop 17 of 20' },
    { label: 'Approval', text: 'Noor Sample or Lee Sample: size l is approved by team FinOps' },
  ],
  context: { channel: 'C0GENERAL' },
};

const items = [
  {
    name: 'pr-42',
    phase: 'ready' as const,
    template: 'Developer environment',
    team: 'Shop',
    owner: kim,
    expiresAt: '2026-11-30T10:00:00.000Z',
    action: { actionId: 'environment.show' as const, label: 'Show', payload: { name: 'pr-42' } },
  },
  {
    name: 'checkout',
    phase: 'awaiting-approval' as const,
    template: 'Preview of a pull request',
    team: 'Shop',
    owner: lee,
    action: { actionId: 'environment.show' as const, label: 'Show', payload: { name: 'checkout' } },
  },
];

/** One of each thing we say, for the golden files of every platform. */
export const sampleViews = {
  'environment-requested': { ...environment, phase: 'requested' },
  'environment-awaiting-approval': {
    ...environment,
    phase: 'awaiting-approval',
    approval: openApproval,
    steps: environment.steps.map((step) => ({ ...step, state: 'waiting', tookMs: undefined })),
    actions: [{ actionId: 'environment.delete', label: 'Withdraw…', style: 'danger', payload }],
  },
  'environment-provisioning': { ...environment, approval: approved },
  'environment-ready': {
    ...environment,
    phase: 'ready',
    steps: done,
    urls: [
      { key: 'APP_URL', url: 'https://pr-42.env.example.test/' },
      { key: 'STORAGE_URL', url: 'https://storage-pr-42.env.example.test/?view=all&sort=new' },
    ],
    readyAt: '2026-11-23T10:06:00.000Z',
    expiresAt: '2026-11-30T10:06:00.000Z',
    actions: [
      { actionId: 'environment.reveal', label: 'Reveal credentials', style: 'primary', payload },
      { actionId: 'environment.delete', label: 'Delete…', style: 'danger', payload },
    ],
  },
  'environment-failed': {
    ...environment,
    phase: 'failed',
    steps: failedSteps,
    trouble: {
      type: 'WorkloadFailed',
      step: 'postgres',
      object: 'StatefulSet postgres',
      reason:
        'pods "postgres-0" is forbidden: exceeded quota: purser, requested: memory=4Gi, used: 6Gi, limited: 8Gi',
      events: [
        'FailedCreate: create Pod postgres-0 in StatefulSet postgres failed',
        'SuccessfulCreate: claim data',
      ],
      next: 'Choose a smaller size or delete an environment you no longer need, then press Retry.',
    },
    expiresAt: '2026-11-30T10:06:00.000Z',
    actions: [
      { actionId: 'environment.retry', label: 'Retry', style: 'primary', payload },
      {
        actionId: 'environment.roll-back',
        label: 'Roll back',
        style: 'danger',
        payload,
        confirm: {
          title: 'Roll back?',
          text: 'Everything created so far is deleted again.',
          confirmLabel: 'Roll back',
        },
      },
    ],
  },
  'environment-deleting': { ...environment, phase: 'deleting', steps: done, deletedBy: kim },
  'environment-cancelled': { ...environment, phase: 'deleting', end: 'deleted', steps: done },
  'environment-deleted': {
    ...environment,
    phase: 'gone',
    end: 'deleted',
    steps: done,
    deletedBy: kim,
    endedAt: '2026-11-24T09:00:00.000Z',
  },
  'environment-denied': {
    ...environment,
    phase: 'gone',
    end: 'denied',
    approval: denied,
    endedAt: '2026-11-23T10:05:00.000Z',
  },
  'environment-rolled-back': {
    ...environment,
    phase: 'gone',
    end: 'rolled-back',
    steps: failedSteps,
    leftovers: ['PersistentVolume pvc-1234: its claim is gone, but the storage provider keeps it'],
    endedAt: '2026-11-23T10:20:00.000Z',
  },
  'approval-open': approval,
  'approval-decided': { ...approval, summary: approved, actions: [], audience: nobodyAnyMore },
  'approval-denied': { ...approval, summary: denied, actions: [], audience: nobodyAnyMore },
  'expiry-warning': {
    kind: 'expiry-warning',
    name: 'pr-42',
    expiresAt: '2026-11-30T10:06:00.000Z',
    owner: kim,
    actions: [{ actionId: 'environment.show', label: 'Show', payload: { name: 'pr-42' } }],
  },
  notice: {
    kind: 'notice',
    tone: 'warning',
    text: 'Delete pr-42? Everything in it is deleted, and its name becomes free.',
    details: ['2 services, 1 database'],
    link: { label: 'Sign in and go on', url: 'https://purser.example.com/sign-in?id=abc' },
    actions: [{ actionId: 'environment.delete-confirmed', label: 'Delete', style: 'danger', payload }],
  },
  help: {
    kind: 'help',
    title: 'What I can do',
    intro: 'I make environments, and I look after them until they are gone.',
    commands: [
      {
        usage: '/env create [template] [key=value …]',
        summary: 'Requests an environment.',
        examples: ['/env create', '/env create dev name=pr-42 size=m'],
      },
      { usage: '/env list [team=…] [mine]', summary: 'Shows what there is.', examples: ['/env list mine'] },
    ],
  },
  'template-list': {
    kind: 'template-list',
    templates: [
      {
        name: 'dev',
        version: 1,
        title: 'Developer environment',
        description: 'A namespace with a task runner, artifact storage and, if you like, Postgres.',
        owner: 'team-platform',
        parameters: [
          { name: 'name', summary: 'lower-case letters, digits and dashes', required: true },
          { name: 'size', summary: 's, m or l', required: false },
        ],
        livesFor: '7 days',
        action: { actionId: 'environment.request', label: 'Request', payload: { template: 'dev' } },
      },
    ],
    problems: [{ template: 'legacy', problem: 'outputs: there is no Service named web' }],
  },
  'environment-list': {
    kind: 'environment-list',
    title: 'Environments of team Shop',
    items,
    more: 3,
    empty: 'There is none.',
  },
  'environment-list-empty': {
    kind: 'environment-list',
    title: 'Your environments',
    items: [],
    more: 0,
    empty: 'You have none. /env create makes the first one.',
  },
  explanation: {
    kind: 'explanation',
    title: 'What you may do with pr-42',
    lines: [
      {
        question: 'Reveal credentials',
        answer: 'yes',
        rule: 'teams-use',
        detail: 'a team shares its credentials',
      },
      {
        question: 'Delete',
        answer: 'no',
        rule: 'default-deny',
        detail: 'no rule lets developer do this here',
      },
    ],
  },
  home: {
    kind: 'home',
    person: noor,
    environments: items,
    incidents: sampleIncidentViews['incident-list'].items,
    access: sampleAccessViews['access-list'].items,
    awaitingMe: [
      {
        title: 'Environment checkout',
        requestedBy: lee,
        since: '2026-11-23T09:00:00.000Z',
        actions: approval.actions,
      },
    ],
    actions: [
      { actionId: 'environment.request', label: 'Request an environment', style: 'primary', payload: {} },
    ],
  },
  form,
  'form-with-errors': { ...form, errors: { name: 'pr-42 belongs to Lee Sample. Is pr-42-2 all right?' } },
  'form-deny': {
    kind: 'form',
    formId: 'environment.deny',
    title: 'Deny pr-42',
    submitLabel: 'Deny',
    fields: [
      {
        name: 'reason',
        label: 'Why?',
        schema: { type: 'string', minLength: 3, maxLength: 500 },
        required: true,
        multiline: true,
      },
    ],
    values: {},
    notes: [],
    context: approve,
  },
  ...sampleIncidentViews,
  ...samplePeopleViews,
  ...sampleAccessViews,
  ...sampleQuotaViews,
  'access-form': sampleAccessForm,
  ...sampleDepartureViews,
  credentials: {
    kind: 'credentials',
    title: 'Credentials of pr-42',
    entries: [
      { key: 'DATABASE_URL', value: 'postgres://app:not<a&real>one@postgres.env-pr-42.svc:5432/app' },
      { key: 'TICKS', value: 'with `back` quotes' },
    ],
    note: 'Only you see this. It has been noted that you looked.',
  },
} satisfies Record<string, View>;
