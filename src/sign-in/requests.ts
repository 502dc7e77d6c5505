import { randomBytes } from 'node:crypto';
import { hashOf } from '../api/tokens.ts';
import type { SignInRequest, SignInStore } from '../domain/sign-in.ts';

/** Long enough to sign in by phone, too short to be found later. */
const OPEN_MS = 10 * 60_000;

/** Asks somebody to sign in before something is done, and returns the address that only they are told. */
export type AskToSignIn = (request: Omit<SignInRequest, 'id' | 'expiresAt'>) => Promise<string>;

export function createSignInRequests(store: SignInStore, publicUrl: string, now: () => Date): AskToSignIn {
  return async (request) => {
    const token = randomBytes(32).toString('base64url');
    await store.ask({ ...request, id: hashOf(token), expiresAt: new Date(now().getTime() + OPEN_MS) });
    return `${publicUrl}${SIGN_IN_PATH}?id=${token}`;
  };
}

export const SIGN_IN_PATH = '/sign-in';
export const CALLBACK_PATH = '/sign-in/callback';
