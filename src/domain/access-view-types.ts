import type { GrantEnd, GrantPhase, HoldingState } from './access.ts';
import type { ActionButton, ApprovalSummary, PersonRef } from './views.ts';

/** How far an approval in stages has come: those behind it, the one that is asked now, and what follows in words. */
export interface StagesView {
  stages: ApprovalSummary[];
  later: string[];
}

/** One thing that access gives, and how far it is. */
export interface GrantHolding extends Pick<HoldingState, 'state' | 'trouble' | 'nextTryAt'> {
  /** `cluster: edit in default` */
  text: string;
}

/** The request card: one for each grant, from the request to the end. */
export interface GrantView {
  kind: 'grant';
  id: string;
  title: string;
  meaning: string;
  phase: GrantPhase;
  end?: GrantEnd;
  requester: PersonRef;
  beneficiary: PersonRef;
  reason: string;
  /** How long, the ticket, the incident: never truncated. */
  facts: { label: string; value: string }[];
  approval: StagesView;
  holdings: GrantHolding[];
  activatedAt?: string;
  endsAt?: string;
  /** The newest last. */
  extensions: ExtensionView[];
  trouble?: string;
  /** What stays possible, once it has ended. */
  outlasts: string[];
  requestedAt: string;
  endedAt?: string;
  endedBy?: PersonRef;
  endReason?: string;
  actions: ActionButton[];
  /** Shows it whole, for a card that has not the room. */
  details: ActionButton;
}

export interface ExtensionView {
  /** `1 hour` */
  extra: string;
  by: PersonRef;
  reason: string;
  askedAt: string;
  /** Missing while it is open. */
  outcome?: 'approved' | 'denied' | 'timed-out' | 'too-late';
  approval: StagesView;
}

/** A message to whoever has it, while there is time. */
export interface GrantWarningView {
  kind: 'grant-warning';
  title: string;
  beneficiary: PersonRef;
  endsAt: string;
  /** Of an extension that nobody has decided on yet: `1 hour`. */
  asked?: string;
  actions: ActionButton[];
}
