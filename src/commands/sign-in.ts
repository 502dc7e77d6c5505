import type { ChatReply } from '../chat/adapter.ts';
import { pressSchema } from '../domain/sign-in.ts';
import type { Call } from './context.ts';
import { notice } from './wording.ts';

/**
 * For what a press in chat is not proof enough for: whoever has a stolen chat session stops here. They read where to sign in;
 * then the same press is done, by the person they proved to be. `what` goes on after "You can": "approve “pr-42”".
 */
export async function signInFirst({ context, request, person }: Call, what: string): Promise<ChatReply> {
  if (context.askToSignIn === undefined) {
    return notice('error', `To ${what} you have to sign in, and Purser knows no identity provider.`, {
      details: ['Nothing was done. Ask the platform team to set OIDC_ISSUER.'],
    });
  }
  const press = pressSchema.parse(request);
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const url = await context.askToSignIn({ what: sentence, person: person.id, press });
  return notice('info', `One more step: sign in, to ${what}.`, {
    details: ['The address is yours alone, works once, and for ten minutes.'],
    link: { label: 'Sign in and go on', url },
  });
}
