import { type AccessQuestion, deadEnd, isFor, outlookOf } from '../domain/access-rules.ts';
import type { Approver, Entitlement } from '../domain/entitlements.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import { wholePattern } from '../domain/patterns.ts';
import { type DirectorySnapshot, findPerson, findTeam, type Person } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { SystemEntry } from './systems-file.ts';

/** What entitlements may name. */
export interface KnownAround {
  platform: PlatformConfig;
  systems: SystemEntry[];
  incidents: IncidentConfig | undefined;
}

/** What of `entitlements.yaml` does not fit together, or not with the other files. Each problem begins with its place. */
export function entitlementProblems(entitlements: Entitlement[], known: KnownAround): string[] {
  const ids = entitlements.map(({ id }) => id);
  const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  return [
    ...[...twice].map((id) => `entitlements: “${id}” is there twice: give one of them another id`),
    ...entitlements.flatMap((entitlement) =>
      [
        ...peopleProblems(entitlement, known),
        ...approvalProblems(entitlement, known),
        ...giftProblems(entitlement, known),
        ...durationProblems(entitlement),
        ...ticketProblems(entitlement),
        ...notWithProblems(entitlement, ids),
      ].map((problem) => `“${entitlement.id}”: ${problem}`),
    ),
  ];
}

function peopleProblems({ owner, for: groups }: Entitlement, known: KnownAround): string[] {
  return [
    ...approverProblems(owner, 'owner', known),
    ...groups.flatMap((group, at) => approverProblems(group, `for[${at}]`, known)),
  ];
}

function approvalProblems({ approval }: Entitlement, known: KnownAround): string[] {
  return approval.flatMap(({ by, otherwise = [] }, at) => [
    ...by.flatMap((approver, one) => approverProblems(approver, `approval[${at}].by[${one}]`, known)),
    ...otherwise.flatMap((approver, one) =>
      approverProblems(approver, `approval[${at}].otherwise[${one}]`, known),
    ),
  ]);
}

function approverProblems(
  approver: Approver,
  place: string,
  { platform, systems, incidents }: KnownAround,
): string[] {
  if ('person' in approver) {
    const { person } = approver;
    if (findPerson(platform, person) !== undefined) return [];
    return [`${place}: there is no person “${person}” in platform.yaml`];
  }
  const team = 'team' in approver ? approver.team : 'leadsOf' in approver ? approver.leadsOf : undefined;
  if (team !== undefined) {
    if (findTeam(platform, team) !== undefined) return [];
    return [`${place}: there is no team “${team}”: ${choices('teams', platform.teams)}`];
  }
  if ('role' in approver) {
    const { role } = approver;
    const isHeld = platform.people.some(({ roles }) => roles.includes(role));
    // What nobody has yet may be something that is given.
    if (isHeld || systems.some((system) => offers(system, `role/${role}`, platform))) return [];
    return [`${place}: nobody has the role “${role}” in platform.yaml`];
  }
  if ('onCall' in approver) {
    const schedules = incidents?.schedules ?? [];
    if (schedules.some(({ id }) => id === approver.onCall)) return [];
    return [
      `${place}: incidents.yaml has no schedule “${approver.onCall}”: ${choices('schedules', schedules)}`,
    ];
  }
  return [];
}

function offers({ name, kind, settings }: SystemEntry, group: string, platform: PlatformConfig): boolean {
  const { misfit } = kind;
  return (
    misfit !== undefined &&
    misfit(name, settings, { holding: { kind: 'group', group }, platform }) === undefined
  );
}

function giftProblems({ gives }: Entitlement, { systems, platform }: KnownAround): string[] {
  const words = gives.map((gift) => JSON.stringify([gift.system, gift.group, gift.scope]));
  return gives.flatMap(({ system: name, ...place }, at) => {
    const system = systems.find((candidate) => candidate.name === name);
    if (system === undefined) {
      return [`gives[${at}].system: there is no system “${name}”: ${choicesOfNames('systems', systems)}`];
    }
    if (words.indexOf(words[at] ?? '') !== at) return [`gives[${at}]: is there twice: take one of them out`];
    const misfit = system.kind.misfit?.(name, system.settings, {
      holding: { kind: 'group', ...place },
      platform,
    });
    return misfit === undefined ? [] : [`gives[${at}]: ${misfit}`];
  });
}

function durationProblems({ duration: { usual, most } }: Entitlement): string[] {
  return usual <= most ? [] : ['duration: `usual` is longer than `most`: exchange them'];
}

function ticketProblems({ reason: { ticket } }: Entitlement): string[] {
  const pattern = ticket === undefined ? undefined : wholePattern(ticket);
  return pattern?.ok === false ? [`reason.ticket: ${pattern.problem}`] : [];
}

function notWithProblems({ id, notWith }: Entitlement, ids: string[]): string[] {
  return notWith.flatMap((other, at) => {
    if (other === id) return [`notWith[${at}]: is itself: name another entitlement`];
    return ids.includes(other) ? [] : [`notWith[${at}]: there is no entitlement “${other}”`];
  });
}

/** Requests that nobody could approve, whoever of those they are for asks. */
export function deadEnds(
  entitlements: Entitlement[],
  { platform: directory, incidents }: Pick<KnownAround, 'platform' | 'incidents'>,
): string[] {
  return entitlements.flatMap((entitlement) => {
    const stuck = Map.groupBy(
      directory.people.filter(({ id }) => isFor(entitlement, directory, id)),
      ({ id }) => deadEndFor(entitlement, id, { directory, incidents }),
    );
    return [...stuck].flatMap(([stage, people]) =>
      stage === undefined
        ? []
        : [
            `“${entitlement.id}”: approval[${stage}]: too few people could approve it when ${namesOf(people)} asks: add somebody to \`by\` or \`otherwise\``,
          ],
    );
  });
}

function deadEndFor(
  entitlement: Entitlement,
  asker: string,
  { directory, incidents }: { directory: DirectorySnapshot; incidents: IncidentConfig | undefined },
): number | undefined {
  // Whoever of the schedule might be on call then.
  const onCall = (id: string) =>
    incidents?.schedules
      .find((schedule) => schedule.id === id)
      ?.rotations.flatMap(({ people }) => people)
      .find((person) => person !== asker && findPerson(directory, person)?.active);
  const question: AccessQuestion = {
    directory,
    requester: asker,
    beneficiary: asker,
    owner: entitlement.owner,
    onCall,
  };
  return deadEnd(outlookOf(entitlement, question), entitlement.distinct);
}

function namesOf(people: Person[]): string {
  const shown = people.slice(0, 3).map(({ name }) => name);
  const more = people.length - shown.length;
  return more === 0 ? shown.join(' or ') : `${shown.join(', ')} or one of ${more} more`;
}

function choices(list: string, known: { id: string }[]): string {
  return choicesOfNames(
    list,
    known.map(({ id }) => ({ name: id })),
  );
}

function choicesOfNames(list: string, known: { name: string }[]): string {
  return known.length === 0 ? `${list} has none` : `${list} has ${known.map(({ name }) => name).join(', ')}`;
}
