import type { ActOf, IncidentActKind } from '../../../src/domain/incident-acts.ts';
import type { Doer, IncidentState } from '../../../src/domain/incidents.ts';
import type { Life } from '../incident-state.ts';
import type { Refusal } from '../refusals.ts';

/** Who does it, by which message. */
export interface Doing {
  person: Doer;
  key: string;
}

/** What one kind of act may do, and does. */
export interface ActRules<Kind extends IncidentActKind> {
  /** Pure: asked before it is taken, and once more before its effect. */
  refusal(state: IncidentState, act: ActOf<Kind>, person: Doer): Refusal | undefined;
  /** At once and as a whole; what takes time is sent on its way. */
  apply(life: Life, act: ActOf<Kind>, doing: Doing): void;
}

export type RulesOf<Kinds extends IncidentActKind> = { [Kind in Kinds]: ActRules<Kind> };
