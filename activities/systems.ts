import { ApplicationFailure, Context } from '@temporalio/activity';
import { FAILURE } from '../src/domain/errors.ts';
import { findPerson } from '../src/domain/people.ts';
import type { AuditEvent } from '../src/domain/ports.ts';
import {
  type Capabilities,
  type ChangeOrder,
  type ChangePlan,
  type Holding,
  type Identity,
  type SystemConnector,
  SystemError,
} from '../src/domain/systems.ts';
import { attemptsKey } from './audit.ts';
import type { ActivityDeps } from './deps.ts';
import { refused } from './failures.ts';
import { beating } from './heartbeat.ts';

/** Whom it is about, and where. */
export interface InSystem {
  system: string;
  person: string;
  /** Who they are, while Purser does not know them yet, or any more. */
  newcomer?: Identity;
}

/** One thing somebody has there, or is to have. */
export interface HoldingInput extends InSystem {
  holding: Holding;
}

/** What is changed, and for whom the audit says so. */
export interface ChangeInput extends InSystem {
  /** The workflow's id: the change is made for it, once, and it is the audit's subject. */
  request: string;
  /** Person id, or `purser`. */
  actor: string;
}

/**
 * On `QUEUES.systems`. Every change is audited before it is made, is harmless to repeat, and says nothing of what came of it:
 * that is read back. Fails with `SystemRefused` for good, with the `Trouble` as its only detail; with anything else another
 * try may help, and comes no sooner than the system asked for.
 */
export interface SystemActivities {
  planHolding(input: HoldingInput): Promise<ChangePlan>;
  readHolding(input: HoldingInput): Promise<boolean>;
  giveHolding(input: HoldingInput & ChangeInput): Promise<void>;
  /** `whoever`: not only what was given for this request. */
  takeHolding(input: HoldingInput & ChangeInput & { whoever?: boolean }): Promise<void>;
  endSessions(input: ChangeInput): Promise<void>;
  /** Everything they have there. */
  readHoldings(input: InSystem): Promise<Holding[]>;
  /** Every system there is now, in the order of the file. */
  listSystems(): Promise<{ system: string; capabilities: Capabilities }[]>;
}

type Deps = Pick<ActivityDeps, 'audit' | 'directory' | 'systems'>;

export function createSystemActivities({ audit, directory, systems }: Deps): SystemActivities {
  async function identityOf({ person, newcomer }: InSystem): Promise<Identity> {
    const known = findPerson(await directory.snapshot(), person);
    if (known !== undefined) return { person, name: known.name, email: known.email };
    if (newcomer !== undefined) return newcomer;
    throw refused(
      FAILURE.systemRefused,
      `Purser does not know “${person}” any more.`,
      'Look whether they were taken out of the directory by hand.',
    );
  }

  async function connectorOf({ system }: InSystem): Promise<SystemConnector> {
    const connector = (await systems()).find(({ name }) => name === system);
    if (connector !== undefined) return connector;
    throw refused(
      FAILURE.systemRefused,
      `manifests/systems.yaml has no system “${system}” any more.`,
      'Put it back, or do there by hand what is left to do.',
    );
  }

  /** Heartbeats: a worker that died is noticed within seconds. */
  function there<Result>(
    input: InSystem,
    work: (connector: SystemConnector, identity: Identity) => Promise<Result>,
  ): Promise<Result> {
    return beating(async () => {
      const [connector, identity] = await Promise.all([connectorOf(input), identityOf(input)]);
      return await work(connector, identity).catch((error: unknown) => {
        throw systemFailure(input.system, error);
      });
    });
  }

  async function record(action: string, input: ChangeInput, holding?: Holding): Promise<void> {
    const { request, actor, person, system } = input;
    const event: AuditEvent = {
      key: attemptsKey(action),
      action,
      actor,
      subject: request,
      outcome: 'intended',
      detail: { person, system, ...(holding === undefined ? {} : detailOf(holding)) },
    };
    await audit.append(event);
  }

  function orderOf(input: HoldingInput & ChangeInput, connector: SystemConnector, identity: Identity) {
    const { holding, request } = input;
    const key = connector.idempotencyKey(request, identity, holding);
    const signal = Context.current().cancellationSignal;
    return { identity, holding, key, signal } satisfies ChangeOrder;
  }

  return {
    planHolding: (input) => there(input, (connector, identity) => connector.plan(identity, input.holding)),

    readHolding: (input) =>
      there(input, (connector, identity) => connector.readBack(identity, input.holding)),

    giveHolding: (input) =>
      there(input, async (connector, identity) => {
        await record('system.give', input, input.holding);
        await connector.apply(orderOf(input, connector, identity));
      }),

    takeHolding: (input) =>
      there(input, async (connector, identity) => {
        await record('system.take', input, input.holding);
        await connector.revoke({ ...orderOf(input, connector, identity), whoever: input.whoever });
      }),

    endSessions: (input) =>
      there(input, async (connector, identity) => {
        await record('system.end-sessions', input);
        await connector.endSessions(identity);
      }),

    readHoldings: (input) => there(input, (connector, identity) => connector.holdings(identity)),

    async listSystems() {
      return (await systems()).map(({ name, capabilities }) => ({ system: name, capabilities }));
    },
  };
}

function detailOf(holding: Holding): Record<string, string> {
  if (holding.kind === 'account') return { holding: 'account' };
  const { group, scope } = holding;
  return { holding: 'group', group, ...(scope === undefined ? {} : { scope }) };
}

/** The cause stays here, as with the cluster: an answer may hold anything, and failures are kept in history. */
function systemFailure(system: string, error: unknown): unknown {
  if (!(error instanceof SystemError)) return error;
  const { message, retryable, retryAfterMs } = error;
  if (!retryable) {
    return refused(FAILURE.systemRefused, `${message}.`, `Mend it in ${system}, then try again.`);
  }
  return ApplicationFailure.create({ type: 'SystemUnavailable', message, nextRetryDelay: retryAfterMs });
}
