import type { ChatReply } from '../../chat/adapter.ts';
import type { DirectorySnapshot, Person } from '../../domain/people.ts';
import { accountKey } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import { pressSchema, type SignIn } from '../../domain/sign-in.ts';
import type { CommandContext } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { echo, notice } from '../wording.ts';

type Asked = ChatRequest & { kind: 'action' };

/** Where somebody proves whose account this is; with the way to those who say so otherwise. */
export async function signInToLink(context: CommandContext, request: Asked): Promise<ChatReply> {
  const { askToSignIn } = context;
  if (askToSignIn === undefined || request.payload.how === 'ask') return undefined;
  const { account, displayName } = request.actor;
  const what = `Link the chat account “${echo(displayName)}” (${accountKey(account)}) to you`;
  const url = await askToSignIn({ what, press: pressSchema.parse(request) });
  return notice('info', 'Sign in, so that we know who you are.', {
    details: [
      'The address is yours alone, works once, and for ten minutes: give it to nobody.',
      'If you cannot sign in, the administrators can say who you are.',
    ],
    link: { label: 'Sign in', url },
    actions: [{ actionId: 'link.request', label: 'Ask the administrators', payload: { how: 'ask' } }],
  });
}

/**
 * Who signed in, where this account can be theirs without anybody saying so. Somebody could have been talked into signing in
 * for a stranger's account, whose profile then has another e-mail address: that is for the administrators to see.
 */
export function provenOwner(
  { people }: DirectorySnapshot,
  { signedIn, profileEmail }: Asked['actor'],
): (SignIn & { owner: Person }) | undefined {
  const owner = people.find(({ active, id }) => active && id === signedIn?.person);
  if (signedIn === undefined || owner === undefined) return undefined;
  return owner.email.toLowerCase() === profileEmail?.toLowerCase() ? { ...signedIn, owner } : undefined;
}

/** The request is there by now: this answers it, in its asker's own name. */
export async function linkProven(
  { launchers }: CommandContext,
  { actor: { account } }: Asked,
  { owner, ...signedIn }: SignIn & { owner: Person },
): Promise<ChatReply> {
  const decision = { by: owner.id, byAccount: account, person: owner.id, signedIn };
  const refused = refusedLaunch(
    await launchers.decideLink({ ...decision, account }),
    'This account was not linked.',
  );
  return refused ?? notice('success', `This chat account is linked to you, ${owner.name}.`);
}
