import assert from 'node:assert/strict';
import type { FakeWorkspace } from '../support/fake-slack-workspace.ts';

const RIGHT_TO_LEFT = '\u202e';

/** What somebody types who wants to be more than text. */
export const HOSTILE: Record<string, string> = {
  'a mention of everybody': '<!channel> <!here> <!everyone>',
  'a mention of a person': '<@U0RAVI> <#C0APPROVAL>',
  'a link': '<https://evil.example.test|click here>',
  'a date': '<!date^0^{date}|never>',
  formatting: '*bold* _italic_ ~struck~ `code` > quote',
  'YAML structure': 'a: {b: [c]}\n---\nkind: ClusterRole',
  'a placeholder': '$' + '{{ generate.password }} {{DATE(now)}}',
  'text that runs backwards': `evil${RIGHT_TO_LEFT}txt.exe\u2066\u200b`,
  'control characters': 'a\u0000b\u0007c\u001b[31m',
  '3,001 characters': 'x'.repeat(3_001),
  'half a surrogate pair': '\ud83d and 👩‍👩‍👧‍👦',
  'a quotation without end': '"name=',
  'a path': '../../../etc/passwd',
  'a shell': '$(rm -rf /); `id` && true',
  'a query': "' OR '1'='1",
  'a property of every object': '__proto__ constructor toString',
};

/** No mention, link, date or direction of theirs is in anything that Slack would draw. */
export function assertHarmless({ messages, privates, modals, channels }: FakeWorkspace): void {
  const ours = messages.filter(({ user }) => user === undefined);
  const drawn = [...ours, ...privates, ...[...modals.values()].map(({ view }) => view)].flatMap(
    ({ blocks }) => markupIn(blocks),
  );
  const topics = [...channels.values()].flatMap(({ topic = '', purpose = '' }) => [topic, purpose]);
  for (const text of [...drawn, ...topics, ...[...ours, ...privates].map((message) => message.text)]) {
    assert.doesNotMatch(text, /<!(channel|here|everyone)|<@U0RAVI> <#|<https?:\/\/evil|<!date\^0\^/);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Bidi_Control}\p{Cc}]/u);
  }
}

/** The texts in which Slack looks for markup. */
function markupIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markupIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (type === 'mrkdwn' && typeof text === 'string') return [text];
  return Object.values(value).flatMap(markupIn);
}
