import { actButton, formButton } from './incident-buttons.ts';
import { roleTitle } from './incident-facts.ts';
import { withNames } from './incident-people.ts';
import type { IncidentView } from './incident-view-types.ts';
import type { IncidentState } from './incidents.ts';
import type { DirectorySnapshot } from './people.ts';
import type { RunbookStep } from './runbooks.ts';
import type { ActionButton } from './views.ts';

type Line = IncidentView['runbooks'][number];

/** The runbooks that have begun, and what of them is left. */
export function runbookLines(state: IncidentState, directory: DirectorySnapshot): Line[] {
  return (state.runbooks ?? []).map(({ title, steps }) => ({
    title,
    total: steps.length,
    done: steps.filter((step) => step.state === 'done').length,
    skipped: steps.filter((step) => step.state === 'skipped').length,
    steps: steps.flatMap((step) => stepLine(state, step, directory)),
  }));
}

function stepLine(state: IncidentState, step: RunbookStep, directory: DirectorySnapshot): Line['steps'] {
  if (step.state === 'done' || step.state === 'skipped') return [];
  return [
    {
      title: step.title,
      state: step.state,
      note: step.note && withNames(directory, step.note),
      approver: step.approve && roleTitle(state, step.approve),
      action: stepButton(state, step),
    },
  ];
}

/** What the one who is waited for presses. */
function stepButton({ number }: IncidentState, { id, state, action }: RunbookStep): ActionButton | undefined {
  if (state === 'running') return undefined;
  if (state === 'failed') return actButton(number, 'Retry', { kind: 'runbook-step', id, do: 'retry' });
  if (action.do === 'environment')
    return formButton(number, 'Request…', 'incident.environment', { template: action.template });
  return actButton(number, 'Approve', { kind: 'runbook-step', id, do: 'approve' }, { style: 'primary' });
}
