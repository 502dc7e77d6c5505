import { createHash, randomBytes } from 'node:crypto';
import type { AccessToken } from '../domain/ports.ts';

/** So that it is known for what it is wherever it is left lying about. */
const FORM = /^purser_[A-Za-z0-9_-]{43}$/;

/** A new one, which is shown once, and what is kept of it. */
export function newToken(): { id: string; token: string; hash: string } {
  const token = `purser_${randomBytes(32).toString('base64url')}`;
  return { id: randomBytes(4).toString('hex'), token, hash: hashOf(token) };
}

/** It is as long as a key, so that nothing slower than this is needed. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The token of an `Authorization` header, where it could be one of ours. */
export function bearerIn(header: string | undefined): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  return token !== undefined && FORM.test(token) ? token : undefined;
}

export function stateOf({ expiresAt, revokedAt }: AccessToken, now: Date): 'valid' | 'expired' | 'revoked' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt > now ? 'valid' : 'expired';
}
