import type { JsonValue } from './json.ts';
import type { TemplateSummary } from './plans.ts';

/** Around every environment, by its size. */
export const ENVIRONMENT_QUOTA = 'purser-quota';

/** The one after `size`; templates name them from small to big. `undefined` when there is none. */
export function nextSize(
  { parameters }: Pick<TemplateSummary, 'parameters'>,
  size: JsonValue | undefined,
): string | undefined {
  const sizes = (parameters.properties.size?.enum ?? []).map(String);
  const at = sizes.indexOf(String(size));
  return at < 0 ? undefined : sizes[at + 1];
}
