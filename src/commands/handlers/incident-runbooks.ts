import { actButton, showIncidentButton } from '../../domain/incident-buttons.ts';
import { isOpen, roleTitle } from '../../domain/incident-facts.ts';
import { withNames } from '../../domain/incident-people.ts';
import type { ItemListView } from '../../domain/incident-view-types.ts';
import type { IncidentState } from '../../domain/incidents.ts';
import type { DirectorySnapshot } from '../../domain/people.ts';
import { occasionWords, type Runbook, type RunbookRun, type RunbookStep } from '../../domain/runbooks.ts';
import type { Handler } from '../context.ts';
import { findIncident } from '../incident-lookups.ts';

type Item = ItemListView['items'][number];

/** Those that have begun, step by step, and those that can be begun. */
export const incidentRunbooks: Handler<'incident.runbooks'> = {
  permission: 'incident.look',
  async handle(call, about) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const { state } = found;
    const { runbooks, problems } = await call.context.incidents.runbooks();
    return {
      kind: 'item-list',
      title: `Runbooks of #${state.number} “${state.title}”`,
      intro: problems.length === 0 ? undefined : `Cannot be used as they are: ${problems.join('; ')}`,
      items: [
        ...(state.runbooks ?? []).flatMap((run) => runItems(state, run, call.directory)),
        ...runbooks.map((runbook) => runbookItem(state, runbook)),
      ],
      more: 0,
      empty: 'There is none. The platform team writes them into manifests/runbooks.',
      actions: [showIncidentButton(state.number)],
    };
  },
};

function runItems(
  state: IncidentState,
  { title, version, startedAt, steps }: RunbookRun,
  directory: DirectorySnapshot,
): Item[] {
  return [
    { glyph: '📘', text: title, detail: `version ${version}, has begun`, at: startedAt },
    ...steps.map((step) => stepItem(state, step, directory)),
  ];
}

const GLYPHS: Record<RunbookStep['state'], string> = {
  waiting: '✋',
  running: '🔄',
  done: '✅',
  failed: '❌',
  skipped: '⏭️',
};

function stepItem(state: IncidentState, step: RunbookStep, directory: DirectorySnapshot): Item {
  const { id, title, approve, note } = step;
  const waits =
    step.state !== 'waiting'
      ? step.state
      : approve === undefined
        ? 'waits for somebody'
        : `waits for the ${roleTitle(state, approve)}`;
  return {
    glyph: GLYPHS[step.state],
    text: `${id}. ${title}`,
    detail: note === undefined ? waits : withNames(directory, note),
    action: decisionButton(state.number, step),
  };
}

/** The card has the button that goes on with it; here is the one that does not. */
function decisionButton(number: number, { id, state }: RunbookStep) {
  if (state !== 'waiting' && state !== 'failed') return undefined;
  return actButton(number, 'Skip', { kind: 'runbook-step', id, do: 'skip' });
}

function runbookItem(state: IncidentState, { metadata, on }: Runbook): Item {
  const { name, title } = metadata;
  return {
    glyph: '📖',
    text: title,
    detail: [name, ...(on.length === 0 ? ['by hand'] : on.map(occasionWords))].join(' · '),
    action: isOpen(state) ? actButton(state.number, 'Begin', { kind: 'runbook', name }) : undefined,
  };
}
