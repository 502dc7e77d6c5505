import type { IncidentActivities } from '../../activities/incidents/contract.ts';
import type { IncidentRules, PageTarget } from '../../src/domain/incident-config.ts';
import type { IncidentInput, IncidentState, TrackerRef } from '../../src/domain/incidents.ts';
import { createStage, type Recorder, type Stage } from './stage.ts';

export type IncidentRecorder = Recorder<IncidentActivities, IncidentState>;

/** A world that works: everybody may do everything, chat delivers, `primary` is Kim. */
export function workingIncidentActivities(): IncidentActivities {
  return {
    authorizeIncidentAct: async () => undefined,
    recordIncident: async () => undefined,
    resolveTargets: async ({ targets }) => peopleOf(targets, { primary: ['kim'] }),
    readAlerts: async () => ({ firing: 1, total: 1, repeats: 0, names: ['CheckoutDown'], matchers: [] }),
    closeAlerts: async () => undefined,
    checkHolders: async () => [],
    openRoom: async ({ state, platform }) => ({
      platform,
      kind: 'channel',
      conversation:
        platform === 'slack'
          ? { platform, teamId: 'T0SAMPLE', channelId: `C0${state.number}` }
          : {
              platform,
              tenantId: 'tenant',
              conversationId: `19:${state.number}`,
              serviceUrl: 'https://teams',
            },
      name: `inc-${state.number}`,
    }),
    dressRoom: async () => ({ left: [] }),
    announceIncident: async () => ({ undelivered: [] }),
    tellRooms: async () => undefined,
    page: async () => ({ reached: true }),
    remind: async () => ({ reached: true }),
    publishReview: async () => undefined,
    redactIncident: async () => undefined,
    archiveRoom: async () => undefined,
    sendWebhook: async ({ event }) => ({ note: `${event} accepted` }),
    silenceAlerts: async () => ({ id: 'silence-1', until: '2030-01-01T00:00:00.000Z' }),
    tellIncident: async () => undefined,
    openIssue: async ({ task }) => sampleIssue(Number(task.slice(1))),
    closeIssue: async () => undefined,
    proposeReview: async () => ({ ...sampleIssue(9), state: 'open', kept: false }),
    lookAtTracker: async () => ({ closed: [] }),
    findRunbooks: async () => ({ plans: [], times: [], problems: [] }),
    auditStep: async () => undefined,
  };
}

function sampleIssue(number: number): TrackerRef {
  return { repository: 'acme/ops', number, url: `https://github.test/acme/ops/issues/${number}` };
}

/** Schedules as given; persons are themselves; a team is `<team>-1`; anybody called `nobody` is not there. */
export function peopleOf(
  targets: PageTarget[],
  schedules: Record<string, string[]>,
): { people: string[]; gaps: string[] } {
  const people: string[] = [];
  const gaps: string[] = [];
  for (const target of targets) {
    const [[kind, id] = ['', '']] = Object.entries(target);
    const found = kind === 'schedule' ? (schedules[id] ?? []) : kind === 'person' ? [id] : [`${id}-1`];
    if (found.length === 0 || id.startsWith('nobody')) gaps.push(`${kind} ${id}`);
    else people.push(...found);
  }
  return { people: [...new Set(people)], gaps };
}

export function createIncidentStage(): Stage<IncidentActivities, IncidentState> {
  return createStage(
    workingIncidentActivities,
    (input) => (input as { state: IncidentState }).state.requestId,
  );
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `sev1` every half an hour, `sev2` every hour, `sev3` pages nobody. Kim is on call; then Lee; then the team `ops`. */
export function sampleRules(changes: Partial<IncidentRules> = {}): IncidentRules {
  return {
    severities: [
      {
        id: 'sev1',
        title: 'Critical',
        meaning: 'Down',
        updateEvery: 30 * MINUTE,
        path: 'main',
        confirm: false,
      },
      { id: 'sev2', title: 'Major', meaning: 'Degraded', updateEvery: HOUR, path: 'main', confirm: false },
      { id: 'sev3', title: 'Minor', meaning: 'Small', confirm: false },
    ],
    roles: [
      { id: 'lead', title: 'Lead', instructions: 'Lead.' },
      { id: 'comms', title: 'Communications', instructions: 'Tell others.' },
      { id: 'scribe', title: 'Scribe', instructions: 'Write.' },
    ],
    paths: [
      {
        id: 'main',
        levels: [
          { notify: [{ schedule: 'primary' }], wait: 5 * MINUTE },
          { notify: [{ person: 'lee' }], wait: 5 * MINUTE },
        ],
        loops: 2,
        fallback: [{ team: 'ops' }],
      },
    ],
    timers: {
      claimLead: 5 * MINUTE,
      updateGrace: 10 * MINUTE,
      handover: 10 * MINUTE,
      pageAgain: 30 * MINUTE,
      holders: HOUR,
      nag: DAY,
      review: 5 * DAY,
      follow: HOUR,
      flap: 15 * MINUTE,
    },
    archiveAfterMs: 14 * DAY,
    drillPeople: ['dana'],
    webhooks: [],
    ...changes,
  };
}

export function sampleIncident(changes: Partial<IncidentInput> & { requestId: string }): IncidentInput {
  return {
    number: 142,
    title: 'checkout is down',
    summary: '',
    severity: 'sev1',
    private: false,
    drill: false,
    declaredBy: 'sam',
    detectedAt: '2026-11-24T10:00:00.000Z',
    platforms: ['slack'],
    rules: sampleRules(),
    ...changes,
  };
}

/** The timers of the sample rules, but so that a day passes within seconds. */
export function hurriedRules(changes: Partial<IncidentRules> = {}): IncidentRules {
  const { paths, timers, severities, ...rules } = sampleRules();
  return {
    ...rules,
    severities: severities.map((severity) =>
      severity.updateEvery === undefined ? severity : { ...severity, updateEvery: 60_000 },
    ),
    paths: paths.map((path) => ({ ...path, levels: path.levels.map((level) => ({ ...level, wait: 300 })) })),
    timers: { ...timers, handover: 400 },
    archiveAfterMs: 500,
    ...changes,
  };
}
