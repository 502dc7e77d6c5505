import { accountKey } from '../../../domain/refs.ts';
import type { ApprovalSummary, ApprovalView } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { approvalHeadline, DECISIONS } from '../../wording.ts';
import type { CardData } from '../card-data.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert, time } from '../text.ts';
import { buttons, execute, pressing, type RenderContext, refreshing } from './buttons.ts';
import {
  type Action,
  type AdaptiveCard,
  type ContainerStyle,
  card,
  type Element,
  line,
  ownLine,
  run,
  subtle,
} from './elements.ts';
import { facts, fit, header, nameOf, people, quote } from './pieces.ts';

export function approvalSummaryText(view: ApprovalView): string {
  return approvalHeadline(view, cut(view.title, 200));
}

/** With buttons where only those read it who may press them; elsewhere each one's own card brings them. */
export function approvalCard(view: ApprovalView, room: Room, draw: RenderContext): AdaptiveCard {
  const { audience, summary } = view;
  const body = [
    header(approvalSummaryText(view), styleOf(summary)),
    subtle([`Asked for by ${nameOf(view.requester)}`]),
    ...facts(view.facts, room),
    ...(view.reason === undefined ? [] : [quote(`${nameOf(view.requester)} wrote:`, view.reason, room)]),
    ...approvalElements(summary, room),
  ];
  const text = approvalSummaryText(view);
  const details = more(view, room, draw);
  if (draw.personal || audience === undefined)
    return card(body, text, { actions: [...buttons(view.actions, draw, audience?.show), ...details] });
  const show: CardData = { kind: 'refresh', ...audience.show };
  const known = audience.people.map(({ accounts }) => handleOf(accounts, draw));
  const userIds = known.filter((handle) => handle !== undefined).slice(0, LIMITS.refreshUsers);
  const complete = userIds.length === audience.people.length;
  return card(body, text, {
    actions: [...(complete ? [] : [execute('Show my buttons', show)]), ...details],
    ...(userIds.length === 0 ? {} : { refresh: { action: refreshing(show), userIds } }),
  });
}

/** What does not fit into a message may fit into a dialog. */
function more({ facts: entries, audience }: ApprovalView, room: Room, draw: RenderContext): Action[] {
  if (audience === undefined || draw.surface === 'dialog' || fit(entries, room)) return [];
  return [pressing('Details…', { kind: 'action', ...audience.show, nonce: draw.nonce }, draw, true)];
}

function handleOf(accounts: ApprovalView['requester']['accounts'], draw: RenderContext): string | undefined {
  return accounts
    .map((account) => draw.handles.get(accountKey(account)))
    .find((handle) => handle !== undefined);
}

function styleOf({ decision }: ApprovalSummary): ContainerStyle {
  if (decision === undefined) return 'warning';
  return decision.outcome === 'approved' ? 'good' : 'emphasis';
}

/** Who is waited for and why, or who decided, when and why. Shared by the request card and the approvers' card. */
export function approvalElements(summary: ApprovalSummary, room: Room): Element[] {
  return summary.decision === undefined
    ? openElements(summary, room)
    : decidedElements(summary, summary.decision, room);
}

function openElements(summary: ApprovalSummary, room: Room): Element[] {
  const because = cut(summary.because, room.reason);
  const given = summary.votes.filter(({ decision }) => decision === 'approve').length;
  const votes = summary.needed > 1 ? `${given} of ${summary.needed} approvals so far. ` : '';
  return [
    line(['⏳ ', run(votes, { weight: 'bolder' }), `Waiting for ${people(summary.approvers, 'or', room)}`]),
    ...(summary.deadline === undefined
      ? []
      : [ownLine(`Until ${time(summary.deadline)}`, { spacing: 'small', isSubtle: true, size: 'small' })]),
    ...(because === '' ? [] : [line([`Why: ${because}`], { spacing: 'small' })]),
    ...voteElements(summary, room),
  ];
}

function voteElements({ votes }: ApprovalSummary, room: Room): Element[] {
  return some(votes, room.rows).shown.flatMap((vote) => {
    const said = `${vote.decision === 'approve' ? '✅' : '⛔'} ${nameOf(vote.person)} ${vote.decision === 'approve' ? 'approved' : 'denied'}`;
    const when = ownLine(time(vote.at), { spacing: 'none', isSubtle: true, size: 'small' });
    const what =
      vote.reason === undefined
        ? line([said], { spacing: 'small' })
        : quote(`${said} and wrote:`, vote.reason, room);
    return [what, when];
  });
}

function decidedElements(
  summary: ApprovalSummary,
  { outcome, by, at, reason }: NonNullable<ApprovalSummary['decision']>,
  room: Room,
): Element[] {
  const because = inert(cut(summary.because, room.reason));
  return [
    line([run(DECISIONS[outcome](people(by, 'and', room)).replace(/,$/, ''), { weight: 'bolder' })]),
    ownLine(time(at), { spacing: 'none', isSubtle: true, size: 'small' }),
    ...(reason === undefined ? [] : [quote('Reason given:', reason, room)]),
    ...(because === '' ? [] : [subtle([`Why it was asked: ${because}`])]),
  ];
}
