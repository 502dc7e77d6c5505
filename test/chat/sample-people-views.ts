import { managerNote, welcomeView } from '../../src/domain/arrival-views.ts';
import type { Person, Team } from '../../src/domain/people.ts';
import { personView, teamListView, teamView } from '../../src/domain/people-views.ts';
import { requestApprovalView, requestView } from '../../src/domain/request-views.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { sampleArrival, sampleStep, sampleTeamChange } from '../support/people-request-samples.ts';
import { kim, lee } from './sample-things.ts';

const person = (known: typeof kim, more: Partial<Person> = {}): Person => ({
  ...known,
  email: `${known.id}@example.test`,
  active: true,
  roles: ['developer'],
  ...more,
});
const shop: Team = {
  id: 'shop',
  title: 'Shop <b>',
  group: 'team-shop',
  leads: [lee.id],
  members: [kim.id, 'gone'],
};
const directory = {
  people: [
    person(kim, { manager: lee.id }),
    person(lee),
    person({ ...lee, id: 'gone', name: 'Old *Sample*' }, { active: false }),
  ],
  teams: [shop, { ...shop, id: 'finops', title: 'FinOps', group: 'team-finops', members: [] }],
};
const environments = {
  items: [
    {
      cluster: 'local',
      name: 'pr-42',
      phase: 'ready' as const,
      template: 'dev',
      team: 'shop',
      owner: kim.id,
      expiresAt: '2026-11-30T10:00:00.000Z',
    },
  ],
  total: 3,
};

const waiting = sampleTeamChange({
  title: 'Shop <b>',
  person: 'gone',
  phase: 'awaiting-approval',
  approval: {
    approvers: [lee.id],
    because: 'a lead of team Shop <b> decides who is in it',
    deadline: '2026-11-30T10:00:00.000Z',
  },
});
const denied = sampleTeamChange({
  ...waiting,
  phase: 'refused',
  approval: {
    approvers: [lee.id],
    because: 'a lead decides',
    deadline: '2026-11-30T10:00:00.000Z',
    decision: {
      outcome: 'denied',
      by: [lee.id],
      at: '2026-11-23T10:00:00.000Z',
      reason: 'Not *ours* <!channel>',
    },
  },
});
const stuck = sampleStep({
  system: 'sso',
  holding: { kind: 'group', group: '/shop' },
  state: 'by-hand',
  trouble: 'sso has no group “/shop”.',
});

const arrival = sampleArrival({
  name: 'New *Sample* <!channel>',
  title: 'Shop <b>',
  phase: 'waiting',
  approval: waiting.approval,
  steps: [{ ...stuck, holding: { kind: 'account' }, state: 'done', trouble: undefined }, stuck],
});

/** Made by what makes them in earnest. */
export const samplePeopleViews = {
  person: personView(directory, directory.people[0] as Person, {
    environments,
    inside: {
      systems: [
        { system: 'purser', holdings: [{ kind: 'account' }, { kind: 'group', group: 'team/shop' }] },
        { system: 'cluster', holdings: [{ kind: 'group', group: 'edit', scope: 'default' }] },
        { system: 'sso', trouble: 'does not answer now' },
      ],
    },
  }),
  'person-from-outside': personView(directory, directory.people[0] as Person, { environments }),
  'team-list': teamListView(directory),
  team: teamView(directory, shop, environments),
  'team-change-waiting': requestView(waiting, directory),
  'team-change-approval': requestApprovalView(waiting, directory),
  'team-change-denied': requestView(denied, directory),
  'team-change-done': requestView(
    { ...waiting, approval: undefined, phase: 'done', steps: [stuck] },
    directory,
  ),
  'arrival-waiting': requestView(arrival, directory),
  'arrival-approval': requestApprovalView({ ...arrival, phase: 'awaiting-approval' }, directory),
  'arrival-done': requestView({ ...arrival, phase: 'done' }, directory),
  'arrival-manager': managerNote({ ...arrival, phase: 'done' }, 'Have them press “Forgot password”.'),
  'arrival-welcome': welcomeView(arrival, directory, undefined),
  'team-create-approval': requestApprovalView(
    { ...waiting, change: 'create', team: 'search', title: 'Search <b>', person: kim.id },
    directory,
  ),
} satisfies Record<string, MessageView>;
