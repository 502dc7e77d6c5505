import { named } from '../../src/domain/ids.ts';
import type { EscalationPath, PageTarget } from '../../src/domain/incident-config.ts';
import type { Doer, Escalation, IncidentState } from '../../src/domain/incidents.ts';
import { change, enter, isOpen, type Life, now } from './incident-state.ts';
import { changeEscalation } from './pages.ts';
import { tellOutside } from './telling.ts';

const MINUTE = 60_000;
/** What is paged by hand is asked twice. */
const BY_HAND = { waitMs: 5 * MINUTE, loops: 2 };

/** The path that is paged: the service's, where it has one. Nobody, for a severity that pages nobody. */
export function pathOf({ rules, severity }: IncidentState): EscalationPath | undefined {
  const own = rules.severities.find(({ id }) => id === severity)?.path;
  return own === undefined ? undefined : pathNamed(rules, rules.service?.path ?? own);
}

export function pathNamed(rules: IncidentState['rules'], id: string): EscalationPath | undefined {
  return rules.paths.find((path) => path.id === id);
}

/** Not while the same path is being gone through, or was gone through and nobody has answered. */
export function startPath(
  life: Life,
  path: EscalationPath | undefined,
  why: { message: string; by: Doer },
): void {
  if (path === undefined || !isOpen(life.state) || hasOpenChain(life.state, path.id)) return;
  const id = `${path.id}-${life.state.escalations.length + 1}`;
  life.memory.chains[id] = { path: path.id, step: 0, at: now(), failures: 0 };
  begin(life, why, {
    id,
    title: path.id,
    levels: path.levels.map(({ notify, wait }) => ({ notify, waitMs: wait })),
    loops: path.loops,
    fallback: path.fallback,
  });
}

/** A path, or whatever it is that was typed: what it names is found out when it is asked. */
export function startByHand(life: Life, target: string, why: { message: string; by: Doer }): void {
  const path = pathNamed(life.state.rules, target);
  if (path === undefined) startTyped(life, target, why);
  else startPath(life, path, why);
}

function startTyped(life: Life, target: string, why: { message: string; by: Doer }): void {
  const id = `page-${life.state.escalations.length + 1}`;
  life.memory.chains[id] = { typed: target, step: 0, at: now(), failures: 0 };
  const { waitMs, loops } = BY_HAND;
  begin(life, why, { id, title: named(target), levels: [{ notify: [], waitMs }], loops, fallback: [] });
}

type Plan = Pick<Escalation, 'id' | 'title' | 'levels' | 'loops' | 'fallback'>;

function begin(life: Life, { message, by }: { message: string; by: Doer }, plan: Plan): void {
  const drill = life.state.drill ? ' This is a drill: only its own list is paged.' : '';
  enter(life, { kind: 'page', by, text: `Paging ${plan.title}: ${message}${drill}` });
  const next = { at: now(), people: [], level: 1 };
  change(life, {
    escalations: [
      ...life.state.escalations,
      { ...plan, message, startedBy: by, startedAt: now(), pages: [], next, exhausted: false },
    ],
  });
}

export function hasOpenChain(state: IncidentState, path: string): boolean {
  return state.escalations.some(
    ({ id, acknowledged }) => acknowledged === undefined && id.replace(/-\d+$/, '') === path,
  );
}

export function isAnyOpen({ escalations }: IncidentState): boolean {
  return escalations.some(({ acknowledged }) => acknowledged === undefined);
}

/** Somebody has answered: nobody else is asked. What was answered before stays as it was. */
export function acknowledge(life: Life, by: Doer): void {
  const open = life.state.escalations.filter(({ acknowledged }) => acknowledged === undefined);
  if (open.length === 0) return;
  for (const { id } of open) {
    delete life.memory.chains[id];
    changeEscalation(life, id, { acknowledged: { by, at: now() }, next: undefined });
  }
  enter(life, { kind: 'page', by, text: 'Acknowledged' });
  if (life.state.times.acknowledgedAt !== undefined) return;
  change(life, { times: { ...life.state.times, acknowledgedAt: now() } });
  tellOutside(life, 'acknowledge');
}

/** One level once, or the fallback at the end. */
export interface Step {
  targets: PageTarget[];
  level: number;
  round: number;
  waitMs: number;
}

export function stepOf({ levels, loops, fallback }: Escalation, index: number): Step | undefined {
  const round = Math.floor(index / levels.length) + 1;
  const level = index % levels.length;
  const waitMs = levels[level]?.waitMs ?? 0;
  if (round <= loops) return { targets: levels[level]?.notify ?? [], level: level + 1, round, waitMs };
  if (index > loops * levels.length || fallback.length === 0) return undefined;
  return { targets: fallback, level: levels.length + 1, round, waitMs: levels.at(-1)?.waitMs ?? 0 };
}

/** Where a round in which nobody could be asked need not be repeated. */
export function fallbackIndex({ levels, loops }: Escalation): number {
  return levels.length * loops;
}
