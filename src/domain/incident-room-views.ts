import { personRef } from './environment-views.ts';
import { acknowledgeButton, showIncidentButton } from './incident-buttons.ts';
import { isOpen, isUnanswered, serviceTitle, severityBadge } from './incident-facts.ts';
import { doerRef, leadOf, withNames } from './incident-people.ts';
import type { IncidentEventView, PageView } from './incident-view-types.ts';
import { chainProgress } from './incident-views.ts';
import type { Escalation, IncidentState, PageRecord } from './incidents.ts';
import type { DirectorySnapshot } from './people.ts';
import type { NoticeView } from './views.ts';

const TOPIC_MAX = 250;

/** A page: how things stand now, whom else was tried and, at the end, who answered. */
export function pageView(
  state: IncidentState,
  directory: DirectorySnapshot,
  { chain, record }: { chain: Escalation; record: PageRecord },
): PageView {
  const { number, alerts } = state;
  const { acknowledged } = chain;
  return {
    kind: 'page',
    number,
    title: state.title,
    severity: severityBadge(state.rules.severities, state.severity),
    status: state.status,
    drill: state.drill,
    // Without a word of its own it would say the title twice.
    message: chain.message === state.title ? '' : chain.message,
    service: serviceTitle(state),
    alerts: alerts && { firing: alerts.firing, total: alerts.total, names: alerts.names },
    pagedAt: record.at,
    round: record.round,
    ...chainProgress(chain, directory),
    acknowledged: acknowledged && { by: doerRef(directory, acknowledged.by), at: acknowledged.at },
    rooms: state.rooms,
    actions: [
      ...(isUnanswered(chain) && isOpen(state) ? [acknowledgeButton(number)] : []),
      showIncidentButton(number),
    ],
  };
}

/** Something that happened. `title` only where people do not stand in the room. */
export function eventView(
  state: IncidentState,
  directory: DirectorySnapshot,
  happened: Pick<IncidentEventView, 'glyph' | 'headline' | 'at' | 'quotes' | 'links'> & { by?: string },
  audience: 'room' | 'stakeholders',
): IncidentEventView {
  const outside = audience === 'stakeholders';
  return {
    kind: 'incident-event',
    number: state.number,
    title: outside ? state.title : undefined,
    glyph: happened.glyph,
    headline: withNames(directory, happened.headline),
    by: happened.by === undefined ? undefined : doerRef(directory, happened.by),
    at: happened.at,
    quotes: happened.quotes,
    links: happened.links,
    actions: outside ? [showIncidentButton(state.number)] : [],
  };
}

/** In place of everything that was said in public before it was made private. */
export function movedView({ number, madePrivate }: IncidentState, directory: DirectorySnapshot): NoticeView {
  const ask = madePrivate && doerRef(directory, madePrivate.ask).name;
  return {
    kind: 'notice',
    tone: 'info',
    text: `#${number} goes on in private.`,
    details: [
      ask === undefined ? 'Ask its lead if you need to know of it.' : `Ask ${ask} if you need to know of it.`,
    ],
  };
}

/** `SEV1 · mitigating · lead Kim Sample · #142 checkout is down`: who is brought in knows where they are. */
export function roomTopic(state: IncidentState, directory: DirectorySnapshot): string {
  const lead = leadOf(state);
  const topic = [
    ...(state.drill ? ['DRILL'] : []),
    state.severity.toUpperCase(),
    state.status,
    lead === undefined ? 'no lead yet' : `lead ${personRef(directory, lead).name}`,
    `#${state.number} ${state.title}`,
  ].join(' · ');
  return shortened(topic, TOPIC_MAX);
}

/** Cut between characters, not within one. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/�$/, '')}…`;
}
