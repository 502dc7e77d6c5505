import type { Call } from './context.ts';

/** Tells the incident. The environment is requested whether or not that gets through, and the answer does not wait for more. */
export async function noteEnvironment(
  call: Call,
  number: number,
  { name, template }: { name: string; template: string },
): Promise<void> {
  const { context, person, request } = call;
  const act = { kind: 'environment' as const, name, template };
  const outcome = await context.incidents.launchers.act(number, {
    key: `${request.dedupeKey}:incident`,
    person: person.id,
    act,
  });
  if (!outcome.ok)
    context.logger.warn(
      { incident: number, why: outcome.message },
      'the incident was not told of an environment',
    );
}
