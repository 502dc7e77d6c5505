import type { Schedule } from '../../src/domain/incident-config.ts';

type Rotation = Schedule['rotations'][number];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * A schedule, by looking at a clock on the wall every minute from nine days before a day until nine days after it: slow,
 * and without any arithmetic of time zones.
 */
export function createModel(timeZone: string, day: string) {
  const from = Date.parse(`${day}T12:00Z`) - 9 * DAY_MS;
  const to = from + 18 * DAY_MS;
  const minutes = Array.from({ length: 18 * 24 * 60 }, (_, at) => from + at * MINUTE_MS);
  const clock = wallClock(timeZone);
  const shown = minutes.map(clock);
  const dates = [...new Set(shown.map((local) => local.slice(0, 10)))];
  const seen = new Map<string, number>();

  /** The first minute at which the clock shows it, or is past it. */
  function first(local: string): number {
    const known = seen.get(local);
    if (known !== undefined) return known;
    const at = shown.findIndex((now) => now >= local);
    const found = at === -1 ? minutes.length : at;
    seen.set(local, found);
    return found;
  }

  /** From one minute until before another. */
  type Span = [number, number];
  const isIn = ([from, to]: Span, at: number) => from <= at && at < to;

  function windows({ hours }: Rotation): Span[] {
    if (hours === undefined) return [[0, minutes.length]];
    return [addDays(dates[0] ?? '', -1), ...dates]
      .filter((date) => hours.days.some((name) => name === WEEKDAYS[new Date(date).getUTCDay()]))
      .map((date) => {
        const next = hours.to <= hours.from || hours.to === '24:00';
        const to = hours.to === '24:00' ? '00:00' : hours.to;
        return [first(`${date}T${hours.from}`), first(`${next ? addDays(date, 1) : date}T${to}`)];
      });
  }

  function turns({ people, starts, every }: Rotation): { person: string | undefined; span: Span }[] {
    const days = Number(every.slice(0, -1)) * (every.endsWith('w') ? 7 : 1);
    return dates.map((_, turn) => ({
      person: people[turn % people.length],
      span: [first(addDays(starts, turn * days)), first(addDays(starts, (turn + 1) * days))],
    }));
  }

  /** Who answers in which minute. */
  function answers({ rotations, overrides }: Schedule): (at: number) => string | undefined {
    const instead = overrides.map(({ person, from, to }) => ({
      person,
      span: [first(from), first(to)] as Span,
    }));
    const plan = rotations.map((rotation) => ({ open: windows(rotation), turns: turns(rotation) }));
    return (at) => {
      const override = instead.findLast(({ span }) => isIn(span, at));
      if (override !== undefined) return override.person;
      for (const { open, turns } of plan) {
        const turn = turns.find(({ span }) => isIn(span, at));
        if (turn !== undefined && open.some((span) => isIn(span, at))) return turn.person;
      }
      return undefined;
    };
  }

  return {
    dates,
    minutes,
    from: new Date(from),
    to: new Date(to),
    answers,
    stretches(schedule: Schedule): { person: string | undefined; from: string; to: string }[] {
      const personAt = answers(schedule);
      const found: { person: string | undefined; from: string; to: string }[] = [];
      for (const [at, minute] of minutes.entries()) {
        const person = personAt(at);
        if (at > 0 && found.at(-1)?.person === person) continue;
        found.push({ person, from: new Date(minute).toISOString(), to: new Date(to).toISOString() });
      }
      return found.map((stretch, at) => ({ ...stretch, to: found[at + 1]?.from ?? stretch.to }));
    },
  };
}

function wallClock(timeZone: string): (moment: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (moment) => format.format(moment).replace(' ', 'T');
}

/** Of a date, or a date with a time of day behind it. */
function addDays(local: string, days: number): string {
  const date = new Date(Date.parse(`${local.slice(0, 10)}T00:00Z`) + days * DAY_MS);
  return date.toISOString().slice(0, 10) + local.slice(10);
}
