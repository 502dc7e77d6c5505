import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { leave } from '../closing.ts';
import { change, enter, type Life } from '../incident-state.ts';
import { type Refusal, unlessMerged, unlessOpen, wrongState } from '../refusals.ts';
import { send, tell } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const LINK_ACTS: RulesOf<'link' | 'merge'> = {
  link: { refusal: refusalOfLink, apply: link },
  merge: {
    refusal: (state, { into }) =>
      unlessOpen(state) ?? unlessOther(state, into) ?? unlessCanonical(state, into),
    apply: merge,
  },
};

type Relation = 'related' | 'parent' | 'child' | 'merged';

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
}

/** The other one says so. Told twice is told once. */
export function linked(life: Life, { other, as }: { other: number; as: Relation }): void {
  if (other === life.state.number || isLinked(life.state.links, other, as)) return;
  noteLink(life, other, as);
  enter(life, { kind: 'link', by: 'purser', text: `#${other} is ${RELATIONS[as]}` });
  if (as !== 'merged') return;
  tell(life, `merged:${other}`, {
    glyph: '🔀',
    headline: `#${other} was the same, and was merged into this one.`,
  });
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
