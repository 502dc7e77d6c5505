import { changeKey } from '../../src/directory/systems.ts';
import {
  type Capabilities,
  type Holding,
  type SystemConnector,
  SystemError,
} from '../../src/domain/systems.ts';

/** A system in memory, for tests of those who use systems: it keeps the contract, and breaks when told to. */
export interface MemorySystem {
  connector: SystemConnector;
  holds(person: string, holding: Holding): boolean;
  /** Past the connector. */
  give(person: string, holding: Holding): void;
  take(person: string, holding: Holding): void;
  accounts(person: string): number;
  /** Every call rejects with it until it is taken back. */
  fail(error: SystemError | undefined): void;
  /** Every call is done, and then rejects. */
  loseAnswers(lose: boolean): void;
  /** Changes that were asked for, in order: `apply kim shop`. */
  asked: string[];
}

/** `elsewhere` is the key of what was there before. */
const ELSEWHERE = '';

export function createMemorySystem(name: string, capabilities: Partial<Capabilities> = {}): MemorySystem {
  /** Keys by person and holding. */
  const held = new Map<string, Map<string, Set<string>>>();
  const disabled = new Set<string>();
  const asked: string[] = [];
  const can: Capabilities = {
    accounts: true,
    groups: true,
    sessions: true,
    remembers: true,
    outlasts: [],
    ...capabilities,
  };
  let failure: SystemError | undefined;
  let losing = false;

  function keysOf(person: string, holding: Holding): Set<string> {
    const own = held.get(person) ?? new Map<string, Set<string>>();
    held.set(person, own);
    const keys = own.get(wordOf(holding)) ?? new Set();
    own.set(wordOf(holding), keys);
    return keys;
  }

  function holds(person: string, holding: Holding): boolean {
    if (holding.kind === 'account' && disabled.has(person)) return false;
    return (held.get(person)?.get(wordOf(holding))?.size ?? 0) > 0;
  }

  function give(person: string, holding: Holding, key: string): void {
    if (holding.kind === 'account') disabled.delete(person);
    if (holds(person, holding) && !can.remembers) return;
    keysOf(person, holding).add(key);
  }

  function take(person: string, holding: Holding, key: string): void {
    if (holding.kind === 'account') disabled.add(person);
    else if (can.remembers && key !== ELSEWHERE) held.get(person)?.get(wordOf(holding))?.delete(key);
    else held.get(person)?.delete(wordOf(holding));
  }

  async function answer<Value>(value: () => Value): Promise<Value> {
    if (failure !== undefined) throw failure;
    const said = value();
    if (losing) throw new SystemError(`${name} does not answer`, { retryable: true });
    return said;
  }

  function isElsewhere(person: string, holding: Holding): boolean {
    return !can.remembers || keysOf(person, holding).has(ELSEWHERE);
  }

  return {
    connector: {
      name,
      capabilities: can,
      idempotencyKey: changeKey,
      plan: ({ person }, holding) =>
        answer(() => {
          const isHeld = holds(person, holding);
          return { held: isHeld, elsewhere: isHeld && isElsewhere(person, holding) };
        }),
      apply: ({ identity, holding, key }) =>
        answer(() => {
          asked.push(`apply ${identity.person} ${wordOf(holding)}`);
          give(identity.person, holding, key);
        }),
      readBack: ({ person }, holding) => answer(() => holds(person, holding)),
      revoke: ({ identity, holding, key, whoever }) =>
        answer(() => {
          asked.push(`revoke ${identity.person} ${wordOf(holding)}`);
          take(identity.person, holding, whoever ? ELSEWHERE : key);
        }),
      endSessions: ({ person }) => answer(() => void asked.push(`end sessions of ${person}`)),
      holdings: ({ person }) =>
        answer(() =>
          [...(held.get(person)?.keys() ?? [])].map(holdingOf).filter((holding) => holds(person, holding)),
        ),
      members: (group) =>
        answer(() =>
          [...held.keys()]
            .filter((person) => holds(person, group))
            .map((person) => ({ person, login: person })),
        ),
    },
    holds,
    give: (person, holding) => give(person, holding, ELSEWHERE),
    take: (person, holding) => take(person, holding, ELSEWHERE),
    accounts: (person) => Number((held.get(person)?.get(wordOf({ kind: 'account' }))?.size ?? 0) > 0),
    fail(error) {
      failure = error;
    },
    loseAnswers(lose) {
      losing = lose;
    },
    asked,
  };
}

function wordOf(holding: Holding): string {
  return JSON.stringify(holding.kind === 'account' ? [] : [holding.group, holding.scope]);
}

function holdingOf(word: string): Holding {
  const [group, scope] = JSON.parse(word) as [string?, (string | null)?];
  if (group === undefined) return { kind: 'account' };
  return { kind: 'group', group, ...(typeof scope === 'string' ? { scope } : {}) };
}
