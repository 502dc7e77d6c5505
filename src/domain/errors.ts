/**
 * Failure types. A business refusal leaves an activity or a workflow as a non-retryable `ApplicationFailure` with
 * one of these as its `type`; anything else is a bug or an outage, and is retried. No imports: workflow bundles
 * take values from this file.
 */
export const FAILURE = {
  /** An object of that name exists and is not ours; nothing was touched. */
  foreignObject: 'ForeignObject',
  /** Another field manager owns a field we apply. */
  conflict: 'FieldConflict',
  /** The cluster refused an object: admission, Pod Security, schema. The reason is the message, verbatim. */
  denied: 'AdmissionDenied',
  /** A quota, ours or the cluster's, has no room. */
  quota: 'QuotaExceeded',
  /** A workload will not become ready without a person: crash loop, image not found, deadline exceeded. */
  notReady: 'WorkloadFailed',
  /** After apply, an access review did not say what it must. */
  accessProof: 'AccessProofFailed',
  /** The approved plan is not to be found, or is not the one that was approved. */
  stalePlan: 'StalePlan',
  /** The person may not do that; the message is the rule that says so. */
  forbidden: 'Forbidden',
  /** What was pressed in chat takes a sign-in, and there was none. */
  signInNeeded: 'SignInNeeded',
  /** The requester tried to decide their own request. */
  selfDecision: 'SelfDecision',
  /** The request has been decided; the details are the decision. */
  alreadyDecided: 'AlreadyDecided',
  /** The button belongs to an older version of the request. */
  staleRequest: 'StaleRequest',
  /** The thing is in a state in which that cannot be done; the message says which. */
  wrongState: 'WrongState',
  /** The namespace does not go away; the details name what blocks it. */
  stuckDeletion: 'StuckDeletion',
  /** Chat refused for good: no such channel, the app is not in it, the person blocked it. */
  undeliverable: 'Undeliverable',
  /** The person's or the team's number of environments is used up. */
  noPlace: 'NoPlace',
  /** A system in which people have accounts will not do it however often it is asked: a task for a person. */
  systemRefused: 'SystemRefused',
} as const;

export type FailureType = (typeof FAILURE)[keyof typeof FAILURE];
