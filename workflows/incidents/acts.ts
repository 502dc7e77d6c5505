import type { IncidentAct, IncidentActKind } from '../../src/domain/incident-acts.ts';
import type { ActInput, IncidentState } from '../../src/domain/incidents.ts';
import { checks } from './activities.ts';
import { ACTION_ACTS } from './acts/actions.ts';
import { LINK_ACTS } from './acts/links.ts';
import { NOTE_ACTS } from './acts/notes.ts';
import { PAGE_ACTS } from './acts/pages.ts';
import { PRIVACY_ACTS } from './acts/privacy.ts';
import { RESOLUTION_ACTS } from './acts/resolution.ts';
import { ROLE_ACTS } from './acts/roles.ts';
import type { ActRules, RulesOf } from './acts/rules.ts';
import { RUNBOOK_ACTS } from './acts/runbooks.ts';
import { STATUS_ACTS } from './acts/status.ts';
import { TASK_ACTS } from './acts/tasks.ts';
import { UPDATE_ACTS } from './acts/updates.ts';
import { context, type Life, now, take } from './incident-state.ts';
import { type Refusal, throwIf } from './refusals.ts';

const ACTS: RulesOf<IncidentActKind> = {
  ...STATUS_ACTS,
  ...ROLE_ACTS,
  ...UPDATE_ACTS,
  ...PAGE_ACTS,
  ...NOTE_ACTS,
  ...TASK_ACTS,
  ...LINK_ACTS,
  ...ACTION_ACTS,
  ...RUNBOOK_ACTS,
  ...RESOLUTION_ACTS,
  ...PRIVACY_ACTS,
};

/** `undefined` when it may be done to the incident as it is. */
export function refusalOf(state: IncidentState, act: IncidentAct, person: string): Refusal | undefined {
  return rulesOf(act).refusal(state, act, person);
}

/** What was taken already is answered like the first time, whatever has become of the incident since. */
export function validate(life: Life, { key, person, act }: ActInput): void {
  if (!life.taken.includes(key)) throwIf(refusalOf(life.state, act, person));
}

/** In turn, so that of two who do the same the second finds what the first has left. */
export async function takeAct(life: Life, input: ActInput): Promise<number> {
  const { key, person, act } = input;
  if (life.taken.includes(key)) return life.state.revision;
  validate(life, input);
  await checks.authorizeIncidentAct({ ...context(life), key, person, act });
  // A timer or an alert may have changed it while the directory was asked.
  validate(life, input);
  take(life, key);
  life.memory.actedAt = now();
  rulesOf(act).apply(life, act, { person, key });
  return life.state.revision;
}

function rulesOf(act: IncidentAct): ActRules<IncidentActKind> {
  return ACTS[act.kind] as unknown as ActRules<IncidentActKind>;
}
