import { actButton, formButton } from '../../src/domain/incident-buttons.ts';
import type { IncidentView } from '../../src/domain/incident-view-types.ts';
import type { IncidentRoom } from '../../src/domain/incidents.ts';

export const slackRoom: IncidentRoom = {
  platform: 'slack',
  kind: 'channel',
  conversation: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0INC142' },
  name: 'inc-142-checkout-is-down',
};
export const teamsRoom: IncidentRoom = {
  platform: 'teams',
  kind: 'thread',
  conversation: {
    platform: 'teams',
    tenantId: 'tenant',
    conversationId: '19:incidents@thread.tacv2;messageid=1',
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
  },
  name: 'a thread in Incidents',
};

/** One with a step in each state, and one that is done. */
export const sampleRunbooks: IncidentView['runbooks'] = [
  {
    title: 'Checkout is down <!channel> *now*',
    total: 6,
    done: 1,
    skipped: 1,
    steps: [
      {
        title: 'Page all-hands',
        state: 'waiting',
        approver: 'Lead',
        action: actButton(142, 'Approve', { kind: 'runbook-step', id: 'r1.2', do: 'approve' }),
      },
      {
        title: 'Environment from dev',
        state: 'waiting',
        action: formButton(142, 'Request…', 'incident.environment', { template: 'dev' }),
      },
      { title: 'Invite the team Shop', state: 'running' },
      {
        title: 'Tell status-page',
        state: 'failed',
        note: 'The webhook does not answer',
        action: actButton(142, 'Retry', { kind: 'runbook-step', id: 'r1.5', do: 'retry' }),
      },
    ],
  },
  { title: 'Tell the press', total: 1, done: 1, skipped: 0, steps: [] },
];
