import type { IncidentLink, IncidentState } from './incidents.ts';

/** What somebody else's system would not do, in words for people: neither addresses nor secrets are in it. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  /** Whether another attempt may help, and how long it has to wait. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number }) {
    super(message);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What happened, for systems of others. Of a private incident neither title, summary nor service is in it. */
export interface OutgoingEvent {
  version: 1;
  /** The same for every delivery of the same event. */
  key: string;
  /** `withdraw`: it goes on in private. Show no more of it; nothing else comes. */
  event: 'trigger' | 'acknowledge' | 'resolve' | 'update' | 'withdraw';
  /** Why, where the event alone does not say it: it was merged into another one, for example. */
  note?: string;
  incident: {
    number: number;
    /** Never reused, unlike numbers of another installation. */
    id: string;
    private: boolean;
    title?: string;
    summary?: string;
    severity: string;
    /** 1 is the worst. */
    rank: number;
    status: IncidentState['status'];
    service?: string;
    times: IncidentState['times'];
    lastUpdate?: { what: string; at: string };
    links: { title: string; url: string }[];
    /** Grows with every change: what comes out of order is known by it. */
    revision: number;
  };
}

export interface WebhookCall {
  kind: 'pagerduty' | 'generic';
  url: string;
  /** The routing key, or what the body is signed with. */
  secret?: string;
  event: OutgoingEvent;
}

/** Rejects with `OutsideError`. Repeating a call is harmless: receivers know it by its key. */
export interface Webhooks {
  /** Answers in words for people. */
  send(call: WebhookCall): Promise<string>;
}

/** Rejects with `OutsideError`. */
export interface Silences {
  /** Once by `key`: what was made already is found again. */
  silence(order: {
    /** Of the Alertmanager. */
    url: string;
    key: string;
    matchers: { name: string; value: string }[];
    createdBy: string;
    comment: string;
    startsAt: string;
    endsAt: string;
  }): Promise<{ id: string; until: string }>;
}

/** Tells another incident what this one is to it. Told twice is told once; one that is over need not know. */
export type TellIncident = (number: number, link: IncidentLink) => Promise<void>;
