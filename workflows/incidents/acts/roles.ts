import { named } from '../../../src/domain/ids.ts';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { Doer, IncidentState } from '../../../src/domain/incidents.ts';
import { change, enter, inMs, isOpen, type Life } from '../incident-state.ts';
import { holdingOf, join, leadRole, titleOfRole } from '../people.ts';
import { type Refusal, stale, unlessMerged, unlessOpen, wrongState } from '../refusals.ts';
import { changeHolding, emptyRole, giveRole } from '../roles.ts';
import { platformOf, wantRoom } from '../setup.ts';
import { remind, tell } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const ROLE_ACTS: RulesOf<'role' | 'accept-role' | 'decline-role' | 'release-role' | 'join'> = {
  role: {
    refusal: (state, act, person) =>
      unlessOpen(state) ?? unlessKnown(state, act.role) ?? refusalOfRole(state, act, person),
    apply: assign,
  },
  'accept-role': { refusal: refusalOfAnswer, apply: accept },
  'decline-role': { refusal: refusalOfAnswer, apply: decline },
  'release-role': { refusal: refusalOfRelease, apply: release },
  join: { refusal: unlessMerged, apply: joinIn },
};

function unlessKnown(state: IncidentState, role: string): Refusal | undefined {
  if (holdingOf(state, role) !== undefined) return undefined;
  const known = state.roles.map((holding) => holding.role).join(', ');
  return stale(`There is no role ${role}. Choose one of ${known}.`);
}

/** Of two who claim at once, the second is told who was first. */
function refusalOfRole(state: IncidentState, act: ActOf<'role'>, person: Doer): Refusal | undefined {
  const holding = holdingOf(state, act.role);
  const title = titleOfRole(state, act.role);
  if (holding?.person === undefined) return undefined;
  if (holding.person === act.person) {
    return wrongState(
      act.person === person ? `You are ${title} already.` : `${named(act.person)} is ${title} already.`,
    );
  }
  if (holding.offer?.to === act.person && act.person !== person) {
    return wrongState(
      `${named(act.person)} has been asked already, and has time until ${clock(holding.offer.until)}.`,
    );
  }
  const mayTake = act.person !== person || holding.doubt !== undefined || holding.offer?.to === person;
  if (mayTake) return undefined;
  return wrongState(
    `${named(holding.person)} is ${title}. Ask them to hand it over: /incident role ${act.role} with your name.`,
  );
}

/** A free one, and that of somebody who may have gone, is taken at once; any other is offered. */
function assign(life: Life, { role, person: to }: ActOf<'role'>, doing: Doing): void {
  const holding = holdingOf(life.state, role);
  if (holding?.person === undefined || to === doing.person) hand(life, role, to, doing);
  else offer(life, { role, to, from: holding.person }, doing);
}

function offer(
  life: Life,
  { role, to, from }: { role: string; to: string; from: string },
  doing: Doing,
): void {
  const until = inMs(life.state.rules.timers.handover);
  changeHolding(life, role, { offer: { to, by: doing.person, until } });
  const title = titleOfRole(life.state, role);
  enter(life, {
    kind: 'role',
    by: doing.person,
    text: `${title}: ${named(to)} is asked to take over from ${named(from)}.`,
  });
  remind(life, `offer:${doing.key}`, to, { kind: 'role-offer', role, by: doing.person, until });
  tell(life, doing.key, {
    glyph: '🤝',
    headline: `${named(to)} is asked to take over as ${title}. Until they accept, it stays with ${named(from)}.`,
    by: doing.person,
  });
}

function hand(life: Life, role: string, to: string, { person, key }: Doing): void {
  const before = holdingOf(life.state, role)?.person;
  giveRole(life, role, to);
  change(life, { members: join(life.state, to) });
  const title = titleOfRole(life.state, role);
  const after = before === undefined ? '' : `, after ${named(before)}`;
  enter(life, { kind: 'role', by: person, text: `${title}: ${named(to)}${after}` });
  tell(life, key, { glyph: '🙋', headline: `${named(to)} is ${title} now${after}.`, by: person });
}

function refusalOfAnswer(
  state: IncidentState,
  { role }: { role: string },
  person: Doer,
): Refusal | undefined {
  const closed = unlessOpen(state) ?? unlessKnown(state, role);
  if (closed !== undefined) return closed;
  if (holdingOf(state, role)?.offer?.to === person) return undefined;
  return stale(`Nobody asks you to be ${titleOfRole(state, role)} any more.`);
}

function accept(life: Life, { role }: ActOf<'accept-role'>, doing: Doing): void {
  hand(life, role, doing.person, doing);
}

function decline(life: Life, { role }: ActOf<'decline-role'>, { person, key }: Doing): void {
  changeHolding(life, role, { offer: undefined });
  const title = titleOfRole(life.state, role);
  const holder = holdingOf(life.state, role)?.person;
  const stays = holder === undefined ? 'it is free' : `it stays with ${named(holder)}`;
  enter(life, { kind: 'role', by: person, text: `${title}: declined` });
  tell(life, key, {
    glyph: '🙅',
    headline: `${title}: ${named(person)} cannot take it, so ${stays}. Ask somebody else.`,
    by: person,
  });
}

function refusalOfRelease(
  state: IncidentState,
  { role }: { role: string },
  person: Doer,
): Refusal | undefined {
  const closed = unlessMerged(state) ?? unlessKnown(state, role);
  if (closed !== undefined) return closed;
  const holder = holdingOf(state, role)?.person;
  const title = titleOfRole(state, role);
  if (holder === undefined) return wrongState(`Nobody is ${title}.`);
  if (holder !== person) return wrongState(`${named(holder)} is ${title}, and only they can give it back.`);
  if (role !== leadRole(state) || !isOpen(state)) return undefined;
  return wrongState(
    `Somebody has to lead. Hand it over with /incident role ${role} and a name; you stay until they accept.`,
  );
}

function release(life: Life, { role }: ActOf<'release-role'>, { person, key }: Doing): void {
  emptyRole(life, role);
  const title = titleOfRole(life.state, role);
  enter(life, { kind: 'role', by: person, text: `${title}: given back` });
  tell(life, key, {
    glyph: '🫴',
    headline: `${title} is free. Whoever can, claim it on the header.`,
    by: person,
  });
}

/** The account says from where: a platform that has no room yet gets one. */
function joinIn(life: Life, { account }: ActOf<'join'>, { person }: Doing): void {
  const platform = platformOf(account);
  if (platform !== undefined) wantRoom(life, platform);
  if (life.state.members.includes(person)) return;
  change(life, { members: join(life.state, person) });
  enter(life, { kind: 'action', by: person, text: 'Joined' });
}

function clock(iso: string): string {
  return `${iso.slice(11, 16)} UTC`;
}
