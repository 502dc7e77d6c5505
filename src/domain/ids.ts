/**
 * Every business key is spelled here and nowhere else. No imports: workflow bundles take values from this file.
 */

/** `environment/<cluster>/<name>`: one environment, one workflow, one name, for as long as it lives. */
export function environmentWorkflowId(cluster: string, name: string): string {
  return `environment/${cluster}/${name}`;
}

/** `link/<platform>/<tenant>/<user>`: one open request to link a chat account to a person. */
export function linkWorkflowId(platform: string, tenant: string, user: string): string {
  return `link/${platform}/${tenant}/${user}`;
}

/** `quota/<person>/perOwner/<template>`, `…/perTeam/<template>/<team>` or `…/inAll`: one open request for more places. */
export function quotaWorkflowId(subject: {
  person: string;
  limit: 'perOwner' | 'perTeam' | 'inAll';
  template: string;
  team: string;
}): string {
  const { person, limit, template, team } = subject;
  const of = { inAll: [], perOwner: [template], perTeam: [template, team] }[limit];
  return ['quota', person, limit, ...of].join('/');
}

/** `incident/<number>`: one incident, from its declaration until its rooms are archived and its follow-ups done. */
export function incidentWorkflowId(number: number): string {
  return `incident/${number}`;
}

/** `grant/<person>/<id>`: one request for access and what became of it, by who gets it. */
export function grantWorkflowId(beneficiary: string, id: string): string {
  return `grant/${beneficiary}/${id}`;
}

/** `holdings/<person>/<id>`: one look at what somebody has everywhere. */
export function holdingsWorkflowId(person: string, id: string): string {
  return `holdings/${person}/${id}`;
}

/**
 * `membership/<team>/<person>`: one change at a time of whether somebody is in a team. It is also what a membership is given
 * for, whoever asks: who was put in by one request is taken out by another.
 */
export function membershipWorkflowId(team: string, person: string): string {
  return `membership/${team}/${person}`;
}

/** `arrival/<person>`: somebody who comes, by the id they will have. */
export function arrivalWorkflowId(person: string): string {
  return `arrival/${person}`;
}

/** `departure/<person>/<id>`: one leave-taking. Who comes back may leave again. */
export function departureWorkflowId(person: string, id: string): string {
  return `departure/${person}/${id}`;
}

/** Looks ahead for hours in which nobody is on call. */
export const ON_CALL_WATCH_ID = 'on-call-watch';

/** Looks for links of chat accounts that end soon, or were taken from their person. */
export const LINK_WATCH_ID = 'link-watch';

/** Looks every hour whether access in systems is as it should be. */
export const ACCESS_WATCH_ID = 'access-watch';

/**
 * Somebody within a text that a workflow writes, by id: `withNames` puts the name there when it is drawn. Whoever types
 * the same marks themselves does no more than name somebody.
 */
export function named(doer: string): string {
  return `\u2068${doer}\u2069`;
}

/** The namespace an environment lives in. */
export function environmentNamespace(name: string): string {
  return `env-${name}`;
}
