import type { IncidentContext } from '../../activities/incidents/contract.ts';
import type { Platform } from '../../src/domain/refs.ts';
import { chat, outside } from './activities.ts';
import { alertsChanged } from './alerts.ts';
import { change, context, enter, isOpen, isPast, type Life } from './incident-state.ts';
import type { Job, JobKind } from './memory.ts';
import { noteReached, noteUnreachable, recordOf } from './pages.ts';
import { holderOf, holdingOf, leadOf } from './people.ts';
import { auditStep, stepFailed, takeStep } from './runbook-steps.ts';
import { beginRunbooks, noRunbooks, stepNamed } from './runbooks.ts';
import {
  followTask,
  isIssueWanted,
  isReviewOpen,
  isReviewWanted,
  issueFailed,
  proposalFailed,
  propose,
} from './trackers.ts';
import { sendToWebhook, webhookFailed, webhookTroubled } from './webhooks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface JobRules<J extends Job> {
  /** How long it is tried. */
  lastsMs: number;
  /** Before that it waits. */
  isReady?(life: Life, job: J): boolean;
  /** Whether it still says something that is true. */
  isWorth?(life: Life, job: J): boolean;
  run(life: Life, job: J): Promise<void>;
  /** It has failed, and is tried again. */
  troubled?(life: Life, job: J, reason: string): void;
  /** It was given up. */
  failed?(life: Life, job: J, reason: string): void;
}

type JobOf<Kind extends JobKind> = Extract<Job, { kind: Kind }>;

export const JOBS: { [Kind in JobKind]: JobRules<JobOf<Kind>> } = {
  tell: {
    lastsMs: DAY,
    isReady: isThere,
    isWorth: isThere,
    run: tellThere,
  },
  remind: {
    lastsMs: HOUR,
    isWorth: isStillTrue,
    async run(life, { reminder }) {
      await chat.remind({ ...context(life), reminder });
    },
  },
  page: {
    lastsMs: 30 * MINUTE,
    isWorth: (life, { escalation }) => life.memory.chains[escalation] !== undefined,
    run: sendPage,
    failed: noteUnreachable,
  },
  webhook: {
    lastsMs: DAY,
    isWorth: ({ state }, { event }) => !state.private || event === 'withdraw',
    run: sendToWebhook,
    troubled: webhookTroubled,
    failed: webhookFailed,
  },
  silence: { lastsMs: 10 * MINUTE, run: silence, failed: silenceFailed },
  link: {
    lastsMs: DAY,
    async run(life, { other, as, key }) {
      await outside.tellIncident({ ...context(life), other, as, key });
      // By now they are its own again.
      if (as === 'unmerged') alertsChanged(life);
    },
    failed(life, { other }, reason) {
      enter(life, { kind: 'link', by: 'purser', text: `#${other} could not be told of the link: ${reason}` });
    },
  },
  review: {
    lastsMs: DAY,
    isReady: (life, { where }) => where === undefined || isThere(life, { where }),
    isWorth: (life, { where }) =>
      life.state.resolution !== undefined && (where === undefined || isThere(life, { where })),
    async run(life, { where }) {
      await chat.publishReview(where === undefined ? context(life) : within(life, where));
    },
  },
  issue: { lastsMs: DAY, isWorth: isIssueWanted, run: followTask, failed: issueFailed },
  propose: { lastsMs: DAY, isWorth: isReviewWanted, run: propose, failed: proposalFailed },
  runbooks: {
    lastsMs: HOUR,
    isWorth: ({ state }) => state.status !== 'closed',
    run: beginRunbooks,
    failed: noRunbooks,
  },
  'runbook-step': {
    lastsMs: 10 * MINUTE,
    isWorth: ({ state }, { step }) => stepNamed(state, step)?.state === 'running',
    run: takeStep,
    failed: stepFailed,
  },
  'audit-step': { lastsMs: DAY, run: auditStep },
  archive: {
    lastsMs: DAY,
    isWorth: ({ state }) => state.status === 'closed',
    async run(life, { platform }) {
      await chat.archiveRoom({ ...context(life), platform });
      leaveAdopted(life, platform);
    },
  },
};

/** Told only what it is for: a message is posted once wherever it is due, by its key. */
async function tellThere(life: Life, { where, message }: JobOf<'tell'>): Promise<void> {
  await chat.tellRooms({ ...within(life, where), message });
}

/** Stakeholders' channels are there before any incident. */
function isThere({ state }: Life, { where }: Pick<JobOf<'tell'>, 'where'>): boolean {
  return where === 'stakeholders' || state.rooms.some(({ platform }) => platform === where);
}

/** As if there were no other rooms. */
function within({ state }: Life, where: JobOf<'tell'>['where']): IncidentContext {
  return { state: { ...state, rooms: state.rooms.filter(({ platform }) => platform === where) } };
}

async function sendPage(life: Life, job: JobOf<'page'>): Promise<void> {
  const record = recordOf(life, job);
  if (record === undefined) return;
  const { reached, reason } = await chat.page({ ...context(life), escalation: job.escalation, record });
  if (reached) noteReached(life, job, reason);
  else noteUnreachable(life, job, reason ?? 'no platform took it');
}

function isStillTrue(life: Life, { reminder: { about, person } }: JobOf<'remind'>): boolean {
  const { state } = life;
  switch (about.kind) {
    case 'update-due':
      return state.update.stage !== 'quiet';
    case 'claim-lead':
      return isOpen(state) && leadOf(state) === undefined;
    case 'role-offer':
      return holdingOf(state, about.role)?.offer?.to === person && !isPast(about.until);
    case 'instructions':
      return holderOf(state, about.role) === person;
    case 'holder-doubt':
      return holdingOf(state, about.role)?.doubt === about.why;
    case 'task-due':
      return state.tasks.some(({ id, doneAt }) => id === about.task && doneAt === undefined);
    case 'review-due':
      return state.status === 'resolved' || isReviewOpen(state);
    case 'alert-again':
      return state.status === 'resolved';
  }
}

async function silence(life: Life, { key, person, ms, comment }: JobOf<'silence'>): Promise<void> {
  const { id, until } = await outside.silenceAlerts({ ...context(life), key, person, ms, comment });
  change(life, { silences: [...life.state.silences, { id, until, by: person, comment }] });
  enter(life, { kind: 'action', by: person, text: `Silenced until ${clock(until)}: ${comment}` });
}

function silenceFailed(life: Life, { person }: JobOf<'silence'>, reason: string): void {
  enter(life, { kind: 'action', by: person, text: `The alerts could not be silenced: ${reason}` });
}

/** What is said there from now on is about it no more. */
function leaveAdopted(life: Life, platform: Platform): void {
  const rooms = life.state.rooms.filter((room) => room.platform !== platform || !room.adopted);
  if (rooms.length < life.state.rooms.length) change(life, { rooms });
}

function clock(iso: string): string {
  return `${iso.slice(11, 16)} UTC`;
}
