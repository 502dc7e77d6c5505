import type { TemplateSummary } from '../domain/plans.ts';
import { type Call, NotRecordedError } from './context.ts';
import { findEnvironment, listEnvironments } from './lookups.ts';

/** Room for a suffix within the 22 characters that templates usually allow. */
const BASE_LENGTH = 18;

/** A name to start from: `kim-dev`, or the first `kim-dev-2` that is none of the person's own. */
export async function suggestedName(call: Call, template: TemplateSummary): Promise<string | undefined> {
  const own = await ownNames(call);
  const base = baseOf(`${call.person.id}-${template.name}`);
  const candidates = [base, ...suffixed(base, 9)];
  return candidates.find((name) => !own.has(name) && fits(template, name));
}

/** A name like the taken one that is free right now. */
export function freeName(
  { context }: Call,
  template: TemplateSummary,
  taken: string,
): Promise<string | undefined> {
  const candidates = suffixed(baseOf(taken.replace(/-\d$/, '')), 4).filter(
    (name) => name !== taken && fits(template, name),
  );
  return unlessDown(undefined, async () => {
    const states = await Promise.all(candidates.map((name) => findEnvironment(context, name)));
    return candidates.find((_name, at) => (states[at]?.phase ?? 'gone') === 'gone');
  });
}

function ownNames({ context, person }: Call): Promise<Set<string>> {
  return unlessDown(new Set(), async () => {
    const { items } = await listEnvironments(context, { owner: person.id, limit: 100 });
    return new Set(items.map((item) => item.name));
  });
}

/** A suggestion is a convenience: nothing fails for want of one. */
async function unlessDown<T>(without: T, lookUp: () => Promise<T>): Promise<T> {
  try {
    return await lookUp();
  } catch (error) {
    if (error instanceof NotRecordedError) return without;
    throw error;
  }
}

function baseOf(text: string): string {
  return text.slice(0, BASE_LENGTH).replace(/-+$/, '');
}

function suffixed(base: string, last: number): string[] {
  return Array.from({ length: last - 1 }, (_value, at) => `${base}-${at + 2}`);
}

function fits({ parameters }: TemplateSummary, name: string): boolean {
  const schema = parameters.properties.name;
  if (schema === undefined) return false;
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(name)) return false;
  return name.length >= minLength && name.length <= maxLength;
}
