import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { IncidentState } from '../../../src/domain/incidents.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import type { Memory } from '../memory.ts';
import { type Refusal, wrongState } from '../refusals.ts';
import type { Doing, RulesOf } from './rules.ts';

/** Messages are edited soon or never. */
const FOLLOWED = 300;

export const NOTE_ACTS: RulesOf<'note' | 'amend-note' | 'strike-note' | 'times'> = {
  note: { refusal: () => undefined, apply: note },
  'amend-note': { refusal: () => undefined, apply: amend },
  'strike-note': { refusal: () => undefined, apply: strike },
  times: { refusal: refusalOfTimes, apply: correct },
};

type Kept = Memory['notes'][number];

/** The same message again is the same entry. */
function note(life: Life, { key, text, at, link, author }: ActOf<'note'>, { person }: Doing): void {
  if (keptOf(life, key) !== undefined) return;
  keep(life, { key, entry: entryFor(life, key), at: at ?? now(), by: person, link, author }, text);
}

/** By the first one chat finds out whether a message is kept at all; later ones are entries beside it. */
function entryFor({ memory, state }: Life, key: string): string {
  return memory.notes.some((kept) => kept.key === key) ? `${key}:${state.revision}` : key;
}

function keep(life: Life, kept: Kept, text: string): void {
  const { entry, at, by, link, author } = kept;
  life.memory.notes = [...life.memory.notes.filter(({ key }) => key !== kept.key), kept].slice(-FOLLOWED);
  enter(life, {
    key: entry,
    at,
    kind: 'note',
    by,
    link,
    text: author === undefined ? text : `${author}: ${text}`,
  });
}

/** What was said first stays, struck out, with what it says now behind it. */
function amend(life: Life, { key, text }: ActOf<'amend-note'>): void {
  const kept = keptOf(life, key);
  if (kept === undefined) return;
  strikeOut(life, kept);
  keep(life, { ...kept, entry: entryFor(life, key) }, text);
}

function strike(life: Life, { key }: ActOf<'strike-note'>): void {
  const kept = keptOf(life, key);
  if (kept === undefined) return;
  life.memory.notes = life.memory.notes.map((other) => (other === kept ? { ...kept, struck: true } : other));
  strikeOut(life, kept);
}

/** The store has its text. */
function strikeOut(life: Life, { entry, at, by }: Kept): void {
  const waiting = life.unrecorded.findIndex(({ key }) => key === entry);
  if (waiting >= 0)
    life.unrecorded[waiting] = {
      ...life.unrecorded[waiting],
      struck: true,
    } as (typeof life.unrecorded)[number];
  else life.unrecorded.push({ key: entry, at, kind: 'note', by, text: '', struck: true });
  change(life, {});
}

function keptOf({ memory }: Life, key: string): Kept | undefined {
  return memory.notes.find((kept) => kept.key === key && !kept.struck);
}

function refusalOfTimes({ times }: IncidentState, act: ActOf<'times'>): Refusal | undefined {
  const given = [act.impactAt, act.detectedAt, act.mitigatedAt].filter((time) => time !== undefined);
  if (given.length === 0) return wrongState('Say at least one time: of impact, detection or mitigation.');
  if (given.some((time) => Date.parse(time) > Date.now())) return wrongState('That time is still to come.');
  const impactAt = act.impactAt ?? times.impactAt;
  const mitigatedAt = act.mitigatedAt ?? times.mitigatedAt;
  if (impactAt === undefined || mitigatedAt === undefined) return undefined;
  if (Date.parse(impactAt) <= Date.parse(mitigatedAt)) return undefined;
  return wrongState('It cannot have been mitigated before its impact began. Correct both times at once.');
}

function correct(life: Life, { impactAt, detectedAt, mitigatedAt }: ActOf<'times'>, { person }: Doing): void {
  const corrected = Object.entries({ impactAt, detectedAt, mitigatedAt }).filter(
    ([, at]) => at !== undefined,
  );
  change(life, { times: { ...life.state.times, ...Object.fromEntries(corrected) } });
  const shown = corrected.map(([name, at]) => `${TIMES[name]} ${at?.slice(0, 16).replace('T', ' ')} UTC`);
  enter(life, { kind: 'action', by: person, text: `Corrected: ${shown.join(', ')}` });
}

const TIMES: Record<string, string> = {
  impactAt: 'impact',
  detectedAt: 'detection',
  mitigatedAt: 'mitigation',
};
