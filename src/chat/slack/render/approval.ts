import type { KnownBlock } from '@slack/web-api';
import type { ApprovalView } from '../../../domain/views.ts';
import type { Room } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { approvalHeadline } from '../../wording.ts';
import { cut, inert } from '../text.ts';
import { approvalBlocks } from './approval-summary.ts';
import { actions, context, facts, header, mention, quote, type RenderContext } from './blocks.ts';

function headline(view: ApprovalView): string {
  return approvalHeadline(view, plain(view.title));
}

export function approvalText(view: ApprovalView): string {
  return inert(cut(headline(view), 300));
}

export function approvalCardBlocks(view: ApprovalView, room: Room, draw: RenderContext): KnownBlock[] {
  return [
    header(headline(view)),
    ...context([`Asked for by ${mention(view.requester)}`]),
    ...facts(view.facts, room),
    ...(view.reason === undefined ? [] : [quote(`${mention(view.requester)} wrote:`, view.reason, room)]),
    ...approvalBlocks(view.summary, room, draw),
    ...actions(view.actions),
  ];
}
