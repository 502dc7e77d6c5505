import type { SignInConfig } from '../config.ts';
import { bad, type Finding, good, off } from '../domain/findings.ts';
import { createIdentityProvider, newFlow } from '../sign-in/identity-provider.ts';
import { CALLBACK_PATH } from '../sign-in/requests.ts';
import { reasonOf } from './reasons.ts';

/** Whether people can sign in for what a press in chat is not enough for. What only their sign-in shows, is said. */
export async function checkSignIn(config: SignInConfig | undefined): Promise<Finding[]> {
  if (config === undefined) {
    return [
      off('nothing asks anybody to sign in', 'Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.'),
    ];
  }
  try {
    await createIdentityProvider(config).addressOf(newFlow());
    return [
      good(
        `the identity provider answers; it has to know ${config.publicUrl}${CALLBACK_PATH} as an address to return to`,
      ),
    ];
  } catch (error) {
    return [
      bad(
        `the identity provider does not answer (${reasonOf(error)})`,
        'Open OIDC_ISSUER with /.well-known/openid-configuration behind it from this machine.',
      ),
    ];
  }
}
