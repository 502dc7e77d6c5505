import { formatDuration } from './durations.ts';
import { lookButton } from './incident-buttons.ts';
import { utc } from './incident-export.ts';
import { doerRef, withNames } from './incident-people.ts';
import type { IncidentReviewView } from './incident-view-types.ts';
import type { IncidentState, IncidentTask, TimelineEntry } from './incidents.ts';
import { inline } from './markdown.ts';
import type { DirectorySnapshot } from './people.ts';

type Section = IncidentReviewView['sections'][number];

/** More than that nobody reads; everything is in the export. */
const TIMELINE_MAX = 40;
/** What tells how it went. Setting up, roles, tasks and single alerts do not. */
const MATTERS: ReadonlySet<TimelineEntry['kind']> = new Set([
  'declared',
  'status',
  'severity',
  'update',
  'page',
  'note',
  'action',
  'resolution',
]);

/** The draft of a review: what is known already, and what those who were there have to add. */
export function reviewView(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): IncidentReviewView {
  return {
    kind: 'incident-review',
    number: state.number,
    title: state.title,
    sections: [
      { title: 'Summary', lines: summaryLines(state, directory) },
      { title: 'Impact', lines: impactLines(state) },
      { title: 'Timeline', lines: timelineLines(timeline, directory) },
      { title: 'Contributing causes', lines: causeLines(state) },
      ...judgement(state, directory),
      { title: 'Follow-ups', lines: followUpLines(state, directory) },
    ],
    actions: [lookButton(state.number, 'Export everything', 'incident.export')],
  };
}

/** The same as a file, to be completed. */
export function reviewMarkdown(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): string {
  const { title, sections } = reviewView(state, timeline, directory);
  const parts = sections.map((section) =>
    [`## ${section.title}`, '', ...section.lines.map((line) => `- ${inline(line)}`)].join('\n'),
  );
  return `${[`# Review of incident ${state.number}: ${inline(title)}`, ...parts].join('\n\n')}\n`;
}

function summaryLines(state: IncidentState, directory: DirectorySnapshot): string[] {
  const { severity, rules, times, resolution, roles } = state;
  const title = rules.severities.find(({ id }) => id === severity)?.title;
  const lead = roles.find(({ role }) => role === rules.roles[0]?.id)?.person;
  const led = lead === undefined ? 'Nobody led it' : `Led by ${doerRef(directory, lead).name}`;
  const declared = `Declared by ${doerRef(directory, state.declaredBy).name}, ${utc(times.declaredAt)}. ${led}.`;
  return [
    ...linesOf(state.summary),
    [severity, title, rules.service?.title ?? state.service].filter(Boolean).join(', '),
    declared,
    ...(resolution === undefined ? [] : linesOf(`Fix: ${resolution.fix}`)),
  ];
}

function impactLines({ times, update }: IncidentState): string[] {
  const begin = times.impactAt ?? times.detectedAt;
  const end = times.mitigatedAt ?? times.resolvedAt;
  const from = `${times.impactAt === undefined ? 'Detected' : 'Began'} ${utc(begin)}`;
  return [
    ...(update.last?.impact === undefined || update.last.impact === ''
      ? ['To be completed: who noticed what, and how many were concerned.']
      : linesOf(update.last.impact)),
    end === undefined ? `${from}.` : `${from}, over ${utc(end)}: ${between(begin, end)}.`,
  ];
}

function timelineLines(timeline: TimelineEntry[], directory: DirectorySnapshot): string[] {
  const lines = timeline
    .filter(({ kind, struck }) => MATTERS.has(kind) && !struck)
    .map(({ at, text, by }) => `${utc(at)}: ${withNames(directory, text)} (${doerRef(directory, by).name})`);
  const more = lines.length - TIMELINE_MAX;
  if (more <= 0) return lines;
  const half = TIMELINE_MAX / 2;
  return [...lines.slice(0, half), `… ${more} more, all of them in the export …`, ...lines.slice(-half)];
}

function causeLines({ resolution, alerts }: IncidentState): string[] {
  return [
    ...(resolution === undefined ? [] : linesOf(resolution.cause)),
    ...(alerts === undefined ? [] : [`Alerts: ${alerts.names.join(', ')} (${alerts.total} in all)`]),
    'To be completed: what else had to be so for it to happen.',
  ];
}

/** What the figures praise, and what they do not. */
function judgement(state: IncidentState, directory: DirectorySnapshot): Section[] {
  const said = [punctuality(state), answer(state), detection(state), ...unanswered(state, directory)].flat();
  const lines = (good: boolean) => said.filter((one) => one.good === good).map(({ line }) => line);
  return [
    { title: 'What went well', lines: [...lines(true), 'To be completed.'] },
    { title: 'What went less well', lines: [...lines(false), 'To be completed.'] },
  ];
}

interface Judged {
  good: boolean;
  line: string;
}

function punctuality({ update: { kept, missed } }: IncidentState): Judged[] {
  if (kept + missed === 0) return [];
  return [{ good: missed === 0, line: `${kept} of ${kept + missed} updates came in time.` }];
}

/** Good is an answer of those who were asked first. */
function answer({ times, escalations }: IncidentState): Judged[] {
  if (times.acknowledgedAt === undefined) return [];
  const pages = escalations.flatMap((escalation) => escalation.pages);
  const first = pages[0];
  const later = pages.filter(({ level, round }) => level !== first?.level || round !== first.round);
  const took = between(times.declaredAt, times.acknowledgedAt);
  if (later.length === 0) return [{ good: true, line: `Acknowledged after ${took}.` }];
  return [{ good: false, line: `Acknowledged after ${took}, and ${pages.length} pages.` }];
}

function detection({ times }: IncidentState): Judged[] {
  if (times.impactAt === undefined || times.impactAt >= times.detectedAt) return [];
  return [{ good: false, line: `Not noticed for ${between(times.impactAt, times.detectedAt)}.` }];
}

function unanswered({ escalations }: IncidentState, directory: DirectorySnapshot): Judged[] {
  return escalations
    .filter(({ exhausted, acknowledged }) => exhausted && acknowledged === undefined)
    .map(({ title }) => ({
      good: false,
      line: `${withNames(directory, title)}: everybody was paged, and nobody answered.`,
    }));
}

function followUpLines({ tasks }: IncidentState, directory: DirectorySnapshot): string[] {
  const followUps = tasks.filter(({ followUp, doneAt }) => followUp || doneAt === undefined);
  if (followUps.length === 0) return ['None yet. What would keep it from happening again?'];
  return followUps.map((task) => `${task.text} (${followUpState(task, directory)})`);
}

function followUpState({ owner, dueAt, doneAt }: IncidentTask, directory: DirectorySnapshot): string {
  const owned = owner === undefined ? 'nobody yet' : doerRef(directory, owner).name;
  if (doneAt !== undefined) return `${owned}, done`;
  return dueAt === undefined ? owned : `${owned}, due ${utc(dueAt)}`;
}

function between(from: string, to: string): string {
  return formatDuration(Date.parse(to) - Date.parse(from));
}

function linesOf(text: string): string[] {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
