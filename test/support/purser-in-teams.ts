import { randomUUID } from 'node:crypto';
import type { Person } from '../../src/domain/people.ts';
import type { PlatformConfig } from '../../src/domain/platform.ts';
import { type FakeTeams, startFakeTeams } from './fake-teams.ts';
import { openPurser, type Purser, type PurserOptions } from './purser.ts';
import type { PurserProcess } from './purser-process.ts';

export const TEAMS_CHANNEL = '19:dev@thread.tacv2';
export const TEAMS_APPROVALS = '19:approvals@thread.tacv2';
export const TEAMS_INCIDENTS = '19:incidents@thread.tacv2';

/** Everybody of `manifests/platform.yaml` by directory id, as the fake Teams knows them. */
export const PEOPLE = {
  kim: '00000000-0000-4000-8000-00000000a001',
  lee: '00000000-0000-4000-8000-00000000a002',
  noor: '00000000-0000-4000-8000-00000000a003',
  ravi: '00000000-0000-4000-8000-00000000a004',
  sam: '00000000-0000-4000-8000-00000000a005',
};

export interface PurserInTeams extends Purser {
  teams: FakeTeams;
  /** Has Teams speak to this bot from now on. */
  speakTo(bot: PurserProcess): void;
}

/** Purser with both chat platforms at once, and the same people in both. Nothing runs yet, as with `openPurser`. */
export async function openPurserInTeams(options: PurserOptions = {}): Promise<PurserInTeams> {
  const tenantId = randomUUID();
  const teams = await startFakeTeams(tenantId);
  const opening = openPurser({
    ...options,
    platform(platform) {
      for (const person of platform.people) linkInTeams(person, tenantId);
      platform.approvalChannels.push({
        platform: 'teams',
        tenantId,
        conversationId: TEAMS_APPROVALS,
        serviceUrl: teams.config.apiUrl,
      });
      options.platform?.(platform);
      populate(teams, platform);
    },
    incidents(config) {
      for (const place of config.rooms.announce)
        if (place.platform === 'teams')
          Object.assign(place, {
            tenantId,
            conversationId: TEAMS_INCIDENTS,
            serviceUrl: teams.config.apiUrl,
          });
      options.incidents?.(config);
    },
  });
  opening.catch(() => teams.close());
  const purser = await opening;
  const speakTo = (bot: PurserProcess) => teams.connect(`${bot.url}/api/messages`);
  return {
    ...purser,
    teams,
    speakTo,
    async startBot(more) {
      const bot = await purser.startBot({ ...teams.env, ...more });
      speakTo(bot);
      return bot;
    },
    startWorker: (more) => purser.startWorker({ ...teams.env, ...more }),
    problems: () => [...purser.problems(), ...teams.problems],
    async close() {
      await purser.close();
      await teams.close();
    },
  };
}

/** The file is read before its defaults are filled in. Sam stays unlinked. */
function linkInTeams(person: Person, tenantId: string): void {
  const aadObjectId = PEOPLE[person.id as keyof typeof PEOPLE];
  if (person.id === 'sam' || aadObjectId === undefined) return;
  person.accounts = [
    ...(person.accounts ?? []).filter(({ platform }) => platform !== 'teams'),
    { platform: 'teams', tenantId, aadObjectId },
  ];
}

function populate(teams: FakeTeams, { people }: PlatformConfig): void {
  for (const { id, name, email, accounts = [] } of people) {
    const account = accounts.find(({ platform }) => platform === 'teams');
    const aadObjectId = account?.platform === 'teams' ? account.aadObjectId : PEOPLE.sam;
    if (account !== undefined || id === 'sam') teams.addUser({ aadObjectId, name, email });
  }
  const members = [...teams.world.users.keys()];
  teams.addChannel({ id: TEAMS_CHANNEL, name: 'dev', members });
  teams.addChannel({ id: TEAMS_APPROVALS, name: 'approvals', members });
  teams.addChannel({ id: TEAMS_INCIDENTS, name: 'incidents', members });
}
