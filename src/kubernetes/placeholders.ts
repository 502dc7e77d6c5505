import type { JsonValue } from '../domain/json.ts';

/** Values by scope: `parameters.name` is `scopes.parameters.name`. `undefined` is known but not set. */
export type Scopes = Record<string, Record<string, string | number | boolean | undefined>>;

const PLACEHOLDER = /\$\{\{\s*([a-zA-Z]+)\.([a-zA-Z0-9_-]+)\s*\}\}/g;
const WHOLE = /^\$\{\{\s*([a-zA-Z]+)\.([a-zA-Z0-9_-]+)\s*\}\}$/;

/** An author's mistake, to be read by the author. `path` is where: `spec.rules.0.host`. */
export class PlaceholderError extends Error {
  override readonly name = 'PlaceholderError';
  readonly path: (string | number)[];

  constructor(message: string, path: (string | number)[]) {
    super(message);
    this.path = path;
  }
}

/**
 * Replaces placeholders in scalars, after parsing: a value can become nothing but the scalar, or the part of it, that
 * the author marked. A whole scalar keeps the value's type, and leaves its key out when the value is not set; a part
 * becomes text. Keys are never touched, and what was put in is not looked at again.
 */
export function fillPlaceholders(
  value: JsonValue,
  scopes: Scopes,
  path: (string | number)[] = [],
): JsonValue {
  const filled = fill(value, scopes, path);
  return filled === undefined ? null : filled;
}

function fill(value: JsonValue, scopes: Scopes, path: (string | number)[]): JsonValue | undefined {
  if (typeof value === 'string') return fillScalar(value, scopes, path);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => fill(item, scopes, [...path, index]) ?? []);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (key.includes('${{')) throw new PlaceholderError('a key cannot hold a placeholder', [...path, key]);
      const filled = fill(item, scopes, [...path, key]);
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

function fillScalar(value: string, scopes: Scopes, path: (string | number)[]): JsonValue | undefined {
  if (!value.includes('${{')) return value;
  const whole = WHOLE.exec(value);
  if (whole !== null && whole[1] !== 'generate') return lookUp(whole[1] ?? '', whole[2] ?? '', scopes, path);
  if (value.replace(PLACEHOLDER, '').includes('${{')) {
    throw new PlaceholderError(`not a placeholder; they look like \${{ parameters.name }}`, path);
  }
  return value.replace(PLACEHOLDER, (placeholder, scope: string, key: string) => {
    if (scope === 'generate') return placeholder;
    const found = lookUp(scope, key, scopes, path);
    if (found === undefined) throw new PlaceholderError(`${scope}.${key} is not set`, path);
    return String(found);
  });
}

function lookUp(
  scope: string,
  key: string,
  scopes: Scopes,
  path: (string | number)[],
): string | number | boolean | undefined {
  const values = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (values === undefined || !Object.hasOwn(values, key)) {
    throw new PlaceholderError(`nothing is called ${scope}.${key}`, path);
  }
  return values[key];
}

const GENERATE = /\$\{\{\s*generate\.([a-zA-Z0-9_-]+)\s*\}\}/g;

/** Whether a value holds `${{ generate.… }}` anywhere. */
export function mentionsGenerate(value: unknown): boolean {
  if (typeof value === 'string') return value.search(GENERATE) >= 0;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(mentionsGenerate);
}

/** Fills `${{ generate.key }}`; the same key gives the same value within one call. */
export function fillGenerated(
  data: Record<string, string>,
  generate: (key: string) => string,
): Record<string, string> {
  const made = new Map<string, string>();
  const madeFor = (key: string): string => {
    const value = made.get(key) ?? generate(key);
    made.set(key, value);
    return value;
  };
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      value.replace(GENERATE, (_placeholder, key: string) => madeFor(key)),
    ]),
  );
}
