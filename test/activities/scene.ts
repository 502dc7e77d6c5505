import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import type { ActivityDeps } from '../../activities/deps.ts';
import { type Activities, createActivities } from '../../activities/index.ts';
import { createPolicyFiles } from '../../src/directory/policy-files.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { Plan } from '../../src/domain/plans.ts';
import type { Cluster } from '../../src/domain/ports.ts';
import type { ConversationRef } from '../../src/domain/refs.ts';
import { createTrackers } from '../../src/outside/trackers.ts';
import { type AuditRow, createAuditStore } from '../../src/store/audit.ts';
import { createCopyStore } from '../../src/store/copies.ts';
import { createDepartureStore } from '../../src/store/departures.ts';
import { createGrantLedger } from '../../src/store/grants.ts';
import { createIncidentStore } from '../../src/store/incidents.ts';
import { createLinkStore } from '../../src/store/links.ts';
import { type OpenDatabase, openDatabase } from '../../src/store/open-database.ts';
import { createPlaceStore } from '../../src/store/places.ts';
import { createPlanStore } from '../../src/store/plans.ts';
import { createTeamStore } from '../../src/store/teams.ts';
import { createTokenStore } from '../../src/store/tokens.ts';
import { SAMPLE_DIGEST, sampleDirectory } from '../support/environment-samples.ts';
import { createTestCatalog } from '../support/test-catalog.ts';
import { createStrictChat, type StrictChat } from './strict-chat.ts';

export const SHOP_CHANNEL: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0SHOP' };
export const APPROVAL_CHANNEL: ConversationRef = {
  platform: 'slack',
  teamId: 'T0SAMPLE',
  channelId: 'C0APPROVAL',
};

export interface Stage {
  open(): Promise<void>;
  close(): Promise<void>;
  /** Real stores, emptied; a chat that does as it is told; a cluster that must be given. */
  scene(cluster?: Partial<Cluster>): Promise<Scene>;
}

export interface Scene {
  deps: ActivityDeps;
  chat: StrictChat;
  /** The directory as it is now; tests change it. */
  directory: DirectorySnapshot;
  activities: Activities;
  /** Runs one attempt of an activity. The same `activityId` is another attempt of the same activity. */
  run<Input, Output>(
    activity: (input: Input) => Promise<Output>,
    input: Input,
    activityId?: string,
  ): Promise<Output>;
  audit(): Promise<AuditRow[]>;
}

/** One attempt of an activity, which says nothing. */
export function mockActivity(activityId = 'activity-1'): MockActivityEnvironment {
  return new MockActivityEnvironment({ activityId }, { logger: new DefaultLogger('ERROR') });
}

/** One embedded database for the tests of a file. */
export function createStage(): Stage {
  let home: string;
  let opened: OpenDatabase;
  return {
    async open() {
      home = await mkdtemp(join(tmpdir(), 'purser-activities-'));
      opened = await openDatabase({ home, onError: () => {} });
      await opened.database.execute(sql`alter table audit disable trigger audit_append_only`);
    },
    async close() {
      await opened.close();
      await rm(home, { recursive: true, force: true });
    },
    async scene(cluster = {}) {
      const { database } = opened;
      await database.execute(
        sql`truncate departures, tokens, audit, plans, places, quota_grants, links, message_copies, incidents, incident_entries, incident_alerts, incident_groups, incident_numbers, grants, grant_holdings, teams`,
      );
      await database.execute(sql`update audit_head set index = 0, hash = repeat('0', 64)`);
      const chat = createStrictChat();
      const directory = sampleDirectory();
      const audit = createAuditStore(database);
      const deps: ActivityDeps = {
        directory: { snapshot: async () => directory },
        policy: createPolicyFiles('manifests'),
        approvalChannels: async () => [APPROVAL_CHANNEL],
        audit,
        plans: createPlanStore(database),
        catalog: createTestCatalog(),
        digestOf: (plan) => plan.template.digest,
        places: createPlaceStore(database),
        links: createLinkStore(database),
        teams: createTeamStore(database),
        copies: createCopyStore(database),
        cluster: { ...unexpected, ...cluster },
        systems: async () => [],
        roleTemplates: async () => [],
        entitlements: async () => [],
        orphanRule: async () => 'ask',
        grants: createGrantLedger(database),
        chat: chat.router,
        drillChat: chat.router,
        incidents: createIncidentStore(database),
        gameDay: { faults: async () => [] },
        incidentConfig: async () => undefined,
        runbooks: async () => ({ runbooks: [], problems: [] }),
        secret: () => undefined,
        webhooks: { send: async () => refuseOutside() },
        silences: { silence: async () => refuseOutside() },
        trackers: createTrackers(),
        tellIncident: async () => refuseOutside(),
        departures: createDepartureStore(database),
        tokens: createTokenStore(database),
        environmentsOf: async () => [],
        now: () => new Date(),
      };
      return {
        deps,
        chat,
        directory,
        activities: createActivities(deps),
        run: (activity, input, activityId = 'activity-1') => mockActivity(activityId).run(activity, input),
        audit: async () => {
          const rows: AuditRow[] = [];
          for await (const row of audit.rows()) rows.push(row);
          return rows;
        },
      };
    },
  };
}

const unexpected: Cluster = {
  applyStep: async () => refuse(),
  teardown: async () => refuse(),
  noteExpiry: async () => refuse(),
  readSecrets: async () => refuse(),
  ready: async () => true,
};

function refuse(): never {
  throw new Error('the cluster was not to be asked');
}

function refuseOutside(): never {
  throw new Error('systems of others were not to be asked');
}

/** The plan that `sampleState()` names. */
export function samplePlan(digest = SAMPLE_DIGEST): Plan {
  return {
    template: { name: 'dev', version: 1, title: 'Developer environment', digest },
    environment: {
      cluster: 'local',
      name: 'pr-42',
      namespace: 'env-pr-42',
      team: 'shop',
      group: 'team-shop',
    },
    parameters: {},
    steps: [{ id: 'space', title: 'Space', objects: [] }],
    outputs: [],
    lifecycle: { ttlMs: 1, maxTtlMs: 2, warnMs: [] },
    approval: { auto: true, because: 'small' },
    quota: { perOwner: 3, perTeam: 20 },
    accessProof: { group: 'team-shop', outsiderGroup: 'nobody' },
  };
}
