import type { DirectorySnapshot, Person } from '../domain/people.ts';
import type { Identity } from './identity-provider.ts';

/**
 * Whom the identity provider means. By the claim that has the directory's id, where one is configured; else by an e-mail
 * address that the provider has verified, and that one active person alone has.
 */
export function personOf(
  { claims }: Pick<Identity, 'claims'>,
  { people }: DirectorySnapshot,
  personClaim: string | undefined,
): Person | undefined {
  const active = people.filter((person) => person.active);
  if (personClaim !== undefined) return active.find(({ id }) => id === claims[personClaim]);
  const { email, email_verified: verified } = claims;
  if (verified !== true || typeof email !== 'string') return undefined;
  const [only, another] = active.filter((person) => person.email.toLowerCase() === email.toLowerCase());
  return another === undefined ? only : undefined;
}
