import assert from 'node:assert/strict';
import { type IncidentConfig, incidentConfigSchema } from '../../src/domain/incident-config.ts';
import type { Escalation, IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { sampleIncident, slackRoom } from '../support/incident-records.ts';
import type { Scene, Stage } from './scene.ts';
import type { Posted } from './strict-chat.ts';

export const SLACK_NEWS: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0NEWS' };
export const SLACK_SALES: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SALES' };
export const TEAMS_NEWS: ConversationRef = {
  platform: 'teams',
  tenantId: 'tenant',
  conversationId: '19:news',
  serviceUrl: 'https://teams.test',
};
export const TEAMS_ROOM: IncidentRoom = {
  platform: 'teams',
  kind: 'channel',
  conversation: { ...TEAMS_NEWS, conversationId: '19:room' },
  name: 'inc-142',
};

export function sampleConfig(changes: Record<string, unknown> = {}): IncidentConfig {
  return incidentConfigSchema.parse({
    apiVersion: 'purser/v1',
    kind: 'Incidents',
    severities: [{ id: 'sev1', title: 'Critical', meaning: 'Customers cannot buy.' }],
    roles: [{ id: 'lead', title: 'Lead', instructions: 'Decide.' }],
    defaults: { severity: 'sev1' },
    rooms: {
      announce: [SLACK_NEWS, TEAMS_NEWS],
      stakeholders: [{ conversation: SLACK_SALES, severities: ['sev1'] }],
    },
    schedules: [
      {
        id: 'shop',
        title: 'Shop',
        timeZone: 'UTC',
        rotations: [{ people: ['kim', 'lee'], starts: '2026-04-01T00:00', every: '1d' }],
      },
    ],
    ...changes,
  });
}

/** A scene in which incidents are on, in Slack and, if wanted, in Teams, where Kim has an account as well. */
export async function incidentScene(
  stage: Stage,
  { teams = false, config = {} }: { teams?: boolean; config?: Record<string, unknown> } = {},
): Promise<Scene> {
  const scene = await stage.scene();
  scene.deps.incidentConfig = async () => sampleConfig(config);
  scene.deps.now = () => new Date('2026-04-01T09:30:00.000Z');
  if (teams) {
    scene.chat.connect('teams');
    const kim = scene.directory.people.find(({ id }) => id === 'kim');
    kim?.accounts.push({ platform: 'teams', tenantId: 'tenant', aadObjectId: 'kim' });
  }
  return scene;
}

export function openIncident(changes: Partial<IncidentState> = {}): IncidentState {
  return sampleIncident({
    status: 'triaging',
    resolution: undefined,
    rooms: [slackRoom('C0ROOM')],
    ...changes,
  });
}

export function pagedChain(changes: Partial<Escalation> = {}, people = ['kim']): Escalation {
  return {
    id: 'e1',
    title: 'Shop on call',
    message: 'Please help',
    startedBy: 'purser',
    startedAt: '2026-04-01T09:02:00.000Z',
    levels: [],
    loops: 1,
    fallback: [],
    pages: people.map((person) => ({
      key: `e1:1:${person}`,
      person,
      level: 0,
      round: 1,
      at: '2026-04-01T09:02:00.000Z',
      reached: true,
    })),
    exhausted: false,
    ...changes,
  };
}

/** Where there is what, by kind of view. */
export function shape({ chat }: Scene): string[] {
  return chat.messages.map((message) => `${message.channel} ${message.shown[0]?.kind}`).sort();
}

export function lastOf<Kind extends MessageView['kind']>(
  message: Posted | undefined,
  kind: Kind,
): Extract<MessageView, { kind: Kind }> {
  const view = message?.shown.at(-1);
  assert.equal(view?.kind, kind);
  return view as Extract<MessageView, { kind: Kind }>;
}
