import type { Dispatch } from '../chat/adapter.ts';
import { createSignInEndpoint } from '../sign-in/endpoint.ts';
import { createIdentityProvider } from '../sign-in/identity-provider.ts';
import type { Dependencies } from './open-dependencies.ts';

/** Where people sign in for what they pressed in chat. */
export function mountSignIn({ config, directory, http, log, store }: Dependencies, dispatch: Dispatch): void {
  const { signIn } = config;
  if (signIn === undefined) return;
  const listeners = createSignInEndpoint({
    provider: createIdentityProvider(signIn),
    personClaim: signIn.personClaim,
    secure: signIn.publicUrl.startsWith('https:'),
    store: store.signIns,
    audit: store.audit,
    directory,
    dispatch,
    log,
  });
  for (const [path, listener] of Object.entries(listeners)) http.mount(path, listener);
}
