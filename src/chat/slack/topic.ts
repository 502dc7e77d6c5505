import { LIMITS } from './limits.ts';
import { inert } from './text.ts';

/** Within Slack's limit, which counts `&amp;` as five. */
export function topicText(topic: string): string {
  const kept = [...topic];
  while (inert(kept.join('')).length > LIMITS.channel.topic) kept.pop();
  return inert(kept.join(''));
}

/** Slack gives a topic back with entities, links and emoji in its own spelling: only the words are compared. */
export function sameTopic(known: string, wanted: string): boolean {
  return wordsOf(known) === wordsOf(wanted);
}

function wordsOf(topic: string): string {
  return topic
    .replace(/<([^<>|]*)(?:\|[^<>]*)?>/g, '$1')
    .replace(/&(amp|lt|gt);|:[a-z0-9_+'-]+:/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
