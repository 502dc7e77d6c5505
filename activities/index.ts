import type { ApproverSelector } from '../src/domain/approvals.ts';
import type { DecideInput, EnvironmentState, InventoryItem } from '../src/domain/environments.ts';
import type { DecideLinkInput, LinkInput } from '../src/domain/links.ts';
import type { QuotaRequestState } from '../src/domain/quota-requests.ts';
import type { ConversationRef } from '../src/domain/refs.ts';
import { createGrantChatActivities } from './access/cards.ts';
import type { GrantActivities } from './access/contract.ts';
import { createGrantLedgerActivities } from './access/ledger.ts';
import { createGrantLookups } from './access/lookups.ts';
import { type AccessWatch, createAccessWatch } from './access/watch.ts';
import { createNewcomers, type Newcomers } from './arrivals.ts';
import { createChatActivities } from './chat.ts';
import type { DepartureActivities } from './departures/contract.ts';
import { createDepartureActivities } from './departures/index.ts';
import type { ActivityDeps } from './deps.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { IncidentActivities, OnCallActivities } from './incidents/contract.ts';
import { createIncidentActivities } from './incidents/index.ts';
import { createOnCallActivities } from './incidents/on-call.ts';
import { createKubernetesActivities } from './kubernetes.ts';
import { createLinkActivities, type LinkActivities } from './links.ts';
import { createLookups } from './lookups.ts';
import { createPeopleRequestLookups, type PeopleRequestLookups } from './people-requests.ts';
import { createQuotaActivities, type QuotaActivities } from './quota.ts';
import { createRequestCards, type RequestCards } from './request-cards.ts';
import { createSystemActivities, type SystemActivities } from './systems.ts';

/** What an activity of an environment is told: its state now, and where its card lives. */
export interface EnvironmentContext {
  state: EnvironmentState;
  origin: ConversationRef;
}

/** The same for every try of one question. */
export interface Asked {
  question: string;
}

/** In the worker of `QUEUES.main`. Quick, idempotent; each writes its audit row before its effect. */
export interface LookupActivities extends QuotaActivities {
  /** Claims a place within the quota (`NoPlace` when there is none) and names who may approve, requester excluded. */
  admit(
    input: EnvironmentContext &
      Asked & { quota: { perOwner: number; perTeam: number }; by?: ApproverSelector },
  ): Promise<{
    approvers: string[];
  }>;
  /**
   * Fails with `Forbidden` or `SelfDecision` when the person may not decide, as of now, and with `SignInNeeded` when they
   * approve what takes a sign-in without one. Audits either way.
   */
  authorizeDecision(
    input: EnvironmentContext &
      Asked & { by: ApproverSelector; signIn?: boolean } & Omit<DecideInput, 'requestId' | 'digest'>,
  ): Promise<void>;
  /** Before the effect: the approvers among `people` who are still eligible. */
  eligibleApprovers(
    input: EnvironmentContext & Asked & { by: ApproverSelector; people: string[] },
  ): Promise<string[]>;
  /**
   * Before anything is built on an approval, and before a retry: fails with `Forbidden` unless the requester may still
   * have the environment and, where `by` had to approve, the approval still holds. Audits either way.
   */
  authorizeProvisioning(input: EnvironmentContext & Asked & { by?: ApproverSelector }): Promise<void>;
  /** Fails with `Forbidden` when policy does not let the person do it, as of now. Audits either way. */
  authorizeChange(
    input: EnvironmentContext &
      Asked & { person: string; permission: 'env.delete' | 'env.retry' | 'env.roll-back' },
  ): Promise<void>;
  /** Gives the place back and audits how it ended. */
  settle(input: EnvironmentContext & Asked): Promise<void>;
  /** Fails with `Forbidden` when the decider is no administrator. Links, unless it was denied. */
  recordLink(input: Asked & { link: LinkInput; decision: DecideLinkInput }): Promise<void>;
}

/**
 * On `QUEUES.kubernetes`. Shows `state` on the cards on the way (and posts the request card where there is none yet),
 * without waiting for chat. Heartbeats at least every 5 s. Fails with an `ApplicationFailure` whose type is in
 * `FAILURE` and whose only detail is the `Trouble`.
 */
export interface KubernetesActivities {
  /** `expiresAt` with the last of them, for the namespace to say. */
  applyStep(input: EnvironmentContext & { stepId: string; expiresAt?: string }): Promise<InventoryItem[]>;
  teardown(
    input: EnvironmentContext & { inventory: InventoryItem[] },
  ): Promise<{ gone: boolean; blockers: string[] }>;
  /** Has the namespace, where there is one, say what `state` does of the end. */
  noteExpiry(input: EnvironmentContext): Promise<void>;
}

/** On `QUEUES.chat`. Every copy is posted once and then edited; an older revision never overwrites a newer one. */
export interface ChatActivities {
  /** Drives the request card, and where approval is asked the approvers' copies, to `state`. */
  announce(input: EnvironmentContext): Promise<{ undelivered: { person: string; reason: string }[] }>;
  remindApprovers(input: EnvironmentContext & { round: number }): Promise<void>;
  warnOfExpiry(input: EnvironmentContext & { leftMs: number }): Promise<void>;
  /** The administrators' cards of a link request; `decision` closes them and tells the asker. */
  announceLink(input: {
    link: LinkInput;
    decision?: DecideLinkInput & { at: string };
    timedOut?: boolean;
  }): Promise<void>;
  /** The approvers' cards of a request for more places; once it is decided, also tells whoever asked. */
  announceQuota(input: { state: QuotaRequestState }): Promise<void>;
  remindOfQuota(input: { state: QuotaRequestState }): Promise<void>;
}

export type Activities = LookupActivities &
  PeopleRequestLookups &
  KubernetesActivities &
  SystemActivities &
  ChatActivities &
  GrantActivities &
  AccessWatch &
  RequestCards &
  DepartureActivities &
  LinkActivities &
  Newcomers &
  IncidentActivities &
  OnCallActivities;

/** Everything workflows ask of the world. */
export function createActivities(deps: ActivityDeps): Activities {
  const { hint, ...chat } = createChatActivities(deps);
  const grants = createGrantChatActivities(deps);
  return {
    ...createLookups(deps),
    ...createQuotaActivities(deps),
    ...createPeopleRequestLookups(deps),
    ...createKubernetesActivities({ ...deps, hint }),
    ...createSystemActivities(deps),
    announce: withHeartbeat(chat.announce),
    remindApprovers: withHeartbeat(chat.remindApprovers),
    warnOfExpiry: withHeartbeat(chat.warnOfExpiry),
    announceLink: withHeartbeat(chat.announceLink),
    announceQuota: withHeartbeat(chat.announceQuota),
    remindOfQuota: withHeartbeat(chat.remindOfQuota),
    ...createGrantLookups(deps),
    ...createGrantLedgerActivities(deps),
    ...createAccessWatch(deps),
    showGrant: withHeartbeat(grants.showGrant),
    askGrantApprovers: withHeartbeat(grants.askGrantApprovers),
    remindGrantApprovers: withHeartbeat(grants.remindGrantApprovers),
    warnOfGrantEnd: withHeartbeat(grants.warnOfGrantEnd),
    announceRequest: withHeartbeat(createRequestCards(deps).announceRequest),
    ...createDepartureActivities(deps),
    ...createLinkActivities(deps),
    ...createNewcomers(deps),
    ...createIncidentActivities(deps),
    ...createOnCallActivities(deps),
  };
}
