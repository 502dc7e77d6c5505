import type { Questions } from '../chat/inspection.ts';
import { type Config, secretVariable } from '../config.ts';
import { bad, type Finding, good, off } from '../domain/findings.ts';
import type { EscalationPath, IncidentConfig, PageTarget, Schedule } from '../domain/incident-config.ts';
import { personOnCall, resolvePageTargets } from '../domain/on-call.ts';
import { OutsideError } from '../domain/outside.ts';
import { type DirectorySnapshot, findPerson, type Person } from '../domain/people.ts';
import type { AccountRef } from '../domain/refs.ts';
import { findAlertmanager } from '../outside/alertmanager.ts';
import { type Chat, unreachableIn } from './chat.ts';
import type { StaffedOrganisation } from './manifests.ts';
import type { Role } from './roles.ts';

interface Scene {
  config: IncidentConfig;
  directory: DirectorySnapshot;
  now: Date;
  /** Why no direct message gets to an account. */
  unreachable(account: AccountRef): string | undefined;
}

/** The channels that the organisation's files name, and everybody's accounts who may be paged. */
export function questionsOf(organisation: StaffedOrganisation | undefined): Questions {
  if (organisation === undefined) return { places: [], accounts: [] };
  const { platform, incidents, directory } = organisation;
  const { announce = [], stakeholders = [], teamsGroup } = incidents?.rooms ?? {};
  const paged = incidents === undefined ? [] : pagedIn(incidents, directory);
  return {
    places: [
      ...platform.approvalChannels.map((conversation) => ({ conversation, purpose: 'approvals' })),
      ...announce.map((conversation) => ({ conversation, purpose: 'announcements' })),
      ...stakeholders.map(({ conversation, severities }) => ({
        conversation,
        purpose: `updates of ${severities.join(', ')}`,
      })),
    ],
    accounts: paged.flatMap((id) => findPerson(directory, id)?.accounts ?? []),
    teamsGroup,
  };
}

/** Everybody whose name is in the file. */
function namedIn({ schedules, paths, drills }: IncidentConfig): string[] {
  const named = [
    ...schedules.flatMap(({ rotations, overrides }) => [
      ...rotations.flatMap(({ people }) => people),
      ...overrides.map(({ person }) => person),
    ]),
    ...paths.flatMap(targetsOf).flatMap((target) => ('person' in target ? [target.person] : [])),
    ...drills.people,
  ];
  return [...new Set(named)];
}

/** The same, and those whom teams and roles make of it now. */
function pagedIn(config: IncidentConfig, directory: DirectorySnapshot): string[] {
  const targets = config.paths.flatMap(targetsOf);
  const { people } = resolvePageTargets(targets, { config, directory, at: new Date() });
  return [...new Set([...namedIn(config), ...people])];
}

function targetsOf({ levels, fallback }: EscalationPath): PageTarget[] {
  return [...levels.flatMap(({ notify }) => notify), ...fallback];
}

/** Whether pages get to people, and what comes in and goes out works for the processes that do it. */
export async function checkIncidents(
  settings: Pick<Config, 'alerts' | 'secret'>,
  roles: Role[],
  organisation: StaffedOrganisation | undefined,
  chat: Chat,
): Promise<Finding[]> {
  if (organisation === undefined) {
    return [bad('nothing can be said of them', 'Correct the files under Configuration first.')];
  }
  const { incidents: config, directory } = organisation;
  if (config === undefined) return [off('off', 'Write manifests/incidents.yaml to have them.')];
  const unreachable = (account: AccountRef) => unreachableIn(chat, account);
  return [
    ...checkPaging({ config, directory, now: new Date(), unreachable }),
    ...(roles.includes('bot') ? [alertsFinding(settings.alerts)] : []),
    ...(roles.includes('worker') ? await checkOutside(config, settings.secret) : []),
  ];
}

/** Whether somebody is on call, and a page gets to them. */
export function checkPaging(scene: Scene): Finding[] {
  const { config } = scene;
  return [
    ...config.schedules.map((schedule) => scheduleFinding(schedule, scene)),
    ...config.paths.map((path) => pathFinding(path, scene)),
    ...peopleFindings(scene),
  ];
}

function scheduleFinding(schedule: Schedule, { directory, now }: Scene): Finding {
  const id = personOnCall(schedule, now);
  if (id === undefined) {
    return bad(
      `nobody is on call now in “${schedule.title}”`,
      'Add a rotation or an override for this time; npm run lint:incidents names the gaps of the coming week.',
    );
  }
  return good(`${findPerson(directory, id)?.name ?? id} is on call in “${schedule.title}”`);
}

function pathFinding(path: EscalationPath, scene: Scene): Finding {
  const { id } = path;
  const { config, directory, now } = scene;
  const { people } = resolvePageTargets(targetsOf(path), { config, directory, at: now });
  const reached = people.filter(
    (person) => reasonAgainst(findPerson(directory, person), scene) === undefined,
  );
  return reached.length === 0
    ? bad(
        `the path “${id}” reaches nobody now`,
        'See to the schedules and accounts named here, or add somebody to its fallback.',
      )
    : good(`the path “${id}” reaches ${reached.length} ${reached.length === 1 ? 'person' : 'people'} now`);
}

/** Those who are paged as one of a team or role have somebody beside them. */
function peopleFindings(scene: Scene): Finding[] {
  const { config, directory } = scene;
  const named = namedIn(config);
  const failing = named.flatMap((id) => {
    const person = findPerson(directory, id);
    const reason = reasonAgainst(person, scene);
    return reason === undefined ? [] : [{ name: person?.name ?? id, reason }];
  });
  if (failing.length === 0)
    return [good(`a direct message gets to all ${named.length} who are paged by name`)];
  const byReason = Object.groupBy(failing, ({ reason }) => reason);
  return Object.entries(byReason).map(([reason, people = []]) =>
    bad(
      `no page gets to ${people.map(({ name }) => name).join(', ')}: ${reason}`,
      'Correct what is wrong with that platform, or their accounts in platform.yaml; they can also ask Purser to be linked.',
    ),
  );
}

/** One account that works is enough. */
function reasonAgainst(person: Person | undefined, { unreachable }: Scene): string | undefined {
  if (person === undefined || !person.active) return 'they have left';
  const reasons = person.accounts.map((account) => unreachable(account));
  if (reasons.includes(undefined)) return undefined;
  return reasons.length === 0 ? 'no chat account is linked to them' : [...new Set(reasons)].join('; ');
}

function alertsFinding(alerts: Config['alerts']): Finding {
  return alerts === undefined
    ? off('alerts are not taken', 'Set ALERTS_TOKEN and give it to Alertmanager.')
    : good('alerts are taken');
}

/** What incidents reach beside chat. */
export async function checkOutside(
  { alertmanager, webhooks }: IncidentConfig,
  secret: Config['secret'],
): Promise<Finding[]> {
  return [
    await alertmanagerFinding(alertmanager?.url),
    ...webhooks.map(({ id, secret: name }) => {
      if (name === undefined) return good(`the webhook “${id}” needs no secret`);
      return secret(name) === undefined
        ? bad(`the secret of the webhook “${id}” is missing`, `Set ${secretVariable(name)}.`)
        : good(`the webhook “${id}” has its secret`);
    }),
  ];
}

async function alertmanagerFinding(url: string | undefined): Promise<Finding> {
  if (url === undefined) {
    return off(
      '/incident silence has no Alertmanager',
      'Write its address under alertmanager in incidents.yaml.',
    );
  }
  try {
    await findAlertmanager(url);
    return good('Alertmanager answers');
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return bad(`silences do not work: ${error.message}`, 'See alertmanager.url in incidents.yaml.');
  }
}
