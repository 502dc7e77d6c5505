import { createIncidentsEndpoint } from '../api/incidents.ts';
import type { CommandContext } from '../commands/context.ts';
import { createTokenDispatch } from '../commands/dispatch.ts';
import type { Dependencies } from './open-dependencies.ts';

/** Takes the commands of incidents without a chat, for when there is none. */
export function mountIncidents({ http, log, store }: Dependencies, context: CommandContext): void {
  const { tokens, deliveries, audit } = store;
  const answer = createTokenDispatch(context);
  http.mount('/incidents', createIncidentsEndpoint({ tokens, deliveries, audit, answer, log }));
}
