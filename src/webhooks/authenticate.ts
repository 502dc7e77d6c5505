import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AlertsConfig } from '../config.ts';

const MAX_SKEW_SECONDS = 300;

/**
 * Whether a request may be from monitoring, by its headers; the answer says of its body whether it is. `undefined` when
 * no body could make it so: then there is no need to read one.
 *
 * Either `Authorization: Bearer …`, or `X-Signature-256: sha256=…`, the HMAC-SHA256 of the body. With `X-Timestamp`, in
 * seconds, the HMAC is of `<timestamp>:<body>`, and holds for five minutes. Without, a delivery can be repeated by whoever
 * has seen it, and changes nothing then: alerts are known by fingerprint and start.
 */
export function authenticate(
  { token, hmacSecret }: AlertsConfig,
  { headersDistinct: headers }: Pick<IncomingMessage, 'headersDistinct'>,
  now: Date,
): ((body: Buffer) => boolean) | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(only(headers.authorization) ?? '')?.[1];
  if (token !== undefined && bearer !== undefined && isSame(bearer, token)) return () => true;
  const signature = /^(?:sha256=)?([0-9a-f]{64})$/.exec(only(headers['x-signature-256']) ?? '')?.[1];
  if (hmacSecret === undefined || signature === undefined) return undefined;
  const stamp = stampOf(headers['x-timestamp'], now);
  if (stamp === undefined) return undefined;
  return (body) => {
    const expected = createHmac('sha256', hmacSecret).update(stamp).update(body).digest();
    return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
  };
}

/** For senders whose token is within the body. */
export function isToken({ token }: AlertsConfig, given: unknown): boolean {
  return token !== undefined && typeof given === 'string' && isSame(given, token);
}

/** What is signed before the body. */
function stampOf(values: string[] | undefined, now: Date): string | undefined {
  if (values === undefined) return '';
  const timestamp = only(values);
  if (timestamp === undefined || !/^\d{1,11}$/.test(timestamp)) return undefined;
  return Math.abs(now.getTime() / 1_000 - Number(timestamp)) <= MAX_SKEW_SECONDS
    ? `${timestamp}:`
    : undefined;
}

function only(values: string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

/** In a time that tells nothing of either, not even of its length. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}
