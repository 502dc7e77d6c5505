import type { AccountRef } from '../domain/refs.ts';
import type { Call } from './context.ts';

/** The account a button or a form was used with: both are in chat only, where everybody has one. */
export function accountOf({ request }: Pick<Call, 'request'>): AccountRef {
  if (!('account' in request.actor)) throw new Error(`A ${request.kind} by token comes from no account`);
  return request.actor.account;
}
