import { log, TemporalFailure } from '@temporalio/workflow';
import { named } from '../../src/domain/ids.ts';
import type { PageTarget } from '../../src/domain/incident-config.ts';
import type { Escalation, PageRecord } from '../../src/domain/incidents.ts';
import { lookups } from './activities.ts';
import { fallbackIndex, isAnyOpen, pathOf, type Step, startPath, stepOf } from './chains.ts';
import { context, enter, inMs, isPast, type Life, now } from './incident-state.ts';
import type { Chain } from './memory.ts';
import { changeEscalation, escalationOf } from './pages.ts';
import { giveUp, resourceOf } from './resources.ts';
import { send, tell } from './telling.ts';
import { type Due, earliest, keepTime } from './timekeeping.ts';

const PAUSES = [1_000, 2_000, 5_000, 15_000, 60_000];

/** Asks the next ones of every chain that nobody has answered, when their time has come. */
export async function escalate(life: Life): Promise<void> {
  await keepTime(life, () => {
    const chains = Object.entries(life.memory.chains);
    return earliest(chains.map(([id, { at }]): Due => ({ at, work: () => askNext(life, id) })));
  });
}

/** An acknowledged page of an incident that nobody works on is sent again. Alerts that are over wake nobody. */
export async function pageAgain(life: Life): Promise<void> {
  await keepTime(life, () => {
    const { state, memory } = life;
    const answer = state.escalations.at(-1)?.acknowledged;
    const idle = state.status === 'declared' || state.status === 'triaging';
    if (!idle || answer === undefined || isAnyOpen(state) || pathOf(state) === undefined) return undefined;
    if (answer.by === 'alerts' && state.alerts?.firing === 0) return undefined;
    const since = memory.actedAt !== undefined && memory.actedAt > answer.at ? memory.actedAt : answer.at;
    return {
      at: inMs(state.rules.timers.pageAgain, since),
      work: () =>
        startPath(life, pathOf(state), {
          message: 'It was acknowledged, and nobody has said anything since.',
          by: 'purser',
        }),
    };
  });
}

async function askNext(life: Life, id: string): Promise<void> {
  try {
    await nameTyped(life, id);
    const escalation = escalationOf(life, id);
    const chain = life.memory.chains[id];
    if (chain === undefined || escalation === undefined) return;
    const step = stepOf(escalation, chain.step);
    if (step === undefined) return exhaust(life, escalation);
    const { people, gaps } = await resolve(life, step.targets);
    // Somebody may have answered in the meantime.
    if (life.memory.chains[id] === undefined) return;
    chain.failures = 0;
    ask(life, { id, chain, step, people, gaps });
    await lookAhead(life, id);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.warn('who is to be paged could not be read; it is tried again', { escalation: id });
    const chain = life.memory.chains[id];
    if (chain !== undefined && isPast(chain.at)) tryLater(chain);
  }
}

function tryLater(chain: Chain): void {
  chain.at = inMs(PAUSES[Math.min(chain.failures, PAUSES.length - 1)] ?? 60_000);
  chain.failures += 1;
}

/** A drill pages its own list, whoever would be asked. */
async function resolve(life: Life, targets: PageTarget[]): Promise<{ people: string[]; gaps: string[] }> {
  if (life.state.drill) return { people: life.state.rules.drillPeople, gaps: [] };
  return await life.inTurn(() => lookups.resolveTargets({ ...context(life), targets }));
}

/** What was typed is a schedule, a team or a person: the first of them that has anybody. */
async function nameTyped(life: Life, id: string): Promise<void> {
  const typed = life.memory.chains[id]?.typed;
  if (typed === undefined) return;
  const kinds: PageTarget[] = [{ schedule: typed }, { team: typed }, { person: typed }];
  for (const target of kinds) {
    const { people } = await resolve(life, [target]);
    if (people.length === 0) continue;
    const chain = life.memory.chains[id];
    if (chain === undefined) return;
    chain.typed = undefined;
    const [level] = escalationOf(life, id)?.levels ?? [];
    return changeEscalation(life, id, { levels: [{ waitMs: level?.waitMs ?? 0, notify: [target] }] });
  }
  const chain = life.memory.chains[id];
  if (chain !== undefined) chain.typed = undefined;
}

interface Asking {
  id: string;
  chain: Chain;
  step: Step;
  people: string[];
  gaps: string[];
}

function ask(life: Life, { id, chain, step, people, gaps }: Asking): void {
  const escalation = escalationOf(life, id);
  if (escalation === undefined) return;
  const fresh = notAsked(escalation, step, people);
  if (gaps.length > 0) enter(life, { kind: 'page', by: 'purser', text: `Not found: ${gaps.join(', ')}` });
  if (fresh.length === 0) skip(life, escalation, chain, step);
  else pageThem(life, { escalation, chain, step, people: fresh });
}

/** Whoever was asked in this round already has had their time. */
function notAsked({ pages }: Escalation, { round }: Step, people: string[]): string[] {
  const asked = pages.filter((page) => page.round === round).map(({ person }) => person);
  return people.filter((person) => !asked.includes(person));
}

interface Paging {
  escalation: Escalation;
  chain: Chain;
  step: Step;
  people: string[];
}

function pageThem(life: Life, { escalation, chain, step, people }: Paging): void {
  const { id } = escalation;
  const { level, round } = step;
  const records = people.map(
    (person): PageRecord => ({
      key: `${id}:${round}:${person}`,
      person,
      level,
      round,
      at: now(),
      reached: false,
    }),
  );
  changeEscalation(life, id, { pages: [...escalation.pages, ...records] });
  enter(life, {
    kind: 'page',
    by: 'purser',
    text: `${nameOf(step, escalation)}: ${people.map(named).join(', ')}`,
  });
  for (const { key } of records) send(life, `page:${key}`, { kind: 'page', escalation: id, page: key });
  chain.step += 1;
  chain.at = inMs(step.waitMs);
}

function skip(life: Life, escalation: Escalation, chain: Chain, step: Step): void {
  const text = `${nameOf(step, escalation)}: there is nobody else to ask, so it goes on.`;
  enter(life, { kind: 'page', by: 'purser', text });
  const roundIsOver = step.level >= escalation.levels.length;
  const pagedNobody = !escalation.pages.some(({ round }) => round === step.round);
  const isFallback = chain.step >= fallbackIndex(escalation);
  const pointless = roundIsOver && pagedNobody && !isFallback;
  chain.step = pointless ? fallbackIndex(escalation) : chain.step + 1;
  chain.at = now();
}

function nameOf({ level, round }: Step, { levels, title }: Escalation): string {
  if (level > levels.length) return `Paged the fallback of ${title}`;
  return `Paged level ${level} of ${title}${round > 1 ? `, round ${round}` : ''}`;
}

/** Who is next is always shown; who it really is, is looked up again when the time has come. */
async function lookAhead(life: Life, id: string): Promise<void> {
  const chain = life.memory.chains[id];
  const escalation = escalationOf(life, id);
  if (chain === undefined || escalation === undefined) return;
  const { at } = chain;
  const step = stepOf(escalation, chain.step);
  const level = step?.level ?? escalation.levels.length + 1;
  changeEscalation(life, id, { next: { at, people: [], level } });
  if (step === undefined || at <= now()) return;
  const { people } = await resolve(life, step.targets);
  if (life.memory.chains[id] === undefined) return;
  changeEscalation(life, id, { next: { at, people: notAsked(escalation, step, people), level } });
}

/** It stays open, for everybody to see, until somebody answers. */
function exhaust(life: Life, { id, title, pages, message }: Escalation): void {
  delete life.memory.chains[id];
  changeEscalation(life, id, { exhausted: true, next: undefined });
  const tried = [...new Set(pages.map(({ person }) => person))];
  const whom =
    tried.length === 0 ? 'There was nobody to page' : `${tried.map(named).join(', ')} did not answer`;
  enter(life, { kind: 'page', by: 'purser', text: `${title}: ${whom}, and nobody is left to ask.` });
  tell(life, `exhausted:${id}`, {
    glyph: '🚨',
    headline: `Nobody answered the page of ${title}. Call somebody, or page others with /incident page.`,
    quotes: [{ label: 'Page', text: message }],
  });
  if (tried.length === 0 && resourceOf(life, 'page')?.state !== 'done') {
    giveUp(life, 'page', `There was nobody to page on ${title}. Page somebody with /incident page.`);
  }
}
