import { log, TemporalFailure } from '@temporalio/workflow';
import { named } from '../../src/domain/ids.ts';
import type { IncidentRules } from '../../src/domain/incident-config.ts';
import type { RoleHolding } from '../../src/domain/incidents.ts';
import { lookups } from './activities.ts';
import { pathOf, startPath } from './chains.ts';
import { change, context, enter, inMs, isOpen, type Life, now } from './incident-state.ts';
import { holdingOf, leadOf, leadRole, someoneToAsk, titleOfRole } from './people.ts';
import { remind, tell } from './telling.ts';
import { type Due, earliest, keepTime } from './timekeeping.ts';

const HOUR = 3_600_000;

export function changeHolding(life: Life, role: string, patch: Partial<RoleHolding>): void {
  change(life, {
    roles: life.state.roles.map((holding) => (holding.role === role ? { ...holding, ...patch } : holding)),
  });
}

/** Whoever has a role from now on is told what it asks of them. */
export function giveRole(life: Life, role: string, person: string): void {
  changeHolding(life, role, { person, since: now(), offer: undefined, doubt: undefined });
  if (role === leadRole(life.state)) life.memory.leadless = { asked: 0 };
  remind(life, `instructions:${role}:${life.state.revision}`, person, { kind: 'instructions', role });
}

export function emptyRole(life: Life, role: string): void {
  changeHolding(life, role, { person: undefined, since: undefined, offer: undefined, doubt: undefined });
  if (role === leadRole(life.state)) life.memory.leadless = { since: now(), asked: 0 };
}

/** Offers that nobody answers, a lead that nobody takes, holders who have gone. */
export async function keepRoles(life: Life): Promise<void> {
  await Promise.all([
    keepTime(life, () => nextOfferToEnd(life)),
    keepTime(life, () => nextCallForLead(life)),
    keepTime(life, () => nextCheck(life)),
  ]);
}

function nextOfferToEnd(life: Life): Due | undefined {
  return earliest(
    life.state.roles.map(({ role, offer }) => offer && { at: offer.until, work: () => endOffer(life, role) }),
  );
}

/** It stays with whoever has it. */
function endOffer(life: Life, role: string): void {
  const { offer, person } = holdingOf(life.state, role) ?? {};
  if (offer === undefined) return;
  changeHolding(life, role, { offer: undefined });
  const title = titleOfRole(life.state, role);
  const stays = person === undefined ? 'it is free' : `it stays with ${named(person)}`;
  enter(life, {
    kind: 'role',
    by: 'purser',
    text: `${named(offer.to)} did not answer whether to take over as ${title}: ${stays}.`,
  });
  tell(life, `offer-over:${role}:${offer.until}`, {
    glyph: '⏳',
    headline: `${title}: ${named(offer.to)} did not answer in time, so ${stays}. Ask somebody else with /incident role ${role}.`,
  });
}

/** First one person is asked, then the path is paged. */
function nextCallForLead(life: Life): Due | undefined {
  const { since, asked } = life.memory.leadless;
  if (!isOpen(life.state) || leadOf(life.state) !== undefined || since === undefined || asked > 1)
    return undefined;
  const { claimLead } = life.state.rules.timers;
  if (asked === 0) return { at: inMs(claimLead, since), work: () => askForLead(life, since) };
  const at = [inMs(2 * claimLead, since), ...quietUntil(life)].toSorted().at(-1) ?? since;
  return { at, work: () => pageForLead(life, since) };
}

/** Whoever has answered is left in peace for as long as after any page. */
function quietUntil({ state }: Life): string[] {
  const { pageAgain } = state.rules.timers;
  return state.escalations.flatMap(({ acknowledged }) =>
    acknowledged === undefined ? [] : [inMs(pageAgain, acknowledged.at)],
  );
}

function pageForLead(life: Life, since: string): void {
  life.memory.leadless = { since, asked: 2 };
  startPath(life, pathOf(life.state), { message: 'Nobody leads it yet.', by: 'purser' });
}

function askForLead(life: Life, since: string): void {
  life.memory.leadless = { since, asked: 1 };
  const whom = someoneToAsk(life.state);
  remind(life, `claim-lead:${since}`, whom, { kind: 'claim-lead' });
  const text = `Nobody leads yet${whom === undefined ? '.' : `: ${named(whom)} is asked.`}`;
  enter(life, { kind: 'role', by: 'purser', text });
}

function nextCheck(life: Life): Due | undefined {
  if (!isOpen(life.state) || life.state.roles.every(({ person }) => person === undefined)) return undefined;
  const since = life.memory.holdersCheckedAt ?? life.state.times.declaredAt;
  // Incidents of before have no such rule.
  const { holders = HOUR } = life.state.rules.timers as Partial<IncidentRules['timers']>;
  return { at: inMs(holders, since), work: () => checkHolders(life) };
}

async function checkHolders(life: Life): Promise<void> {
  life.memory.holdersCheckedAt = now();
  try {
    const doubts = await life.inTurn(() => lookups.checkHolders(context(life)));
    for (const { role, person, doubt } of life.state.roles) {
      const found = doubts.find((candidate) => candidate.role === role && candidate.person === person)?.why;
      if (found !== doubt) noteDoubt(life, role, found);
    }
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.warn('holders of roles could not be checked; it is tried again later');
  }
}

const DOUBTS: Record<NonNullable<RoleHolding['doubt']>, string> = {
  left: 'has left',
  unlinked: 'has no chat account',
  'off-shift': 'is off shift',
};

function noteDoubt(life: Life, role: string, doubt: RoleHolding['doubt']): void {
  changeHolding(life, role, { doubt });
  const holder = holdingOf(life.state, role)?.person;
  if (doubt === undefined || holder === undefined) return;
  const title = titleOfRole(life.state, role);
  enter(life, { kind: 'role', by: 'purser', text: `${title}: ${named(holder)} ${DOUBTS[doubt]}.` });
  // Whose shift is over can still say what is to become of it; who has gone cannot.
  const whom = doubt === 'off-shift' ? holder : someoneToAsk(life.state, holder);
  remind(life, `doubt:${role}:${life.state.revision}`, whom, {
    kind: 'holder-doubt',
    role,
    holder,
    why: doubt,
  });
}
