import { formatDuration } from './durations.ts';
import type { IncidentStatus } from './incident-acts.ts';
import { acknowledgeButton, actButton, formButton, lookButton } from './incident-buttons.ts';
import { isUnanswered, roleTitle } from './incident-facts.ts';
import type { IncidentState, RoleHolding } from './incidents.ts';
import type { ActionButton } from './views.ts';

/**
 * What the header offers, the most urgent first, and nothing that is wanted once in a while: commands do that. A platform with
 * little room hides the rest behind “more”.
 */
export function headerActions(state: IncidentState): ActionButton[] {
  return HEADER_ACTIONS[state.status](state);
}

const HEADER_ACTIONS: Record<IncidentStatus, (state: IncidentState) => ActionButton[]> = {
  declared: openActions,
  triaging: openActions,
  mitigating: openActions,
  monitoring: openActions,
  resolved: resolvedActions,
  closed: closedActions,
};

function openActions(state: IncidentState): ActionButton[] {
  const { number, alerts } = state;
  const canSilence = alerts !== undefined && alerts.firing > 0 && alerts.matchers.length > 0;
  return [
    ...(state.escalations.some(isUnanswered) ? [acknowledgeButton(number)] : []),
    formButton(number, 'Update…', 'incident.update', { style: 'primary' }),
    formButton(number, 'Status…', 'incident.status'),
    formButton(number, 'Severity…', 'incident.severity'),
    formButton(number, 'Roles…', 'incident.role'),
    formButton(number, 'Page…', 'incident.page'),
    formButton(number, 'Resolve…', 'incident.resolve'),
    ...state.roles.flatMap((holding) => offerButtons(state, holding)),
    lookButton(number, 'Tasks', 'incident.tasks'),
    lookButton(number, 'Timeline', 'incident.timeline'),
    ...(canSilence ? [formButton(number, 'Silence…', 'incident.silence')] : []),
  ];
}

function offerButtons(state: IncidentState, { role, offer }: RoleHolding): ActionButton[] {
  if (offer === undefined) return [];
  const title = roleTitle(state, role);
  return [
    actButton(state.number, `Accept: ${title}`, { kind: 'accept-role', role }),
    actButton(state.number, `Decline: ${title}`, { kind: 'decline-role', role }),
  ];
}

function resolvedActions({ number, rules, rooms }: IncidentState): ActionButton[] {
  return [
    lookButton(number, 'Review', 'incident.review'),
    formButton(number, 'Add a follow-up…', 'incident.task'),
    formButton(number, 'Times…', 'incident.times'),
    lookButton(number, 'Timeline', 'incident.timeline'),
    formButton(number, 'Reopen…', 'incident.reopen'),
    actButton(
      number,
      'Close',
      { kind: 'close' },
      {
        confirm: {
          title: `Close #${number}?`,
          text: `Its room is ${rooms.some(({ adopted }) => adopted) ? 'given back' : 'archived'} after ${formatDuration(rules.archiveAfterMs)}. Open follow-ups are still asked about.`,
          confirmLabel: 'Close',
        },
      },
    ),
  ];
}

function closedActions({ number, cancelled, links }: IncidentState): ActionButton[] {
  const wasOne = cancelled === undefined && links.mergedInto === undefined;
  return [
    ...(wasOne ? [lookButton(number, 'Review', 'incident.review')] : []),
    lookButton(number, 'Timeline', 'incident.timeline'),
    lookButton(number, 'Export', 'incident.export'),
    links.mergedInto === undefined
      ? formButton(number, 'Reopen…', 'incident.reopen')
      : unmergeButton(number, links.mergedInto),
  ];
}

function unmergeButton(number: number, from: number): ActionButton {
  return actButton(
    number,
    'Undo the merge',
    { kind: 'unmerge' },
    {
      confirm: {
        title: `Take #${number} out of #${from}?`,
        text: `It goes on in its own room, with its own alerts. Nothing is taken away from the record of #${from}.`,
        confirmLabel: 'Undo the merge',
      },
    },
  );
}
