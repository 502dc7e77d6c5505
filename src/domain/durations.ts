import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** `7d`, `48h`, `30m`; becomes milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,4}(s|m|h|d|w)$/, 'a duration such as 30m, 48h or 7d')
  .transform((value) => ms(value as StringValue));

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `1 day 12 hours`. Milliseconds, to the minute; nothing a decision rests on is rounded to a bigger unit. */
export function formatDuration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(ms / 60_000)) * 60_000;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    rest -= count * size;
  }
  return parts.length === 0 ? 'less than a minute' : parts.join(' ');
}

/** As people type it: `90m`, `2h`, `1d`. Milliseconds, whole minutes. */
export function durationWord(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? ['minute', 60_000];
  return `${Math.round(ms / size)}${unit.charAt(0)}`;
}

/** `40 s`, `12 min`, `1 h 30 min`, `2 d 4 h`: its two biggest units. */
export function shortDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(big: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${unit}` : `${big} ${unit} ${small} ${smallUnit}`;
}
