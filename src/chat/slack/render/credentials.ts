import type { KnownBlock, ModalView } from '@slack/web-api';
import type { CredentialsView } from '../../../domain/forms.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert } from '../text.ts';
import { context, mrkdwn, plainText, sections } from './blocks.ts';
import { short } from './form.ts';

/** In code points, each of which may be two characters to Slack; a section holds 3,000. */
const PART = 1_450;

/** Values stand there exactly as they are, to be copied. */
export function credentialsModal(view: CredentialsView): ModalView {
  const blocks: KnownBlock[] = [
    ...context([`🔒 ${inert(cut(view.note, 1_000))}`]),
    ...view.entries.flatMap(({ key, value }) => [
      ...sections([`*${inert(cut(key, 200))}*`]),
      ...valueBlocks(value),
    ]),
  ];
  return {
    type: 'modal',
    title: plainText(short(view.title, LIMITS.view.title)),
    close: plainText('Close'),
    blocks: blocks.slice(0, LIMITS.view.blocks),
  };
}

function valueBlocks(value: string): KnownBlock[] {
  if (value === '') return context(['(empty)']);
  return parts(value).map((part) => ({
    type: 'section',
    // What mrkdwn would change is exact as plain text.
    text: /^[^`&<>\n\r]+$/.test(part) && part === part.trim() ? mrkdwn(`\`${part}\``) : plainText(part),
  }));
}

function parts(value: string): string[] {
  const characters = Array.from(value);
  const found: string[] = [];
  for (let start = 0; start < characters.length; start += PART) {
    found.push(characters.slice(start, start + PART).join(''));
  }
  return found;
}
