import { readFileSync } from 'node:fs';
import pino from 'pino';
import { parse } from 'yaml';
import type { AccessContext, CommandContext, IncidentContext } from '../../src/commands/context.ts';
import { createDispatch } from '../../src/commands/dispatch.ts';
import type { EnvironmentInput, EnvironmentState } from '../../src/domain/environments.ts';
import type { FormId } from '../../src/domain/forms.ts';
import type { DecidedLink } from '../../src/domain/links.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { PeopleRequestState } from '../../src/domain/people-requests.ts';
import type { Plan } from '../../src/domain/plans.ts';
import { policySchema } from '../../src/domain/policy.ts';
import type { AuditEvent, DeliveryLog } from '../../src/domain/ports.ts';
import type { AccountRef, ConversationRef } from '../../src/domain/refs.ts';
import type { Actor, ChatRequest } from '../../src/domain/requests.ts';
import type { Launchers } from '../../src/temporal/launchers.ts';
import type { PeopleLaunchers } from '../../src/temporal/people-launchers.ts';
import { createTestAccess } from './access-context.ts';
import { createTestDepartures } from './departures-context.ts';
import { sampleDirectory, sampleState } from './environment-samples.ts';
import { createTestIncidents } from './incidents-context.ts';
import { createTestLinks, createTestPeople, SAMPLE_ROLE } from './people-context.ts';
import { createTestQuota, noPlacesTaken } from './quota-context.ts';
import { createTestCatalog } from './test-catalog.ts';

export const NOW = new Date('2026-04-01T10:00:00.000Z');
export const CHANNEL: ConversationRef = { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0DEV' };

/** Ports in memory, strict about what they are given, and what was done to them. */
export function createTestContext(
  changes: Partial<Omit<CommandContext, 'incidents' | 'people' | 'access'>> & {
    incidents?: Partial<IncidentContext>;
    people?: Partial<PeopleLaunchers>;
    access?: Partial<AccessContext>;
  } = {},
  directory = sampleDirectory(),
) {
  const environments = new Map<string, EnvironmentState>();
  const done: { call: string; input: unknown }[] = [];
  const audit: AuditEvent[] = [];
  const plans = new Map<string, Plan>();
  const places = noPlacesTaken();
  const quota = createTestQuota(done);
  const incidents = createTestIncidents(changes.incidents);
  const access = createTestAccess(directory, done);
  const departures = createTestDepartures(done);
  const links: DecidedLink[] = [];
  const requests = new Map<string, PeopleRequestState>();
  const context: CommandContext = {
    cluster: 'local',
    directory: { snapshot: async () => directory },
    policy: async () => policySchema.parse(parse(readFileSync('manifests/policies/commands.yaml', 'utf8'))),
    catalog: createTestCatalog(),
    launchers: createTestLaunchers(environments, done),
    plans: {
      save: async (digest, plan) => void plans.set(digest, plan),
      load: async (digest) => plans.get(digest),
    },
    places: { count: async () => structuredClone(places) },
    deliveries: createTestDeliveries(),
    audit: {
      async append(event) {
        if (!audit.some(({ key }) => key === event.key)) audit.push(event);
      },
    },
    revealSecrets: async ({ outputs }) => outputs.map(({ key }) => ({ key, value: `value-of-${key}` })),
    links: createTestLinks(links, directory, done),
    departures: departures.context,
    now: () => NOW,
    logger: pino({ level: 'silent' }),
    roleTemplates: async () => [SAMPLE_ROLE],
    ...changes,
    incidents: incidents.context,
    people: { ...createTestPeople(done, requests), ...changes.people },
    quota: quota.launchers,
    access: { ...access.context, ...changes.access },
  };
  return {
    context,
    dispatch: createDispatch(context),
    environments,
    done,
    audit,
    plans,
    places,
    quota: quota.open,
    directory,
    links,
    requests,
    grants: access.grants,
    departures,
    incidents,
  };
}

export type TestContext = ReturnType<typeof createTestContext>;

export function accountOf(directory: DirectorySnapshot, person: string): AccountRef {
  const account = directory.people.find(({ id }) => id === person)?.accounts[0];
  if (account === undefined) throw new Error(`${person} has no account`);
  return account;
}

let deliveries = 0;

export function actorOf(person: string, changes: Partial<Actor> = {}): Actor {
  return {
    account: accountOf(sampleDirectory(), person),
    standing: 'member',
    displayName: person,
    ...changes,
  };
}

function delivery(actor: Actor) {
  deliveries += 1;
  return { actor, dedupeKey: `delivery-${deliveries}`, requestId: `request-of-delivery-${deliveries}` };
}

export function command(actor: Actor, text: string): ChatRequest {
  return { ...delivery(actor), kind: 'command', command: 'env', text, source: CHANNEL };
}

/** `/user …`, `/team …` or `/access …`. */
export function peopleCommand(actor: Actor, name: 'user' | 'team' | 'access', text: string): ChatRequest {
  return { ...delivery(actor), kind: 'command', command: name, text, source: CHANNEL };
}

/** `/incident …`, in a room where one is given. */
export function incidentCommand(actor: Actor, text: string, source: ConversationRef = CHANNEL): ChatRequest {
  return { ...delivery(actor), kind: 'command', command: 'incident', text, source };
}

export function pinned(
  actor: Actor,
  source: ConversationRef,
  message: Partial<ChatRequest & { kind: 'message' }> = {},
): ChatRequest {
  return {
    ...delivery(actor),
    kind: 'message',
    event: 'pinned',
    message: { platform: 'slack', teamId: 'T0SAMPLE', channelId: 'C0INC142', ts: '1775034000.000100' },
    source,
    text: 'The database is full.',
    author: 'Lee',
    at: '2026-04-01T09:00:00.000Z',
    ...message,
  };
}

export function action(actor: Actor, actionId: string, payload: Record<string, string> = {}): ChatRequest {
  return { ...delivery(actor), kind: 'action', actionId, payload, source: { ...CHANNEL } };
}

export function form(
  actor: Actor,
  formId: FormId,
  values: Record<string, string | number | boolean>,
  more: { context?: Record<string, string>; phase?: 'change' | 'submit' } = {},
): ChatRequest {
  const context = more.context ?? { origin: JSON.stringify(CHANNEL) };
  return { ...delivery(actor), kind: 'form', phase: more.phase ?? 'submit', formId, values, context };
}

function createTestDeliveries(): DeliveryLog {
  const claimed = new Set<string>();
  const claim = async (key: string) => {
    if (claimed.has(key)) return false;
    claimed.add(key);
    return true;
  };
  return {
    claim,
    claimPress: claim,
    async settle() {},
    async release(key) {
      claimed.delete(key);
    },
  };
}

/** Environments that are requested and never move on by themselves. */
function createTestLaunchers(
  environments: Map<string, EnvironmentState>,
  done: { call: string; input: unknown }[],
): Launchers {
  const note = (call: string, input: unknown) => {
    done.push({ call, input });
    return { ok: true } as const;
  };
  return {
    async startEnvironment(input) {
      const existing = environments.get(input.name);
      if (existing !== undefined && existing.phase !== 'gone') {
        if (existing.requestId === input.requestId) return { ok: true };
        return { ok: false, type: 'NameTaken', state: existing };
      }
      environments.set(input.name, requestedState(input));
      return note('start', input);
    },
    async decide(decision) {
      const state = environments.get(decision.name);
      if (state?.requestId !== decision.requestId)
        return { ok: false, type: 'StaleRequest', message: 'older' };
      if (state.requester === decision.person)
        return { ok: false, type: 'SelfDecision', message: 'your own' };
      if (!state.approval.approvers.includes(decision.person)) {
        return { ok: false, type: 'Forbidden', message: 'you are not in team FinOps' };
      }
      if (state.approval.decision !== undefined)
        return { ok: false, type: 'AlreadyDecided', message: 'decided' };
      return note('decide', decision);
    },
    getLink: async () => undefined,
    deleteEnvironment: async (name, requestId, person) => note('delete', { name, requestId, person }),
    retryEnvironment: async (name, requestId, person) => note('retry', { name, requestId, person }),
    rollBackEnvironment: async (name, requestId, person) => note('rollBack', { name, requestId, person }),
    getEnvironment: async (name) => environments.get(name),
    async listEnvironments({ owner, team, limit }) {
      const items = [...environments.values()]
        .filter((state) => owner === undefined || state.requester === owner)
        .filter((state) => team === undefined || state.team === team)
        .map(({ cluster, name, phase, template, team, requester, expiresAt }) => ({
          cluster,
          name,
          phase,
          template: template.name,
          team,
          owner: requester,
          expiresAt,
        }));
      return { items: items.slice(0, limit), total: items.length };
    },
    startLink: async (input) => note('startLink', input),
    decideLink: async (decision) => note('decideLink', decision),
  };
}

function requestedState(input: EnvironmentInput): EnvironmentState {
  const { cluster, name, namespace, requestId, digest, template, parameters, requester, team } = input;
  return sampleState({
    cluster,
    name,
    namespace,
    requestId,
    digest,
    template,
    parameters,
    requester,
    team,
    phase: 'requested',
  });
}
