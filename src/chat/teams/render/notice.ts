import type { ExpiryWarningView, NoticeView } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { TONES } from '../../wording.ts';
import { cut, spelled, time } from '../text.ts';
import { type Action, container, type Element, line, ownLine, run, subtle } from './elements.ts';
import { openAction } from './incident.ts';
import { nameOf } from './pieces.ts';

export function noticeText(view: NoticeView): string {
  return `${TONES[view.tone]} ${spelled(cut(view.text, 300))}`;
}

export function noticeElements(view: NoticeView, room: Room): Element[] {
  const { shown, more } = some(view.details ?? [], room.rows);
  return [
    line([`${TONES[view.tone]} ${spelled(cut(view.text, room.reason))}`]),
    ...shown
      .filter((detail) => plain(detail) !== '')
      .map((detail) => subtle([spelled(cut(detail, room.reason))])),
    ...(more === 0 ? [] : [subtle([`… and ${more} more lines`])]),
  ];
}

export function noticeLink({ link }: NoticeView, room: Room): Action[] {
  return link === undefined ? [] : openAction(link.label, link.url, room);
}

export function expiryWarningText(view: ExpiryWarningView): string {
  return `⏰ ${cut(view.name, 100)} expires soon`;
}

export function expiryWarningElements(view: ExpiryWarningView): Element[] {
  return [
    container(
      [
        line([
          '⏰ ',
          run(cut(view.name, 100), { weight: 'bolder' }),
          ' expires soon. Everything in it is deleted then.',
        ]),
        ownLine(time(view.expiresAt), { spacing: 'small', weight: 'bolder' }),
      ],
      'warning',
    ),
    subtle([`Asked for by ${nameOf(view.owner)}. Save what you still need.`]),
  ];
}
