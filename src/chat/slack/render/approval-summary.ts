import type { KnownBlock } from '@slack/web-api';
import type { ApprovalSummary } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { DECISIONS } from '../../wording.ts';
import { cut, inert } from '../text.ts';
import { context, mention, people, quote, type RenderContext, sections, time } from './blocks.ts';

/** Who is waited for and why, or who decided, when and why. Shared by the request card and the approvers' card. */
export function approvalBlocks(summary: ApprovalSummary, room: Room, draw: RenderContext): KnownBlock[] {
  return summary.decision === undefined
    ? openBlocks(summary, room, draw)
    : decidedBlocks(summary, summary.decision, room, draw);
}

function openBlocks(summary: ApprovalSummary, room: Room, draw: RenderContext): KnownBlock[] {
  const until = summary.deadline === undefined ? '' : ` (until ${time(summary.deadline, draw)})`;
  const because = inert(cut(summary.because, room.reason));
  const votes = summary.needed > 1 ? `*${approvals(summary)} of ${summary.needed}* approvals so far. ` : '';
  return [
    ...sections([
      `⏳ ${votes}Waiting for ${people(summary.approvers, 'or', room)}${until}`,
      ...(because === '' ? [] : [`Why: ${because}`]),
    ]),
    ...voteBlocks(summary, room, draw),
  ];
}

function approvals({ votes }: ApprovalSummary): number {
  return votes.filter(({ decision }) => decision === 'approve').length;
}

function voteBlocks({ votes }: ApprovalSummary, room: Room, draw: RenderContext): KnownBlock[] {
  return some(votes, room.rows).shown.flatMap((vote) => {
    const line = `${vote.decision === 'approve' ? '✅' : '⛔'} ${mention(vote.person)} ${vote.decision === 'approve' ? 'approved' : 'denied'} ${time(vote.at, draw)}`;
    return vote.reason === undefined ? context([line]) : [quote(`${line} and wrote:`, vote.reason, room)];
  });
}

type Outcome = NonNullable<ApprovalSummary['decision']>;

function decidedBlocks(
  summary: ApprovalSummary,
  { outcome, by, at, reason }: Outcome,
  room: Room,
  draw: RenderContext,
): KnownBlock[] {
  const line = `${DECISIONS[outcome](people(by, 'and', room))} ${time(at, draw)}`;
  const because = inert(cut(summary.because, room.reason));
  return [
    ...sections([line]),
    ...(reason === undefined ? [] : [quote('Reason given:', reason, room)]),
    ...(because === '' ? [] : context([`Why it was asked: ${because}`])),
  ];
}
