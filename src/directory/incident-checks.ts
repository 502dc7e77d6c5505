import { routePattern } from '../domain/alerts.ts';
import type { EscalationPath, IncidentConfig, PageTarget } from '../domain/incident-config.ts';
import { isTimeZone, wallTime } from '../domain/local-times.ts';
import { findPerson, findTeam } from '../domain/people.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { roomName } from '../domain/room-names.ts';

/** What of `incidents.yaml` does not fit together, or not with `platform.yaml`. Each problem begins with its place. */
export function incidentProblems(config: IncidentConfig, platform: PlatformConfig): string[] {
  return [
    ...duplicates(config),
    ...severityProblems(config, platform),
    ...serviceProblems(config, platform),
    ...scheduleProblems(config, platform),
    ...pathProblems(config, platform),
    ...routeProblems(config),
    ...roomProblems(config),
    ...drillProblems(config, platform),
    ...webhookProblems(config),
    ...repositoryProblems(config),
  ];
}

const LISTS = ['severities', 'roles', 'services', 'schedules', 'paths', 'routes', 'webhooks'] as const;

function duplicates(config: IncidentConfig): string[] {
  return LISTS.flatMap((list) => {
    const ids: string[] = config[list].map(({ id }) => id);
    const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
    return [...twice].map((id) => `${list}: “${id}” is there twice: give one of them another id`);
  });
}

function severityProblems(config: IncidentConfig, platform: PlatformConfig): string[] {
  return [
    ...unknownSeverities(config, 'defaults.severity', [config.defaults.severity]),
    ...config.severities.flatMap(({ path }, at) =>
      pathReferenceProblems({ config, platform, path, place: `severities[${at}].path` }),
    ),
  ];
}

function serviceProblems(config: IncidentConfig, platform: PlatformConfig): string[] {
  return config.services.flatMap(({ team, path }, at) => [
    ...(team === undefined ? [] : targetProblems({ team }, `services[${at}].team`, { config, platform })),
    ...pathReferenceProblems({ config, platform, path, place: `services[${at}].path` }),
  ]);
}

/** A path that is named has to be there, and somebody has to be at its end. */
function pathReferenceProblems({
  config,
  platform,
  path: id,
  place,
}: {
  config: IncidentConfig;
  platform: PlatformConfig;
  path: string | undefined;
  place: string;
}): string[] {
  if (id === undefined) return [];
  const path = config.paths.find((candidate) => candidate.id === id);
  if (path === undefined) return [`${place}: there is no path “${id}”: ${choices('paths', config.paths)}`];
  if (reachesSomebody(path, config, platform)) return [];
  return [`${place}: nobody whom the path “${id}” pages is active: name somebody who is`];
}

function reachesSomebody(
  { levels, fallback }: EscalationPath,
  config: IncidentConfig,
  platform: PlatformConfig,
) {
  const targets = [...levels.flatMap(({ notify }) => notify), ...fallback];
  return targets.some((target) =>
    candidates(target, config, platform).some((id) => findPerson(platform, id)?.active),
  );
}

/** Everybody it may come to, at whatever time. */
function candidates(target: PageTarget, config: IncidentConfig, platform: PlatformConfig): string[] {
  if ('person' in target) return [target.person];
  if ('schedule' in target) {
    const rotations = config.schedules.find(({ id }) => id === target.schedule)?.rotations ?? [];
    return rotations.flatMap(({ people }) => people);
  }
  if ('team' in target) {
    const team = findTeam(platform, target.team);
    return team === undefined ? [] : [...team.leads, ...team.members];
  }
  return platform.people.filter(({ roles }) => roles.includes(target.role)).map(({ id }) => id);
}

function scheduleProblems({ schedules }: IncidentConfig, platform: PlatformConfig): string[] {
  return schedules.flatMap(({ timeZone, rotations, overrides }, at) => {
    const place = `schedules[${at}]`;
    return [
      ...(isTimeZone(timeZone)
        ? []
        : [`${place}.timeZone: there is no time zone “${timeZone}”: write one such as Europe/Berlin`]),
      ...rotations.flatMap(({ people, starts, hours }, turn) => [
        ...strangers(people, `${place}.rotations[${turn}].people`, platform),
        ...dayProblems(starts, `${place}.rotations[${turn}].starts`),
        ...(hours?.from === '24:00'
          ? [`${place}.rotations[${turn}].hours.from: write 00:00 of the next day`]
          : []),
      ]),
      ...overrides.flatMap(({ person, from, to }, one) => [
        ...strangers([person], `${place}.overrides[${one}].person`, platform),
        ...dayProblems(from, `${place}.overrides[${one}].from`),
        ...dayProblems(to, `${place}.overrides[${one}].to`),
        ...(from < to ? [] : [`${place}.overrides[${one}]: ends before it begins: exchange from and to`]),
      ]),
    ];
  });
}

function dayProblems(local: string, place: string): string[] {
  return Number.isNaN(wallTime(local)) ? [`${place}: “${local}” is no day or time that exists`] : [];
}

function pathProblems(config: IncidentConfig, platform: PlatformConfig): string[] {
  return config.paths.flatMap(({ levels, fallback }, at) => {
    const within = (list: PageTarget[], place: string) =>
      list.flatMap((target, one) =>
        targetProblems(target, `paths[${at}].${place}[${one}]`, { config, platform }),
      );
    return [
      ...levels.flatMap(({ notify }, level) => within(notify, `levels[${level}].notify`)),
      ...within(fallback, 'fallback'),
    ];
  });
}

export function targetProblems(
  target: PageTarget,
  place: string,
  { config, platform }: { config: IncidentConfig; platform: PlatformConfig },
): string[] {
  if ('person' in target) return strangers([target.person], place, platform);
  if ('schedule' in target) {
    const known = config.schedules.some(({ id }) => id === target.schedule);
    return known
      ? []
      : [`${place}: there is no schedule “${target.schedule}”: ${choices('schedules', config.schedules)}`];
  }
  if ('team' in target) {
    const known = findTeam(platform, target.team) !== undefined;
    return known ? [] : [`${place}: there is no team “${target.team}”: ${choices('teams', platform.teams)}`];
  }
  const known = platform.people.some(({ roles }) => roles.includes(target.role));
  return known ? [] : [`${place}: nobody has the role “${target.role}” in platform.yaml`];
}

function routeProblems(config: IncidentConfig): string[] {
  return config.routes.flatMap(({ when, service, severity }, at) => [
    ...Object.entries(when).flatMap(([label, wanted]) => {
      const pattern = routePattern(wanted);
      return pattern.ok ? [] : [`routes[${at}].when.${label}: ${pattern.problem}`];
    }),
    ...(service === undefined || isPlaceholder(service) || config.services.some(({ id }) => id === service)
      ? []
      : [`routes[${at}].service: there is no service “${service}”: ${choices('services', config.services)}`]),
    ...(severity === undefined || isPlaceholder(severity)
      ? []
      : unknownSeverities(config, `routes[${at}].severity`, [severity])),
  ]);
}

function roomProblems(config: IncidentConfig): string[] {
  const { name, announce, stakeholders } = config.rooms;
  const bare = roomName(name, { number: 1, title: '', private: true, drill: true });
  const platforms = announce.map(({ platform }) => platform);
  const twice = platforms.filter((platform, at) => platforms.indexOf(platform) !== at);
  return [
    ...(name.includes('{number}') ? [] : ['rooms.name: has no {number}, which tells one room from another']),
    ...(bare.length <= 40 ? [] : ['rooms.name: is so long that nothing of a title fits: shorten it']),
    ...twice.map((platform) => `rooms.announce: ${platform} is there twice: one channel a platform`),
    ...stakeholders.flatMap(({ severities }, at) =>
      unknownSeverities(config, `rooms.stakeholders[${at}].severities`, severities),
    ),
  ];
}

function drillProblems({ drills }: IncidentConfig, platform: PlatformConfig): string[] {
  return strangers(drills.people, 'drills.people', platform);
}

function webhookProblems(config: IncidentConfig): string[] {
  return config.webhooks.flatMap(({ kind, secret, severities }, at) => [
    ...unknownSeverities(config, `webhooks[${at}].severities`, severities),
    ...(kind === 'pagerduty' && secret === undefined
      ? [`webhooks[${at}].secret: name the secret that holds PagerDuty’s routing key`]
      : []),
  ]);
}

function repositoryProblems({ tracker, reviews, services }: IncidentConfig): string[] {
  const unknown = Object.keys(tracker?.services ?? {}).filter((id) => !services.some((one) => one.id === id));
  return [
    ...unknown.map(
      (id) => `tracker.services.${id}: there is no service “${id}”: ${choices('services', services)}`,
    ),
    ...(reviews === undefined ? [] : reviewPathProblems(reviews.path)),
  ];
}

function reviewPathProblems(path: string): string[] {
  const problem = (what: string) => [`reviews.path: ${what}, such as reviews/{date}-{number}.md`];
  if (!path.includes('{number}'))
    return problem('needs {number}, so that each incident has a file of its own');
  const filled = path.replaceAll('{number}', '1').replaceAll('{date}', '1');
  if (/^[\w][\w.-]*(\/[\w][\w.-]*)*$/.test(filled)) return [];
  return problem(
    'must be a file within the repository, of letters, digits, dots and dashes, {number} and {date}',
  );
}

function strangers(ids: string[], place: string, platform: PlatformConfig): string[] {
  return ids
    .filter((id) => findPerson(platform, id) === undefined)
    .map((id) => `${place}: there is no person “${id}” in platform.yaml`);
}

export function unknownSeverities(config: IncidentConfig, place: string, ids: string[]): string[] {
  return ids
    .filter((id) => !config.severities.some((severity) => severity.id === id))
    .map((id) => `${place}: there is no severity “${id}”: ${choices('severities', config.severities)}`);
}

function isPlaceholder(value: string): boolean {
  return /^\{[^{}]+\}$/.test(value);
}

export function choices(list: string, known: { id: string }[]): string {
  return known.length === 0 ? `${list} has none` : `${list} has ${known.map(({ id }) => id).join(', ')}`;
}
