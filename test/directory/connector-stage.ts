import type { TestContext } from 'node:test';
import { changeKey } from '../../src/directory/systems.ts';
import type { ChangeOrder, Holding, Identity, SystemConnector } from '../../src/domain/systems.ts';
import { eventually } from '../support/eventually.ts';

export type Group = Extract<Holding, { kind: 'group' }>;

/** What can go wrong between the connector and its system. Of `lost`, the system has done it, and its answer is lost. */
export type ConnectorFault = 'down' | 'slow' | 'error' | 'limited' | 'empty' | 'lost';

/** One connector and its system, with people of its own: tests run one after another and leave nothing they rely on. */
export interface ConnectorStage {
  connector: SystemConnector;
  /** In the system already, with nothing. Where it has no accounts, anybody. */
  known: Identity;
  another: Identity;
  /** Not in the system; onboarded by a test where it has accounts. */
  stranger: Identity;
  /** Empty. */
  group: Group;
  /** What somebody has for having any group at all. */
  besides?: Group[];
  /** The system, looked at and changed past the connector. */
  outside: {
    holds(identity: Identity, holding: Holding): Promise<boolean>;
    /** Of an account that is disabled: enables it. */
    give(identity: Identity, holding: Holding): Promise<void>;
    /** More people into the group than one page holds, as many as it says. */
    fill(group: Group): Promise<number>;
    /** Groups for the person, so many or so placed that one page does not show them all. */
    pile(identity: Identity): Promise<Group[]>;
    /** How often somebody is in the system, disabled or not. */
    accounts(identity: Identity): Promise<number>;
  };
  /** Everything goes wrong this way until `mend`. `error` is 500, `limited` 429 with `Retry-After: 7`. */
  break(fault: ConnectorFault): Promise<void>;
  mend(): Promise<void>;
  /** Secrets and addresses that no error may show; what a broken system answers has them in it, too. */
  canaries: string[];
}

export interface ConformanceOptions {
  open(t: TestContext): Promise<ConnectorStage>;
  /** Those that can happen to this system. */
  faults: ConnectorFault[];
}

export function order(identity: Identity, holding: Holding, request = 'request-1'): ChangeOrder {
  return { identity, holding, key: changeKey(request, identity, holding) };
}

/** Some systems need a moment until what was changed counts. */
export async function readsBack(
  { connector }: ConnectorStage,
  identity: Identity,
  holding: Holding,
  expected: boolean,
): Promise<void> {
  await eventually(async () => (await connector.readBack(identity, holding)) === expected);
}
