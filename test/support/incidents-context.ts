import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { IncidentContext } from '../../src/commands/context.ts';
import { type IncidentConfig, incidentConfigSchema } from '../../src/domain/incident-config.ts';
import type {
  ActInput,
  IncidentInput,
  IncidentRow,
  IncidentState,
  TimelineEntry,
} from '../../src/domain/incidents.ts';
import { conversationKey } from '../../src/domain/refs.ts';
import { sampleIncident, sampleRow } from './incident-records.ts';

export function sampleIncidentConfig(): IncidentConfig {
  return incidentConfigSchema.parse(parse(readFileSync('manifests/incidents.yaml', 'utf8')));
}

/** Incidents in memory, and what was asked of them. */
export function createTestIncidents(changes: Partial<IncidentContext> = {}) {
  const states = new Map<number, IncidentState>();
  const rows = new Map<number, IncidentRow>();
  const entries = new Map<number, TimelineEntry[]>();
  const rooms = new Map<string, number>();
  const numbers = new Map<string, number>();
  const declared: IncidentInput[] = [];
  const acts: { number: number; input: ActInput }[] = [];
  const context: IncidentContext = {
    config: async () => sampleIncidentConfig(),
    runbooks: async () => ({ runbooks: [], problems: [] }),
    platforms: () => ['slack'],
    approvalChannels: async () => [],
    adopt: async (conversation) => ({
      kind: 'channel',
      conversation,
      name: 'shop',
      before: { topic: '', links: [] },
    }),
    drawStats: async () => 'cGljdHVyZQ==',
    launchers: {
      async declare(input) {
        declared.push(input);
        return { ok: true };
      },
      async act(number, input) {
        acts.push({ number, input });
        return { ok: true };
      },
      get: async (number) => states.get(number),
      alertsChanged: async () => ({ ok: true }),
    },
    store: {
      async claimNumber(requestId) {
        const number = numbers.get(requestId) ?? 143 + numbers.size;
        numbers.set(requestId, number);
        return number;
      },
      get: async (number) => rows.get(number),
      async list({ open, severity, limit }) {
        const found = [...rows.values()]
          .filter(({ status }) => !open || status !== 'closed')
          .filter((row) => severity === undefined || row.severity === severity)
          .toSorted((one, other) => other.number - one.number);
        return { items: found.slice(0, limit), total: found.length };
      },
      timeline: async (number) => entries.get(number) ?? [],
      hasEntry: async (number, key) => entries.get(number)?.some((entry) => entry.key === key) ?? false,
      inRoom: async (conversation) => rooms.get(conversationKey(conversation)),
    },
    ...changes,
  };

  /** An incident that is there, as its workflow and the store say. */
  function add(state: Partial<IncidentState> & { number: number }): IncidentState {
    const whole = sampleIncident({ status: 'triaging', ...state });
    states.set(whole.number, whole);
    const { number, title, severity, service, status, members, drill, declaredBy, times } = whole;
    rows.set(
      number,
      sampleRow({
        number,
        title,
        severity,
        service,
        status,
        members,
        drill,
        declaredBy,
        times,
        private: whole.private,
      }),
    );
    for (const { conversation } of state.rooms ?? []) rooms.set(conversationKey(conversation), number);
    return whole;
  }

  return { context, states, rows, entries, rooms, declared, acts, add };
}
