import type { Trouble } from '../domain/environments.ts';
import { FAILURE } from '../domain/errors.ts';
import { describeRef, field, type LiveObject, text } from './objects.ts';

/** What else the cluster says about the namespace an object lives in. */
export interface Surroundings {
  pods: LiveObject[];
  replicaSets: LiveObject[];
  events: LiveObject[];
  endpointSlices: LiveObject[];
}

export const NO_SURROUNDINGS: Surroundings = { pods: [], replicaSets: [], events: [], endpointSlices: [] };

/** A workload's trouble with its last three warnings, its replica sets' and its pods' among them. */
export function workloadTrouble(object: LiveObject, surroundings: Surroundings, reason: string): Trouble {
  const related = [
    object.metadata.uid,
    ...replicaSetsOf(object, surroundings.replicaSets),
    ...podsOf(object, surroundings).map(({ metadata }) => metadata.uid),
  ];
  const events = eventsAbout(surroundings, related)
    .filter((event) => text(event.type) !== 'Normal')
    .map((event) => `${text(event.reason)}: ${text(event.message)}`);
  return {
    ...kindOfTrouble(reason),
    object: describeRef({ kind: object.kind, name: object.metadata.name }),
    reason,
    events: [...new Set(events)].slice(0, 3),
  };
}

function kindOfTrouble(reason: string): Pick<Trouble, 'type' | 'next'> {
  if (/exceeded quota/.test(reason)) {
    return {
      type: FAILURE.quota,
      next: 'Roll back and ask for a larger size, or have the platform team raise the quota.',
    };
  }
  if (/violates PodSecurity|admission webhook|is forbidden/.test(reason)) {
    return { type: FAILURE.denied, next: 'Have the owner of the template look at this refusal, then retry.' };
  }
  if (/ImagePull|InvalidImageName|ErrImageNeverPull/.test(reason)) {
    return { type: FAILURE.notReady, next: 'Check that the image exists and may be pulled, then retry.' };
  }
  if (/CrashLoopBackOff/.test(reason)) {
    return { type: FAILURE.notReady, next: 'Read the container’s log to see why it stops, then retry.' };
  }
  return { type: FAILURE.notReady, next: 'Look at the events of the object, then retry or roll back.' };
}

export function podsOf(object: LiveObject, { pods, replicaSets }: Surroundings): LiveObject[] {
  const owners = new Set([object.metadata.uid, ...replicaSetsOf(object, replicaSets)]);
  return pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined &&
      metadata.ownerReferences?.some(({ uid }) => owners.has(uid)),
  );
}

function replicaSetsOf(object: LiveObject, replicaSets: LiveObject[]): string[] {
  return replicaSets
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
    .map(({ metadata }) => metadata.uid);
}

/** Newest first. */
export function eventsAbout({ events }: Surroundings, uids: string[]): LiveObject[] {
  return events
    .filter((event) => uids.includes(text(field(event, 'involvedObject', 'uid'))))
    .sort((one, other) => timeOf(other).localeCompare(timeOf(one)));
}

function timeOf(event: LiveObject): string {
  return (
    text(field(event, 'series', 'lastObservedTime')) ||
    text(event.lastTimestamp) ||
    text(event.eventTime) ||
    text(event.metadata.creationTimestamp)
  );
}
