import type { AlertSummary } from '../../src/domain/incidents.ts';
import type { StoredAlert } from '../../src/domain/ports.ts';

const NAMES = 5;
/** Longer values are no labels to tell things apart by. */
const VALUE_MAX = 200;

/** Alerts in figures. `alerts` may be only the newest of `total`. */
export function alertSummary({
  alerts,
  firing,
  total,
  repeats,
}: {
  alerts: StoredAlert[];
  firing: number;
  total: number;
  repeats: number;
}): AlertSummary {
  const url = alerts.find((alert) => alert.url !== undefined)?.url;
  const lastFiredAt = alerts.map(({ startsAt }) => new Date(startsAt).getTime()).reduce(later, 0);
  return {
    firing,
    total,
    repeats,
    names: frequentNames(alerts),
    matchers: commonLabels(alerts),
    ...(url === undefined ? {} : { url }),
    ...(lastFiredAt === 0 ? {} : { lastFiredAt: new Date(lastFiredAt).toISOString() }),
  };
}

function later(one: number, other: number): number {
  return Math.max(one, other);
}

function frequentNames(alerts: StoredAlert[]): string[] {
  const counts = new Map<string, number>();
  for (const { labels } of alerts) {
    const name = labels.alertname;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, NAMES)
    .map(([name]) => name);
}

/** Labels only: annotations are free text, which changes while an alert fires. */
function commonLabels(alerts: StoredAlert[]): { name: string; value: string }[] {
  const [first, ...others] = alerts;
  return Object.entries(first?.labels ?? {})
    .filter(
      ([name, value]) =>
        value !== '' && value.length <= VALUE_MAX && others.every(({ labels }) => labels[name] === value),
    )
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => one.name.localeCompare(other.name, 'en'));
}
