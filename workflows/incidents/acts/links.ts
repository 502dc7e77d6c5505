import { patched } from '@temporalio/workflow';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { ChildIncident, IncidentLink, IncidentState } from '../../../src/domain/incidents.ts';
import { alertsChanged } from '../alerts.ts';
import { comeBack, leave, refusalOfArchived } from '../closing.ts';
import { change, enter, type Life } from '../incident-state.ts';
import { PATCHES } from '../patches.ts';
import { type Refusal, unlessMerged, unlessOpen, wrongState } from '../refusals.ts';
import { send, tell, tellOutside } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const LINK_ACTS: RulesOf<'link' | 'merge' | 'unmerge'> = {
  link: { refusal: refusalOfLink, apply: link },
  merge: {
    refusal: (state, { into }) =>
      unlessOpen(state) ?? unlessOther(state, into) ?? unlessCanonical(state, into),
    apply: merge,
  },
  unmerge: { refusal: refusalOfUnmerge, apply: unmerge },
};

type Relation = Exclude<IncidentLink['as'], 'unmerged' | 'hidden'>;

/** What this one is to the other. */
const SEEN_FROM_THERE = { related: 'related', parent: 'child', child: 'parent' } as const;

function refusalOfLink(state: IncidentState, { to, as }: ActOf<'link'>): Refusal | undefined {
  const wrong = unlessMerged(state) ?? unlessOther(state, to);
  if (wrong !== undefined) return wrong;
  const { links } = state;
  if (isLinked(links, to, as)) return wrongState(`#${to} is linked already.`);
  if (as !== 'parent' || links.parent === undefined) return undefined;
  return wrongState(`#${state.number} is part of #${links.parent} already.`);
}

function unlessOther({ number }: IncidentState, other: number): Refusal | undefined {
  return number === other ? wrongState(`That is #${number} itself. Name another incident.`) : undefined;
}

/** Two that were merged into each other would both be gone. */
function unlessCanonical({ links }: IncidentState, into: number): Refusal | undefined {
  if (!links.merged.includes(into)) return undefined;
  return wrongState(`#${into} was merged into this one.`);
}

function link(life: Life, { to, as }: ActOf<'link'>, { person, key }: Doing): void {
  noteLink(life, to, as);
  enter(life, { kind: 'link', by: person, text: `#${to} is ${RELATIONS[as]}` });
  send(life, `link:${to}`, { kind: 'link', other: to, as: SEEN_FROM_THERE[as], key });
}

const RELATIONS: Record<Relation, string> = {
  related: 'related',
  parent: 'what it is part of',
  child: 'part of it',
  merged: 'the same, and was merged into it',
};

/** Its pages and timers stop; everything goes on at the other one. */
function merge(life: Life, { into }: ActOf<'merge'>, { person, key }: Doing): void {
  life.memory.statusBeforeMerge = life.state.status;
  change(life, { links: { ...life.state.links, mergedInto: into } });
  enter(life, { kind: 'link', by: person, text: `Merged into #${into}` });
  send(life, `link:${into}`, { kind: 'link', other: into, as: 'merged', key });
  leave(life, person);
  tell(life, key, {
    glyph: '🔀',
    headline: `It is the same as #${into}. Go on there.`,
    by: person,
    stakeholders: true,
  });
  if (patched(PATCHES.mergesOutside))
    tellOutside(life, 'resolve', `It is the same as #${into}, and goes on there.`);
}

/** Of two who undo it at once, the second finds it undone. */
function refusalOfUnmerge(state: IncidentState): Refusal | undefined {
  if (state.links.mergedInto !== undefined) return refusalOfArchived(state);
  return wrongState(`#${state.number} is not merged into another incident.`);
}

/** Its alerts come back on their way; everything else was never anywhere else. */
function unmerge(life: Life, _act: ActOf<'unmerge'>, { person, key }: Doing): void {
  const { mergedInto: from, ...links } = life.state.links;
  if (from === undefined) return;
  change(life, { links });
  comeBack(life, life.memory.statusBeforeMerge ?? 'triaging');
  enter(life, { kind: 'link', by: person, text: `Not merged into #${from} any more` });
  send(life, `link:${from}`, { kind: 'link', other: from, as: 'unmerged', key });
  tell(life, key, {
    glyph: '↩️',
    headline: `It is not the same as #${from} after all. It goes on here, with its own alerts.`,
    by: person,
    stakeholders: true,
  });
  if (patched(PATCHES.mergesOutside))
    tellOutside(life, 'trigger', `It is not the same as #${from} after all.`);
}

/** The other one says so. Told twice is told once. */
export function linked(life: Life, { other, as, child }: IncidentLink): void {
  if (other === life.state.number) return;
  if (as === 'unmerged') split(life, other);
  else if (as === 'hidden') forgetChild(life, other);
  else keepLink(life, { other, as });
  if (child !== undefined) noteChild(life, child);
}

function keepLink(life: Life, { other, as }: { other: number; as: Relation }): void {
  if (isLinked(life.state.links, other, as)) return;
  noteLink(life, other, as);
  enter(life, { kind: 'link', by: 'purser', text: `#${other} is ${RELATIONS[as]}` });
  if (as !== 'merged') return;
  tell(life, `merged:${other}:${life.state.revision}`, {
    glyph: '🔀',
    headline: `#${other} was the same, and was merged into this one.`,
  });
}

/** What came with it is in the store still, and counts here no more. */
function split(life: Life, other: number): void {
  const { links } = life.state;
  if (!links.merged.includes(other)) return;
  change(life, { links: { ...links, merged: links.merged.filter((number) => number !== other) } });
  enter(life, {
    kind: 'link',
    by: 'purser',
    text: `#${other} is on its own again. Its alerts stay in the record, and count there`,
  });
  alertsChanged(life);
  if (life.memory.archived) return;
  tell(life, `split:${other}:${life.state.revision}`, {
    glyph: '↩️',
    headline: `#${other} was not the same after all. It goes on in its own room, with its own alerts.`,
  });
}

function forgetChild(life: Life, child: number): void {
  const { links, children = [] } = life.state;
  change(life, {
    links: { ...links, children: links.children.filter((number) => number !== child) },
    children: children.filter(({ number }) => number !== child),
  });
}

function noteChild(life: Life, child: ChildIncident): void {
  const { children = [] } = life.state;
  const before = children.find(({ number }) => number === child.number);
  if (before !== undefined && before.revision >= child.revision) return;
  const others = children.filter((other) => other !== before);
  change(life, { children: [...others, child].toSorted((one, other) => one.number - other.number) });
  if (before === undefined || before.status === child.status) return;
  enter(life, { kind: 'link', by: 'purser', text: `#${child.number} is ${child.status} now` });
}

function isLinked(
  { related, parent, children, merged }: IncidentState['links'],
  other: number,
  as: Relation,
): boolean {
  if (as === 'parent') return parent === other;
  return { related, child: children, merged }[as].includes(other);
}

function noteLink(life: Life, other: number, as: Relation): void {
  const { links } = life.state;
  const { related, children, merged } = links;
  if (as === 'parent') change(life, { links: { ...links, parent: other } });
  else if (as === 'child') change(life, { links: { ...links, children: [...children, other] } });
  else if (as === 'merged') change(life, { links: { ...links, merged: [...merged, other] } });
  else change(life, { links: { ...links, related: [...related, other] } });
}
