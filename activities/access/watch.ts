import { createHash } from 'node:crypto';
import { log } from '@temporalio/activity';
import {
  type AccessLook,
  type Drift,
  doubtAbout,
  type Missing,
  type Orphan,
  placeKey,
} from '../../src/domain/access-drift.ts';
import type { HoldingPlace, LedgerRow } from '../../src/domain/access-ledger.ts';
import { administrators } from '../../src/domain/departure-rules.ts';
import { FAILURE } from '../../src/domain/errors.ts';
import { holdingInWords } from '../../src/domain/holdings.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import { type Identity, type SystemConnector, SystemError } from '../../src/domain/systems.ts';
import { attemptsKey } from '../audit.ts';
import { deliverAll } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import { beating } from '../heartbeat.ts';
import { createReach, ONCE } from '../reach.ts';
import { ownersOf } from './cards.ts';
import { type AccessNews, newsNotice } from './watch-notes.ts';

/** Looks whether people have in systems what the ledger says. Nothing here changes what they have. */
export interface AccessWatch {
  /** On `QUEUES.systems`: those in which access is given for a while, by the rules or by the ledger. */
  systemsWithAccess(): Promise<string[]>;
  /** On `QUEUES.systems`, with heartbeats. What it finds is in the audit. Fails while the system does not answer. */
  lookAtAccess(input: { system: string }): Promise<AccessLook>;
  /** On `QUEUES.chat`, with heartbeats. To administrators and, of what is left, whoever answers for it; once for each `key`. */
  tellOfAccess(input: { key: string; news: AccessNews }): Promise<void>;
}

type Deps = Pick<
  ActivityDeps,
  | 'approvalChannels'
  | 'audit'
  | 'chat'
  | 'copies'
  | 'directory'
  | 'entitlements'
  | 'grants'
  | 'orphanRule'
  | 'policy'
  | 'roleTemplates'
  | 'systems'
>;

export function createAccessWatch(deps: Deps): AccessWatch {
  const { directly } = createReach(deps);

  async function placesIn(system: string): Promise<HoldingPlace[]> {
    const [published, given] = await Promise.all([deps.entitlements(), deps.grants.list()]);
    const places = [...published.flatMap(({ gives }) => gives.map(placeOf)), ...given];
    const inSystem = places.filter((place) => place.system === system);
    return [...new Map(inSystem.map((place) => [placeKey(place), place])).values()];
  }

  /** What Purser gives for other reasons as well, and so cannot tell from what a request has left behind. */
  async function givenOtherwise(directory: DirectorySnapshot): Promise<Set<string>> {
    const templates = await deps.roleTemplates();
    const gifts = templates.flatMap(({ gives }) => gives.filter((gift) => 'group' in gift));
    return new Set(
      [...gifts, ...directory.teams.flatMap(({ also = [] }) => also)].map(placeOf).map(placeKey),
    );
  }

  async function look(connector: SystemConnector): Promise<AccessLook> {
    const { name: system } = connector;
    const having = await peopleBy(connector, await placesIn(system));
    // Only now: what was given or taken meanwhile is read back before it counts as found.
    const [directory, given, past, rule] = await Promise.all([
      deps.directory.snapshot(),
      deps.grants.list(),
      deps.grants.past(system),
      deps.orphanRule(),
    ]);
    const has = (row: Drift) => having.get(placeKey(row))?.has(row.person) === true;
    const held = given.filter((row) => row.system === system && row.state === 'held');
    const missing = held.filter((row) => !has(row)).map(({ grant, ...row }) => ({ ...driftOf(row), grant }));
    const open = new Set(given.map(driftKey));
    const otherwise = await givenOtherwise(directory);
    const take = rule === 'take' && connector.capabilities.remembers;
    const orphans = orphansAmong(past.filter(has), take).filter(
      (row) => !open.has(driftKey(row)) && !otherwise.has(placeKey(row)) && !isMembership(connector, row),
    );
    const changing = new Set([...missing, ...(take ? orphans : [])].map(({ person }) => person));
    const { because, of } = doubtAbout({
      having: [...having.values()].flatMap((people) => [...people]),
      expected: held.map(({ person }) => person),
      changing,
    });
    if (because !== undefined) {
      const digest = digestOf(because === 'many' ? [because, ...changing] : [because]);
      return { kind: 'doubtful', because, changes: changing.size, of, digest };
    }
    return await confirmed(connector, directory, { missing, orphans });
  }

  /** Lists may lag: whoever it is about is asked after once more. */
  async function confirmed(
    connector: SystemConnector,
    directory: DirectorySnapshot,
    found: { missing: Missing[]; orphans: Orphan[] },
  ): Promise<AccessLook> {
    const missing: Missing[] = [];
    for (const row of found.missing) {
      const identity = identityOf(directory, row.person);
      if (identity !== undefined && !(await connector.readBack(identity, row.holding))) missing.push(row);
    }
    const orphans: Orphan[] = [];
    for (const row of found.orphans) {
      const identity = identityOf(directory, row.person);
      if (identity === undefined) continue;
      const { held, elsewhere } = await connector.plan(identity, row.holding);
      if (held && !(elsewhere && connector.capabilities.remembers)) orphans.push(row);
    }
    const words = orphans.map((row) => `${driftKey(row)} ${row.take}`);
    return {
      kind: 'differences',
      missing,
      orphans,
      ...(words.length === 0 ? {} : { digest: digestOf(words) }),
    };
  }

  async function record(system: string, found: AccessLook): Promise<void> {
    const detail = auditDetail(found);
    if (detail === undefined) return;
    await deps.audit.append({
      key: attemptsKey('access.look'),
      action: 'access.look',
      actor: 'purser',
      subject: `system/${system}`,
      outcome: 'done',
      detail,
    });
  }

  return {
    async systemsWithAccess() {
      const [published, given] = await Promise.all([deps.entitlements(), deps.grants.list()]);
      return [...new Set([...published.flatMap(({ gives }) => gives), ...given].map(({ system }) => system))];
    },

    lookAtAccess: ({ system }) =>
      beating(async () => {
        const connector = (await deps.systems()).find(({ name }) => name === system);
        if (connector === undefined) {
          throw refused(
            FAILURE.systemRefused,
            `manifests/systems.yaml has no system “${system}” any more.`,
            '',
          );
        }
        const found = await look(connector).catch((error: unknown) => {
          // The cause stays here: an answer may hold anything.
          throw error instanceof SystemError ? new Error(error.message) : error;
        });
        await record(system, found);
        return found;
      }),

    tellOfAccess: ({ key, news }) =>
      beating(async () => {
        const [directory, policy, published] = await Promise.all([
          deps.directory.snapshot(),
          deps.policy(),
          deps.entitlements(),
        ]);
        const left = new Set(news.kind === 'orphans' ? [...news.taken, ...news.left].map(placeKey) : []);
        const owners = published
          .filter(({ gives }) => gives.map(placeOf).some((place) => left.has(placeKey(place))))
          .flatMap(({ owner }) => ownersOf(owner, directory));
        const people = new Set([...administrators(policy, directory).map(({ id }) => id), ...owners]);
        const view = newsNotice(news, directory);
        const undelivered = await deliverAll(directly(key, [...people], directory, { ...ONCE, view }));
        if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
      }),
  };
}

/** Who has each of them, by what the system says. */
async function peopleBy(
  connector: SystemConnector,
  places: HoldingPlace[],
): Promise<Map<string, Set<string>>> {
  const having = new Map<string, Set<string>>();
  for (const place of places) {
    const members = await connector.members(place.holding);
    having.set(placeKey(place), new Set(members.map(({ person, login }) => person ?? `login ${login}`)));
  }
  return having;
}

/** One for each person and thing, whatever the number of requests it was given for. */
function orphansAmong(rows: LedgerRow[], take: boolean): Orphan[] {
  return [...Map.groupBy(rows, driftKey).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...driftOf(first), grants: same.map(({ grant }) => grant), take }];
  });
}

function driftOf({ system, holding, person }: Drift): Drift {
  return { system, holding, person };
}

function driftKey(row: Drift): string {
  return `${row.person} ${placeKey(row)}`;
}

function placeOf({ system, group, scope }: { system: string; group: string; scope?: string }): HoldingPlace {
  return { system, holding: { kind: 'group', group, ...(scope === undefined ? {} : { scope }) } };
}

/** Who is in a team, or leads it, is said by leads and not only by requests. */
function isMembership({ own }: SystemConnector, { holding }: Drift): boolean {
  return own === true && /^(team|leads)\//.test(holding.group);
}

function identityOf(directory: DirectorySnapshot, person: string): Identity | undefined {
  const known = findPerson(directory, person);
  return known && { person, name: known.name, email: known.email };
}

function digestOf(words: string[]): string {
  return createHash('sha256').update(words.toSorted().join('\n')).digest('hex').slice(0, 16);
}

const MOST_IN_A_ROW = 50;

function auditDetail(found: AccessLook): Record<string, string> | undefined {
  if (found.kind === 'doubtful') {
    const { because, changes, of } = found;
    return { doubtful: because, changes: `${changes}`, of: `${of}` };
  }
  const { missing, orphans } = found;
  if (missing.length + orphans.length === 0) return undefined;
  const named = (rows: Drift[]) => rows.slice(0, MOST_IN_A_ROW).map(driftInWords).join('; ');
  return {
    ...(missing.length === 0 ? {} : { missing: named(missing) }),
    ...(orphans.length === 0 ? {} : { orphans: named(orphans) }),
  };
}

function driftInWords({ person, holding }: Drift): string {
  return `${person}: ${holdingInWords(holding)}`;
}
