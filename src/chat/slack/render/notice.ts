import type { KnownBlock } from '@slack/web-api';
import type { ExpiryWarningView, NoticeView } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { TONES } from '../../wording.ts';
import { cut, inert, namedLink, weight } from '../text.ts';
import { actions, context, mention, plainText, type RenderContext, sections, time } from './blocks.ts';

export function noticeText(view: NoticeView): string {
  return `${TONES[view.tone]} ${inert(cut(view.text, 300))}`;
}

export function noticeBlocks(view: NoticeView, room: Room): KnownBlock[] {
  const { shown, more } = some(view.details ?? [], room.rows);
  const details: KnownBlock[] = shown
    .filter((line) => plain(line) !== '')
    .map((line) => ({ type: 'context', elements: [plainText(cut(line, room.reason))] }));
  return [
    {
      type: 'section',
      text: plainText(`${TONES[view.tone]} ${cut(view.text, room.reason)}`),
    },
    ...details,
    ...(more === 0 ? [] : context([`… and ${more} more lines`])),
    ...linkBlocks(view, room),
    ...actions(view.actions),
  ];
}

/** Nothing where it is too long for a message. */
function linkBlocks({ link }: NoticeView, room: Room): KnownBlock[] {
  if (link === undefined || weight(link.url) > room.fact) return [];
  return sections([namedLink(link.url, cut(link.label, 60))]);
}

export function expiryWarningText(view: ExpiryWarningView): string {
  return `⏰ ${inert(cut(view.name, 100))} expires soon`;
}

export function expiryWarningBlocks(view: ExpiryWarningView, draw: RenderContext): KnownBlock[] {
  const name = inert(cut(view.name, 100));
  return [
    ...sections([`⏰ *${name}* expires ${time(view.expiresAt, draw)}. Everything in it is deleted then.`]),
    ...context([`Asked for by ${mention(view.owner)}. Save what you still need.`]),
    ...actions(view.actions),
  ];
}
