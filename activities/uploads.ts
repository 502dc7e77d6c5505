import { createHash } from 'node:crypto';
import type { ChatFile } from '../src/chat/adapter.ts';
import type { ConversationRef, MessageRef } from '../src/domain/refs.ts';
import { CopyBusyError } from './copies.ts';
import type { ActivityDeps } from './deps.ts';

const EXTEND_EVERY_MS = 5_000;

/** A file beside a card. `key` is unique for what it is; another content is another file. */
export interface Upload {
  key: string;
  conversation: ConversationRef;
  card: MessageRef;
  revision: number;
  file: ChatFile;
}

/**
 * A file can be neither edited nor found again. Its row says that it is there; an attempt that dies between the two
 * leaves a second file, which is better than none. `false` where the platform takes none.
 */
export async function uploadOnce(
  { copies, chat }: Pick<ActivityDeps, 'chat' | 'copies'>,
  { key: what, conversation, card, revision, file }: Upload,
): Promise<boolean> {
  const hash = createHash('sha256').update(file.content).digest('hex');
  const key = `${what}:${hash.slice(0, 16)}`;
  const copy = await copies.take(key, conversation);
  if (copy === undefined) throw new CopyBusyError('another attempt is at work on the file');
  const holding = setInterval(() => copies.extend(key).catch(() => {}), EXTEND_EVERY_MS);
  try {
    const taken = copy.shownHash === hash || (await chat.upload(conversation, file));
    if (taken) await copies.shown(key, card, revision, hash);
    else await copies.forget(key);
    return taken;
  } catch (error) {
    await copies.release(key);
    throw error;
  } finally {
    clearInterval(holding);
  }
}
