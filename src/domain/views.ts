import type { GrantView, GrantWarningView } from './access-view-types.ts';
import type { EnvironmentEnd, EnvironmentPhase, StepProgress, Trouble } from './environments.ts';
import type { CredentialsView, FormView } from './forms.ts';
import type { IncidentActionId } from './incident-forms.ts';
import type {
  DocumentView,
  IncidentAnnouncementView,
  IncidentEventView,
  IncidentListView,
  IncidentReviewView,
  IncidentStatsView,
  IncidentView,
  ItemListView,
  PageView,
} from './incident-view-types.ts';
import type { AccountRef } from './refs.ts';

/**
 * What we say, before any platform draws it. All strings are plain text: a renderer escapes them. Times are ISO 8601
 * and are drawn in the reader's own time zone.
 */

/** A person as a card names them: mentioned where the platform knows the account, by name elsewhere. */
export interface PersonRef {
  id: string;
  name: string;
  accounts: AccountRef[];
}

export type ActionId =
  | 'environment.request'
  | 'environment.approve'
  | 'environment.deny'
  | 'environment.approval'
  | 'environment.reveal'
  | 'environment.delete'
  | 'environment.delete-confirmed'
  | 'environment.retry'
  | 'environment.bigger'
  | 'environment.roll-back'
  | 'environment.show'
  | 'quota.ask'
  | 'quota.approve'
  | 'quota.deny'
  | 'quota.approval'
  | 'link.request'
  | 'link.decide'
  | 'link.deny'
  | 'link.approval'
  | 'link.end'
  | 'user.show'
  | 'team.show'
  | 'departure.request'
  | 'departure.approve'
  | 'departure.deny'
  | 'departure.approval'
  | 'departure.show'
  | 'departure.withdraw'
  | 'departure.done'
  | 'departure.undo'
  | 'departure.certificate'
  | 'access.request'
  | 'access.approve'
  | 'access.deny'
  | 'access.approval'
  | 'access.extend'
  | 'access.end'
  | 'access.end-confirmed'
  | 'access.show'
  | 'people.approve'
  | 'people.deny'
  | 'people.approval'
  | 'people.withdraw'
  | 'arrival.move'
  | IncidentActionId;

/** A button. `payload` names what it is about; server state decides what it does. */
export interface ActionButton {
  actionId: ActionId;
  label: string;
  style?: 'primary' | 'danger';
  payload: Record<string, string>;
  /** Asks before it acts. */
  confirm?: { title: string; text: string; confirmLabel: string };
}

export interface NoticeView {
  kind: 'notice';
  tone: 'info' | 'success' | 'warning' | 'error';
  text: string;
  /** Extra lines, each shown on its own. */
  details?: string[];
  actions?: ActionButton[];
  /** Where it goes on, outside of chat. */
  link?: { label: string; url: string };
  /** Its number, where something was done to one: for programs, which read no prose. */
  incident?: number;
}

/** Nothing was done, and whoever asked may ask again. */
export function isRefusal({ tone }: NoticeView): boolean {
  return tone === 'warning' || tone === 'error';
}

export interface HelpView {
  kind: 'help';
  title: string;
  intro?: string;
  commands: { usage: string; summary: string; examples: string[] }[];
}

export interface TemplateListView {
  kind: 'template-list';
  templates: {
    name: string;
    version: number;
    title: string;
    description: string;
    owner: string;
    parameters: { name: string; summary: string; required: boolean }[];
    livesFor: string;
    action: ActionButton;
  }[];
  problems: { template: string; problem: string }[];
}

export interface EnvironmentListView {
  kind: 'environment-list';
  title: string;
  items: {
    name: string;
    phase: EnvironmentPhase;
    template: string;
    team: string;
    owner: PersonRef;
    expiresAt?: string;
    action: ActionButton;
  }[];
  /** How many more there are than are shown. */
  more: number;
  /** What to type when there is nothing. */
  empty: string;
}

/** The request card: one per environment, from the request to the end. */
export interface EnvironmentView {
  kind: 'environment';
  name: string;
  phase: EnvironmentPhase;
  end?: EnvironmentEnd;
  template: string;
  team: string;
  requester: PersonRef;
  parameters: { name: string; value: string }[];
  steps: StepProgress[];
  approval?: ApprovalSummary;
  trouble?: Trouble;
  leftovers: string[];
  urls: { key: string; url: string }[];
  requestedAt: string;
  readyAt?: string;
  expiresAt?: string;
  endedAt?: string;
  deletedBy?: PersonRef;
  actions: ActionButton[];
}

export interface ApprovalSummary {
  because: string;
  needed: number;
  approvers: PersonRef[];
  votes: { person: PersonRef; decision: 'approve' | 'deny'; at: string; reason?: string }[];
  deadline?: string;
  decision?: {
    /** `closed`: there is nothing to decide on any more. */
    outcome: 'approved' | 'denied' | 'timed-out' | 'withdrawn' | 'closed';
    by: PersonRef[];
    at: string;
    reason?: string;
  };
}

/** What an approver reads, in a direct message or in the approval channel. */
export interface ApprovalView {
  kind: 'approval';
  title: string;
  requester: PersonRef;
  /** Role, target, size, duration: never truncated. */
  facts: { label: string; value: string }[];
  /** What the requester wrote. */
  reason?: string;
  summary: ApprovalSummary;
  actions: ActionButton[];
  /**
   * Whom the buttons are for: nobody, once there are none. A platform that can shows them to nobody else; `show` asks for
   * the card as oneself may see it. Pressing is authorised all the same.
   */
  audience?: { people: PersonRef[]; show: Pick<ActionButton, 'actionId' | 'payload'> };
}

/** A message to those an environment's end concerns, while there is time. */
export interface ExpiryWarningView {
  kind: 'expiry-warning';
  name: string;
  expiresAt: string;
  owner: PersonRef;
  actions: ActionButton[];
}

/** `/env explain`: which rule says what. */
export interface ExplanationView {
  kind: 'explanation';
  title: string;
  lines: { question: string; answer: 'yes' | 'no' | 'needs approval'; rule: string; detail?: string }[];
}

/** The app's home tab. */
export interface HomeView {
  kind: 'home';
  person: PersonRef;
  /** Said first: why there is nothing here for this account, and what to do. */
  notice?: string;
  environments: EnvironmentListView['items'];
  /** Open ones the person may know of: theirs first. */
  incidents: IncidentListView['items'];
  /** Theirs, for a while. */
  access: ItemListView['items'];
  awaitingMe: { title: string; requestedBy: PersonRef; since: string; actions: ActionButton[] }[];
  actions: ActionButton[];
}

/** What can stand in a message or in a private answer. */
export type MessageView =
  | NoticeView
  | HelpView
  | TemplateListView
  | EnvironmentListView
  | EnvironmentView
  | ApprovalView
  | ExpiryWarningView
  | ExplanationView
  | GrantView
  | GrantWarningView
  | IncidentView
  | IncidentAnnouncementView
  | IncidentEventView
  | PageView
  | IncidentListView
  | ItemListView
  | IncidentReviewView
  | IncidentStatsView
  | DocumentView;

/** What can be said to somebody who has only words: at a terminal, or from a program. */
export type SpokenView =
  | NoticeView
  | HelpView
  | IncidentView
  | IncidentListView
  | ItemListView
  | IncidentReviewView
  | IncidentStatsView
  | DocumentView;

export type View = MessageView | HomeView | FormView | CredentialsView;
