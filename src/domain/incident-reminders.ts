import { personRef } from './environment-views.ts';
import { actButton, formButton, lookButton, showIncidentButton } from './incident-buttons.ts';
import { roleTitle } from './incident-facts.ts';
import { doerRef, insidersOf } from './incident-people.ts';
import type { IncidentState, RoleHolding } from './incidents.ts';
import type { DirectorySnapshot } from './people.ts';
import type { NoticeView } from './views.ts';

/** What one person is asked for, or told. */
export type ReminderAbout =
  | { kind: 'update-due' }
  | { kind: 'claim-lead' }
  /** Whoever was offered a role. */
  | { kind: 'role-offer'; role: string; by: string; until: string }
  /** What the holder of a role does, when they have just taken it. */
  | { kind: 'instructions'; role: string }
  /** A role's holder may not be able to answer. */
  | { kind: 'holder-doubt'; role: string; holder: string; why: NonNullable<RoleHolding['doubt']> }
  | { kind: 'task-due'; task: string }
  | { kind: 'review-due' }
  | { kind: 'alert-again' };

interface Asked {
  state: IncidentState;
  directory: DirectorySnapshot;
  person: string;
}

type Say<Kind extends ReminderAbout['kind']> = (
  asked: Asked,
  about: Extract<ReminderAbout, { kind: Kind }>,
) => NoticeView;

/** A direct message to one person, with what can be done about it. Sent once: what it says was true then. */
export function reminderView(
  state: IncidentState,
  directory: DirectorySnapshot,
  { person, about }: { person: string; about: ReminderAbout },
): NoticeView {
  const say = REMINDERS[about.kind] as Say<ReminderAbout['kind']>;
  return say({ state, directory, person }, about);
}

const REMINDERS: { [Kind in ReminderAbout['kind']]: Say<Kind> } = {
  'update-due': updateDue,
  'claim-lead': claimLead,
  'role-offer': roleOffer,
  instructions,
  'holder-doubt': holderDoubt,
  'task-due': taskDue,
  'review-due': reviewDue,
  'alert-again': alertAgain,
};

function updateDue(asked: Asked): NoticeView {
  const { state, directory } = asked;
  const { last, then } = state.update;
  const { number } = state;
  return {
    kind: 'notice',
    tone: 'warning',
    text: `An update is due: ${nameOf(asked)}.`,
    details: [
      last === undefined
        ? 'There has been none yet.'
        : `The last one was at ${clockOf(last.at)}, by ${doerRef(directory, last.by).name}.`,
      ...(then === undefined || then === asked.person
        ? []
        : [`Without one, ${personRef(directory, then).name} is asked next.`]),
    ],
    actions: [
      formButton(number, 'Send an update…', 'incident.update', { style: 'primary' }),
      formButton(number, 'Snooze…', 'incident.snooze'),
      showIncidentButton(number),
    ],
  };
}

function claimLead(asked: Asked): NoticeView {
  const { state, person } = asked;
  const lead = state.rules.roles[0]?.id ?? '';
  return {
    kind: 'notice',
    tone: 'warning',
    text: `Nobody leads yet: ${nameOf(asked)}.`,
    details: ['Can you take it? You can hand it over at any time.'],
    actions: [
      actButton(state.number, 'I lead', { kind: 'role', role: lead, person }, { style: 'primary' }),
      showIncidentButton(state.number),
    ],
  };
}

function roleOffer(asked: Asked, { role, by, until }: Extract<ReminderAbout, { kind: 'role-offer' }>) {
  const { number } = asked.state;
  const title = roleTitle(asked.state, role);
  return {
    kind: 'notice',
    tone: 'warning',
    text: `${doerRef(asked.directory, by).name} asks you to take over as ${title}: ${nameOf(asked)}.`,
    details: [`Without an answer by ${clockOf(until)} everything stays as it is.`],
    actions: [
      actButton(number, 'Accept', { kind: 'accept-role', role }, { style: 'primary' }),
      actButton(number, 'Decline', { kind: 'decline-role', role }),
      showIncidentButton(number),
    ],
  } satisfies NoticeView;
}

function instructions(asked: Asked, { role }: Extract<ReminderAbout, { kind: 'instructions' }>): NoticeView {
  const { state } = asked;
  const found = state.rules.roles.find(({ id }) => id === role);
  return {
    kind: 'notice',
    tone: 'info',
    text: `You are ${roleTitle(state, role)} now: ${nameOf(asked)}.`,
    details: (found?.instructions ?? '').split('\n').filter((line) => line.trim() !== ''),
    actions: [
      formButton(state.number, 'Hand over…', 'incident.role', { role }),
      showIncidentButton(state.number),
    ],
  };
}

const WHY: Record<NonNullable<RoleHolding['doubt']>, (name: string) => string> = {
  left: (name) => `${name} is not in the directory any more.`,
  unlinked: (name) => `${name} has no chat account I know of, so nothing I say gets there.`,
  'off-shift': (name) => `The shift of ${name} is over.`,
};

function holderDoubt(
  asked: Asked,
  { role, holder, why }: Extract<ReminderAbout, { kind: 'holder-doubt' }>,
): NoticeView {
  const { state, directory, person } = asked;
  const { name } = personRef(directory, holder);
  const title = roleTitle(state, role);
  const own = holder === person;
  return {
    kind: 'notice',
    tone: 'warning',
    text: own
      ? `Your shift is over, and you are still ${title}: ${nameOf(asked)}.`
      : `${name}, who is ${title}, may not be able to answer: ${nameOf(asked)}.`,
    details: own ? ['Hand it over to whoever is on call now, or go on.'] : [WHY[why](name)],
    actions: [
      formButton(state.number, own ? 'Hand over…' : 'Find somebody…', 'incident.role', {
        style: 'primary',
        role,
      }),
      showIncidentButton(state.number),
    ],
  };
}

function taskDue(asked: Asked, { task: id }: Extract<ReminderAbout, { kind: 'task-due' }>): NoticeView {
  const { state } = asked;
  const task = state.tasks.find((candidate) => candidate.id === id);
  const what = task?.followUp ? 'A follow-up' : 'A task';
  return {
    kind: 'notice',
    tone: 'warning',
    text: `${what} of yours is open: ${nameOf(asked)}.`,
    details: [
      ...(task === undefined || !mayKnow(asked) ? [] : [task.text]),
      ...(task?.dueAt === undefined ? [] : [`It is due on ${dayOf(task.dueAt)}.`]),
      ...(task?.issue === undefined ? [] : [task.issue.url]),
    ],
    actions: [
      actButton(state.number, 'Done', { kind: 'task-done', id }, { style: 'primary' }),
      lookButton(state.number, 'All tasks', 'incident.tasks'),
    ],
  };
}

function reviewDue(asked: Asked): NoticeView {
  const { number, review, status } = asked.state;
  const waits = review?.state === 'open';
  return {
    kind: 'notice',
    tone: 'info',
    text: `The review is due: ${nameOf(asked)}.`,
    details: waits
      ? ['Its draft holds what is known. Complete it in the pull request, and merge that:', review.url]
      : ['Its draft holds what is known. Complete it, share it, then close the incident.'],
    actions: [
      lookButton(number, 'Review', 'incident.review'),
      ...(status === 'closed' ? [] : [actButton(number, 'Close', { kind: 'close' })]),
      showIncidentButton(number),
    ],
  };
}

function alertAgain(asked: Asked): NoticeView {
  const { number, times } = asked.state;
  return {
    kind: 'notice',
    tone: 'warning',
    text: `It fires again: ${nameOf(asked)}.`,
    details: [
      times.resolvedAt === undefined
        ? 'It had been resolved.'
        : `It was resolved at ${clockOf(times.resolvedAt)}. Reopen it if it is not over.`,
    ],
    actions: [
      formButton(number, 'Reopen…', 'incident.reopen', { style: 'primary' }),
      showIncidentButton(number),
    ],
  };
}

/** `#142 “checkout is down” (SEV1)`; the title of a private one only for those who are in it. */
function nameOf(asked: Asked): string {
  const { number, title, severity, drill } = asked.state;
  const shown = mayKnow(asked) ? ` “${title}”` : '';
  return `${drill ? 'drill ' : ''}#${number}${shown} (${severity.toUpperCase()})`;
}

function mayKnow({ state, person }: Asked): boolean {
  return !state.private || insidersOf(state).includes(person);
}

/** A notice is plain text, which no platform can draw in the reader's own time zone. */
function clockOf(iso: string): string {
  return `${iso.slice(11, 16)} UTC`;
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}
