import { doerRef, withNames } from './incident-people.ts';
import type { Doer, IncidentState, IncidentTask, TimelineEntry } from './incidents.ts';
import { inline, linkTo, quotation } from './markdown.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';

/**
 * An incident as a JSON document, for other programs. Times are ISO 8601 in UTC, people are directory ids. `version`
 * grows when a field changes its meaning or goes away, and not when one is added.
 */
export interface IncidentExport {
  format: 'purser/incident';
  version: 1;
  number: number;
  title: string;
  summary: string;
  severity: string;
  service?: string;
  status: IncidentState['status'];
  private: boolean;
  drill: boolean;
  /** Why it was none. */
  cancelled?: string;
  /** A person, `alerts` or `purser`, as everywhere below. */
  declaredBy: Doer;
  times: IncidentState['times'];
  /** Who holds which role now. */
  roles: { role: string; person: string; since?: string }[];
  members: string[];
  /** Names behind the ids, as far as the directory knows them. */
  people: Record<string, string>;
  /** Updates that were due: how many came in time. */
  updates: { kept: number; missed: number; last?: IncidentState['update']['last'] };
  /** Everybody who was paged, oldest first. */
  pages: { escalation: string; person: string; at: string; level: number; reached: boolean }[];
  acknowledgements: { escalation: string; by: Doer; at: string }[];
  alerts?: { firing: number; total: number; names: string[] };
  tasks: IncidentTask[];
  links: IncidentState['links'];
  resolution?: IncidentState['resolution'];
  /** Oldest first. What was taken back is `struck`. */
  timeline: TimelineEntry[];
}

/** For a file; ends with a line break. */
export function incidentJson(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): string {
  return `${JSON.stringify(incidentExport(state, timeline, directory), null, 2)}\n`;
}

function incidentExport(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): IncidentExport {
  const { kept, missed, last } = state.update;
  const { alerts } = state;
  return {
    format: 'purser/incident',
    version: 1,
    number: state.number,
    title: state.title,
    summary: state.summary,
    severity: state.severity,
    service: state.service,
    status: state.status,
    private: state.private,
    drill: state.drill,
    cancelled: state.cancelled?.reason,
    declaredBy: state.declaredBy,
    times: state.times,
    roles: state.roles.flatMap(({ role, person, since }) =>
      person === undefined ? [] : [{ role, person, since }],
    ),
    members: state.members,
    people: namesOf(state, timeline, directory),
    updates: { kept, missed, last },
    pages: pagesOf(state, directory),
    acknowledgements: state.escalations.flatMap(({ title, acknowledged }) =>
      acknowledged === undefined ? [] : [{ escalation: withNames(directory, title), ...acknowledged }],
    ),
    alerts: alerts && { firing: alerts.firing, total: alerts.total, names: alerts.names },
    tasks: state.tasks,
    links: state.links,
    resolution: state.resolution,
    timeline: timeline.map((entry) => ({ ...entry, text: withNames(directory, entry.text) })),
  };
}

function namesOf(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): Record<string, string> {
  const mentioned = new Set([
    ...[state.declaredBy, ...state.members, ...timeline.map(({ by }) => by)],
    ...state.roles.map(({ person }) => person),
    ...state.escalations.flatMap(({ pages }) => pages.map(({ person }) => person)),
    ...state.tasks.flatMap(({ owner, createdBy, doneBy }) => [owner, createdBy, doneBy]),
  ]);
  const known = [...mentioned].flatMap((id) => (id === undefined ? [] : (findPerson(directory, id) ?? [])));
  return Object.fromEntries(known.map(({ id, name }) => [id, name]));
}

function pagesOf({ escalations }: IncidentState, directory: DirectorySnapshot): IncidentExport['pages'] {
  return escalations
    .flatMap(({ title, pages }) =>
      pages.map(({ person, at, level, reached }) => ({
        escalation: withNames(directory, title),
        person,
        at,
        level,
        reached,
      })),
    )
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** An incident as a Markdown file, for people. Whatever they typed is text in it, and nothing else. */
export function incidentMarkdown(
  state: IncidentState,
  timeline: TimelineEntry[],
  directory: DirectorySnapshot,
): string {
  const say = (doer: Doer) => inline(doerRef(directory, doer).name);
  const sections = [
    [`# Incident ${state.number}: ${inline(state.title)}`],
    quoted('', state.summary),
    factLines(state),
    section('People', peopleLines(state, say)),
    section('Paged', pageLines(state, directory)),
    section(
      'Timeline',
      timeline.map((entry) => timelineLine(entry, directory)),
    ),
    section(
      'Tasks',
      state.tasks.filter(({ followUp }) => !followUp).map((task) => taskLine(task, say)),
    ),
    section(
      'Follow-ups',
      state.tasks.filter(({ followUp }) => followUp).map((task) => taskLine(task, say)),
    ),
    resolutionLines(state, say),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

type Say = (doer: Doer) => string;

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines];
}

function quoted(label: string, text: string): string[] {
  if (text.trim() === '') return [];
  return [...(label === '' ? [] : [`**${label}**`, '']), quotation(text)];
}

function factLines(state: IncidentState): string[] {
  const { times, rules } = state;
  const severity = rules.severities.find(({ id }) => id === state.severity);
  const facts: [string, string | undefined][] = [
    ['Severity', [state.severity, severity?.title].filter(Boolean).join(', ')],
    ['Status', state.status],
    ['Was none', state.cancelled?.reason],
    ['Service', rules.service?.title ?? state.service],
    ['Private', state.private ? 'yes' : undefined],
    ['Drill', state.drill ? 'yes, an exercise' : undefined],
    ['Impact began', utc(times.impactAt)],
    ['Detected', utc(times.detectedAt)],
    ['Declared', utc(times.declaredAt)],
    ['Acknowledged', utc(times.acknowledgedAt)],
    ['Mitigated', utc(times.mitigatedAt)],
    ['Resolved', utc(times.resolvedAt)],
    ['Closed', utc(times.closedAt)],
    ['Alerts', state.alerts && `${state.alerts.total} (${state.alerts.names.join(', ')})`],
    ['Updates in time', `${state.update.kept} of ${state.update.kept + state.update.missed}`],
    ['Linked with', linkedNumbers(state)],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [`- ${label}: ${inline(value)}`]));
}

function linkedNumbers({ links }: IncidentState): string | undefined {
  const linked: [string, number[]][] = [
    ['', links.related],
    ['parent ', links.parent === undefined ? [] : [links.parent]],
    ['child ', links.children],
    ['merged into ', links.mergedInto === undefined ? [] : [links.mergedInto]],
    ['merged: ', links.merged],
  ];
  const all = linked.flatMap(([as, numbers]) => numbers.map((number) => `${as}${number}`));
  return all.length === 0 ? undefined : all.join(', ');
}

function peopleLines(state: IncidentState, say: Say): string[] {
  const held = state.roles.flatMap(({ role, person }) => {
    const title = state.rules.roles.find(({ id }) => id === role)?.title ?? role;
    return person === undefined ? [] : [`- ${inline(title)}: ${say(person)}`];
  });
  const members = state.members.length === 0 ? [] : [`- Joined: ${state.members.map(say).join(', ')}`];
  return [`- Declared by: ${say(state.declaredBy)}`, ...held, ...members];
}

function pageLines(state: IncidentState, directory: DirectorySnapshot): string[] {
  const say = (doer: Doer) => inline(doerRef(directory, doer).name);
  const acknowledged = state.escalations.flatMap(({ title, acknowledged }) =>
    acknowledged === undefined
      ? []
      : [
          `- ${utc(acknowledged.at)}: ${say(acknowledged.by)} acknowledged ${inline(withNames(directory, title))}`,
        ],
  );
  const paged = pagesOf(state, directory).map(
    ({ at, person, reached }) => `- ${utc(at)}: ${say(person)}${reached ? '' : ', who could not be reached'}`,
  );
  return [...paged, ...acknowledged];
}

function timelineLine({ at, by, text, link, struck }: TimelineEntry, directory: DirectorySnapshot): string {
  const what = inline(withNames(directory, text));
  const source = link === undefined ? '' : ` ${linkTo('source', link)}`;
  return `- ${utc(at)}: ${struck && what !== '' ? `~~${what}~~` : what} (${inline(doerRef(directory, by).name)}${struck ? ', taken back' : ''})${source}`;
}

function taskLine({ text, owner, dueAt, doneAt }: IncidentTask, say: Say): string {
  const owned = owner === undefined ? 'nobody yet' : say(owner);
  const due = doneAt === undefined && dueAt !== undefined ? `, due ${utc(dueAt)}` : '';
  const done = doneAt === undefined ? '' : `, done ${utc(doneAt)}`;
  return `- [${doneAt === undefined ? ' ' : 'x'}] ${inline(text)} (${owned}${due}${done})`;
}

function resolutionLines({ resolution }: IncidentState, say: Say): string[] {
  if (resolution === undefined) return [];
  return [
    ...['## Resolution', '', `Resolved by ${say(resolution.by)}, ${utc(resolution.at)}.`, ''],
    ...quoted('Cause', resolution.cause),
    '',
    ...quoted('Fix', resolution.fix),
  ];
}

/** `2026-04-01 09:02 UTC` */
export function utc(at: string): string;
export function utc(at: string | undefined): string | undefined;
export function utc(at: string | undefined): string | undefined {
  return at === undefined ? undefined : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
