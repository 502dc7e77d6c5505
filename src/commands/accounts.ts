import { type AccountRef, type ConversationRef, conversationRefSchema } from '../domain/refs.ts';
import type { SignIn } from '../domain/sign-in.ts';
import type { Call } from './context.ts';

/** The account a button or a form was used with: both are in chat only, where everybody has one. */
export function accountOf({ request }: Pick<Call, 'request'>): AccountRef {
  if (!('account' in request.actor)) throw new Error(`A ${request.kind} by token comes from no account`);
  return request.actor.account;
}

/** Where the card will live: the conversation of what was typed or clicked, without the message in it. */
export function originOf({ request }: Call): ConversationRef {
  if (!('source' in request)) throw new Error(`A ${request.kind} has no conversation`);
  return conversationRefSchema.parse(request.source);
}

/** Where they have just signed in for what they do. */
export function signInOf({ request }: Pick<Call, 'request'>): SignIn | undefined {
  return 'account' in request.actor ? request.actor.signedIn : undefined;
}
