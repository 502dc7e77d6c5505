import { named } from '../../src/domain/ids.ts';
import type { Escalation, PageRecord } from '../../src/domain/incidents.ts';
import { change, enter, type Life, now } from './incident-state.ts';
import { finish, giveUp, resourceOf } from './resources.ts';

interface PageJob {
  escalation: string;
  page: string;
}

export function escalationOf(life: Life, id: string): Escalation | undefined {
  return life.state.escalations.find((escalation) => escalation.id === id);
}

export function changeEscalation(life: Life, id: string, patch: Partial<Escalation>): void {
  change(life, {
    escalations: life.state.escalations.map((escalation) => {
      return escalation.id === id ? { ...escalation, ...patch } : escalation;
    }),
  });
}

export function recordOf(life: Life, { escalation, page }: PageJob): PageRecord | undefined {
  return escalationOf(life, escalation)?.pages.find(({ key }) => key === page);
}

/** `missed` is what did not work beside: one platform that took the page is enough. */
export function noteReached(life: Life, job: PageJob, missed: string | undefined): void {
  const pages = escalationOf(life, job.escalation)?.pages ?? [];
  changeEscalation(life, job.escalation, {
    pages: pages.map((page) => (page.key === job.page ? { ...page, reached: true } : page)),
  });
  finish(life, 'page');
  const person = recordOf(life, job)?.person;
  if (missed !== undefined && person !== undefined)
    enter(life, { kind: 'page', by: 'purser', text: `${named(person)} was paged, but ${missed}` });
}

/** When nobody of those asked last can be reached, there is nothing to wait for. */
export function noteUnreachable(life: Life, job: PageJob, reason: string): void {
  const record = recordOf(life, job);
  if (record === undefined) return;
  enter(life, {
    kind: 'page',
    by: 'purser',
    text: `${named(record.person)} could not be reached: ${reason}`,
  });
  const onTheirWay = life.memory.errands.some(
    ({ job: other }) =>
      other.kind === 'page' && other.escalation === job.escalation && other.page !== job.page,
  );
  const { pages = [] } = escalationOf(life, job.escalation) ?? {};
  const lastAsked = pages.filter(({ round, level }) => round === record.round && level === record.level);
  if (onTheirWay || lastAsked.some(({ reached }) => reached)) return;
  if (resourceOf(life, 'page')?.state !== 'done')
    giveUp(life, 'page', 'Nobody was reached so far. Call them.');
  hasten(life, job.escalation, record);
}

function hasten(life: Life, id: string, { round, level }: PageRecord): void {
  const chain = life.memory.chains[id];
  const latest = escalationOf(life, id)?.pages.at(-1);
  if (chain === undefined || latest?.round !== round || latest.level !== level) return;
  chain.at = now();
}
