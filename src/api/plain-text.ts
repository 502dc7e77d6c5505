import {
  alertsLine,
  incidentHeadline,
  RELATIONS,
  RESOURCE_GLYPHS,
  runbookWords,
  STATUSES,
  severityGlyph,
  severityWords,
  stepWords,
} from '../chat/incident-wording.ts';
import { plain } from '../chat/text.ts';
import { named } from '../chat/wording.ts';
import type {
  DocumentView,
  IncidentListView,
  IncidentReviewView,
  IncidentStatsView,
  IncidentView,
  ItemListView,
} from '../domain/incident-view-types.ts';
import type { HelpView, NoticeView, PersonRef, SpokenView } from '../domain/views.ts';

/** What a terminal or another program shows of a view. What people typed moves no cursor and sets no colour. */
export function plainText(view: SpokenView): string {
  const render = RENDERERS[view.kind] as (view: SpokenView) => string[];
  return render(view).map(oneLine).join('\n');
}

const RENDERERS = {
  notice: noticeLines,
  help: helpLines,
  incident: incidentLines,
  'incident-list': incidentListLines,
  'item-list': itemListLines,
  'incident-review': reviewLines,
  'incident-stats': statsLines,
  document: documentLines,
} satisfies { [K in SpokenView['kind']]: (view: Extract<SpokenView, { kind: K }>) => string[] };

function noticeLines({ text, details = [], link }: NoticeView): string[] {
  return [text, ...details, ...(link === undefined ? [] : [`${link.label}: ${link.url}`])];
}

function helpLines({ title, intro = '', commands }: HelpView): string[] {
  return [
    title,
    ...(intro === '' ? [] : [intro]),
    ...commands.flatMap(({ usage, summary }) => ['', usage, `  ${summary}`]),
  ];
}

function incidentLines(view: IncidentView): string[] {
  return [
    incidentHeadline(view),
    view.title,
    ...said('', view.summary),
    ...said('Not an incident: ', view.cancelled),
    ...said(view.impactAt === undefined ? 'Impact: ' : `Impact since ${time(view.impactAt)}: `, view.impact),
    ...view.roles.map(
      ({ title, person }) => `${title}: ${person === undefined ? 'nobody yet' : person.name}`,
    ),
    ...updateLines(view),
    ...view.paging.map(pagingLine),
    ...(view.alerts === undefined ? [] : [alertsLine(view.alerts)]),
    ...said('Cause: ', view.resolution?.cause),
    ...said('Fix: ', view.resolution?.fix),
    ...view.setup.map(
      ({ state, title, note }) => `${RESOURCE_GLYPHS[state]} ${[title, note].filter(Boolean).join(': ')}`,
    ),
    ...view.runbooks.flatMap((runbook) => [runbookWords(runbook), ...runbook.steps.map(stepWords)]),
    ...view.rooms.map((room) => `Room: ${room.name} (${room.platform})`),
    ...view.links.map(({ label, url }) => `${label}: ${url}`),
    ...view.related.map(({ number, as }) => `${RELATIONS[as]} #${number}`),
    `Declared ${time(view.declaredAt)}${view.declaredBy === undefined ? '' : ` by ${view.declaredBy.name}`}` +
      (view.resolvedAt === undefined ? '' : `, resolved ${time(view.resolvedAt)}`),
  ];
}

function updateLines({ update: { last, dueAt, by, then } }: IncidentView): string[] {
  return [
    ...(last === undefined
      ? []
      : [`Last update ${time(last.at)}${last.by === undefined ? '' : ` by ${last.by.name}`}: ${last.what}`]),
    ...(dueAt === undefined
      ? []
      : [
          `Next update due ${time(dueAt)}${by === undefined ? '' : ` by ${by.name}`}` +
            (then === undefined ? '' : `, then ${then.name} is asked`),
        ]),
  ];
}

function pagingLine({
  title,
  acknowledgedBy,
  tried,
  next,
  exhausted,
}: IncidentView['paging'][number]): string {
  const asked = tried.length === 0 ? 'nobody was paged yet' : `no answer yet from ${names(tried)}`;
  if (acknowledgedBy !== undefined) return `${title}: answered by ${acknowledgedBy.name}`;
  if (exhausted) return `${title}: nobody answered. Tried ${names(tried)}`;
  if (next === undefined) return `${title}: ${asked}`;
  const then = next.people.length === 0 ? 'the next level' : names(next.people);
  return `${title}: ${asked}, next ${then} ${time(next.at)}`;
}

function incidentListLines({ title, items, more, empty }: IncidentListView): string[] {
  return [
    title,
    ...items.map((item) =>
      [
        `${severityGlyph(item.severity, item.status)} #${item.number} ${item.title}`,
        ...(item.drill ? ['drill'] : []),
        ...(item.private ? ['private'] : []),
        severityWords(item.severity),
        STATUSES[item.status],
        `lead ${item.lead === undefined ? 'nobody yet' : item.lead.name}`,
        `declared ${time(item.declaredAt)}`,
      ].join(' · '),
    ),
    ...(items.length === 0 ? [empty] : []),
    ...(more === 0 ? [] : [`… and ${more} more`]),
  ];
}

function itemListLines({ title, intro, items, more, empty }: ItemListView): string[] {
  return [
    title,
    ...said('', intro),
    ...(more === 0 ? [] : [`… ${more} earlier ones are not shown`]),
    ...items.map(itemLine),
    ...(items.length === 0 ? [empty] : []),
  ];
}

function itemLine({
  glyph,
  text,
  detail,
  people = [],
  at,
  link,
  struck,
}: ItemListView['items'][number]): string {
  const behind = [
    detail === undefined ? '' : detail,
    people.length === 0 ? '' : names(people),
    at === undefined ? '' : time(at),
    link === undefined ? '' : link,
  ].filter((part) => part !== '');
  const line = `${glyph === undefined ? '' : `${glyph} `}${struck ? '(struck) ' : ''}${text}`;
  return [line, ...(behind.length === 0 ? [] : [behind.join(' ')])].join(' · ');
}

function reviewLines({ number, title, sections }: IncidentReviewView): string[] {
  return [
    `Review of #${number} (draft): ${title}`,
    ...sections.flatMap((section) => ['', section.title, ...section.lines.map((line) => `- ${line}`)]),
  ];
}

function statsLines({ title, facts }: IncidentStatsView): string[] {
  return [title, ...facts.map(({ label, value }) => `${label}: ${value}`)];
}

/** All of it, to be piped into a file. */
function documentLines({ content }: DocumentView): string[] {
  return content.trimEnd().split('\n');
}

/** Indentation is kept: JSON is for people, too. */
function oneLine(text: string): string {
  return `${/^ */.exec(text)?.[0]}${plain(text)}`;
}

function said(before: string, text: string | undefined): string[] {
  const visible = plain(text ?? '');
  return visible === '' ? [] : [`${before}${visible}`];
}

function names(people: PersonRef[]): string {
  return named(
    people.map(({ name }) => name),
    0,
    'and',
  );
}

/** `2026-04-01 14:05 UTC` */
function time(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}
