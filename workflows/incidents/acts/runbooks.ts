import { named } from '../../../src/domain/ids.ts';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import type { RunbookStep } from '../../../src/domain/runbooks.ts';
import { enter, type Life } from '../incident-state.ts';
import { holderOf, titleOfRole } from '../people.ts';
import { type Refusal, stale, unlessMerged, unlessOpen, wrongState } from '../refusals.ts';
import {
  isUnfinished,
  lookForRunbooks,
  MAX_RUNS,
  markStep,
  runNamed,
  runStep,
  stepNamed,
} from '../runbooks.ts';
import type { Doing, RulesOf } from './rules.ts';

type StepAct = ActOf<'runbook-step'>;

export const RUNBOOK_ACTS: RulesOf<'runbook' | 'runbook-step'> = {
  runbook: {
    refusal: (state, { name }) => unlessOpen(state) ?? unlessUnderWay(state, name) ?? unlessTooMany(state),
    apply: (life, { name }, { person }) => lookForRunbooks(life, { event: 'by-hand', name }, person),
  },
  'runbook-step': { refusal: refusalOfStep, apply: decide },
};

function unlessUnderWay(state: IncidentState, name: string): Refusal | undefined {
  if (!runNamed(state, name)?.steps.some(isUnfinished)) return undefined;
  return wrongState(`The runbook ${name} is under way: what is left of it is on the card.`);
}

function unlessTooMany({ number, runbooks = [] }: IncidentState): Refusal | undefined {
  if (runbooks.length < MAX_RUNS) return undefined;
  return wrongState(`#${number} has had ${MAX_RUNS} runbooks. Do what is left of this one by hand.`);
}

function refusalOfStep(state: IncidentState, { id, do: what }: StepAct, person: string): Refusal | undefined {
  const { number, status } = state;
  const step = stepNamed(state, id);
  if (step === undefined)
    return stale(`#${number} has no step ${id}. /incident runbook ${number} shows them.`);
  const over = status === 'closed' ? wrongState(`#${number} is closed, so nothing more is done.`) : undefined;
  return unlessMerged(state) ?? over ?? unlessDue(step, what) ?? unlessApprover(state, step, person);
}

function unlessDue({ state, action }: RunbookStep, what: StepAct['do']): Refusal | undefined {
  if (state === 'running') return wrongState('That is being done just now.');
  if (state === 'done' || state === 'skipped') return wrongState(`That step is ${state} already.`);
  if (what === 'skip' || (what === 'retry' && state === 'failed')) return undefined;
  if (what === 'retry') return wrongState('It has not been tried yet.');
  if (state === 'failed') return wrongState('It has failed. Retry it, or skip it.');
  if (action.do !== 'environment') return undefined;
  return wrongState('Ask for the environment: with its button, or with /incident environment.');
}

/** Whoever holds the role by now. */
function unlessApprover(state: IncidentState, { approve }: RunbookStep, person: string): Refusal | undefined {
  if (approve === undefined) return undefined;
  const holder = holderOf(state, approve);
  if (holder === person) return undefined;
  const role = titleOfRole(state, approve);
  if (holder === undefined)
    return wrongState(`That is for the ${role} to say, and nobody is. /incident claim ${approve} first.`);
  return wrongState(`That is for the ${role} to say: ${named(holder)}.`);
}

function decide(life: Life, { id, do: what }: StepAct, { person, key }: Doing): void {
  const step = stepNamed(life.state, id);
  if (step === undefined) return;
  enter(life, { kind: 'action', by: person, text: `${step.title}: ${DECIDED[what]}` });
  markStep(life, id, { state: what === 'skip' ? 'skipped' : 'running', note: undefined });
  if (what !== 'skip') runStep(life, step, person, key);
}

const DECIDED: Record<StepAct['do'], string> = { approve: 'approved', skip: 'skipped', retry: 'tried again' };
