import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  type DataConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import proto from '@temporalio/proto';
import type { PayloadKey } from '../variables.ts';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/**
 * What clients and workers share, so that Temporal keeps what people asked and were told only encrypted: arguments,
 * results, memos, and the words of failures. Search attributes stay readable, or nothing could be found.
 * `undefined` without keys.
 */
export function createDataConverter(keys: PayloadKey[] | undefined): DataConverter | undefined {
  if (keys === undefined) return undefined;
  return {
    payloadCodecs: [createCodec(keys)],
    failureConverterPath: fileURLToPath(new URL('./failure-converter.ts', import.meta.url)),
  };
}

/** Encrypts with the first key, and reads what any of them encrypted, and what was kept before there were keys. */
export function createCodec([current, ...former]: PayloadKey[]): PayloadCodec {
  if (current === undefined) throw new TypeError('there is no key');
  const keys = new Map([current, ...former].map(({ id, key }) => [id, key]));
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, current)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, keys)),
  };
}

function encrypt(payload: Payload, { id, key }: PayloadKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(encode(id));
  const data = [nonce, cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  return {
    metadata: { [METADATA_ENCODING_KEY]: encode(ENCODING), [KEY_ID]: encode(id) },
    data: Buffer.concat([...data, cipher.getAuthTag()]),
  };
}

function decrypt(payload: Payload, keys: ReadonlyMap<string, Uint8Array>): Payload {
  const { metadata, data } = payload;
  if (textOf(metadata?.[METADATA_ENCODING_KEY]) !== ENCODING) return payload;
  const id = textOf(metadata?.[KEY_ID]);
  const key = keys.get(id);
  if (key === undefined || data == null) {
    throw new Error(`What Temporal keeps was encrypted with the key “${id}”: add it to PURSER_PAYLOAD_KEYS`);
  }
  const tagAt = data.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(encode(id))
    .setAuthTag(data.subarray(tagAt));
  return PayloadMessage.decode(
    Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, tagAt)), decipher.final()]),
  );
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes == null ? '' : decode(bytes);
}
