import type { KnownBlock } from '@slack/web-api';
import type {
  ExtensionView,
  GrantHolding,
  GrantView,
  GrantWarningView,
  StagesView,
} from '../../../domain/access-view-types.ts';
import {
  extensionWords,
  grantEnded,
  grantHeadline,
  HOLDING_GLYPHS,
  holdingWords,
  isUnderway,
} from '../../access-wording.ts';
import { type Room, some } from '../../rooms.ts';
import { plain } from '../../text.ts';
import { cut, inert } from '../text.ts';
import { approvalBlocks } from './approval-summary.ts';
import {
  actions,
  bulleted,
  context,
  facts,
  header,
  mention,
  quote,
  type RenderContext,
  sections,
  time,
} from './blocks.ts';

/** Of one grant, the stages and extensions that are shown whole: each takes several blocks. */
const shownWhole = ({ rows }: Room) => Math.ceil(rows / 4);

export function grantText(view: GrantView): string {
  return inert(cut(grantHeadline(view, plain(view.title)), 300));
}

export function grantBlocks(view: GrantView, room: Room, draw: RenderContext): KnownBlock[] {
  return [
    header(grantHeadline(view, plain(view.title))),
    ...context([aboutLine(view, draw), `ID ${inert(cut(view.id, 80))}`]),
    ...sections([inert(cut(view.meaning, Math.min(room.reason, 600)))]),
    ...facts(view.facts, room),
    quote(`${mention(view.requester)} wrote:`, view.reason, room),
    ...stageBlocks(view.approval, room, draw),
    ...(isUnderway(view) ? holdingBlocks(view.holdings, room, draw) : []),
    ...lifeBlocks(view, draw),
    ...extensionBlocks(view.extensions, room, draw),
    ...(view.trouble === undefined ? [] : [quote('⚠️ What went wrong:', view.trouble, room)]),
    ...bulleted('🕰️', 'What may stay possible for a while:', view.outlasts, room),
    ...endBlocks(view, room, draw),
    ...actions(view.actions),
  ];
}

function aboutLine({ beneficiary, requester, requestedAt }: GrantView, draw: RenderContext): string {
  const whose = beneficiary.id === requester.id ? '' : `For ${mention(beneficiary)}, asked`;
  return `${whose || 'Asked'} for by ${mention(requester)} ${time(requestedAt, draw)}`;
}

/** The last of them, with what follows. */
function stageBlocks({ stages, later }: StagesView, room: Room, draw: RenderContext): KnownBlock[] {
  const shown = stages.slice(-shownWhole(room));
  const earlier = stages.length - shown.length;
  const next = some(later, room.rows).shown.map((because) => inert(cut(because, Math.min(room.reason, 200))));
  return [
    ...(earlier === 0 ? [] : context([`… ${earlier} earlier stages are not shown`])),
    ...shown.flatMap((stage) => approvalBlocks(stage, room, draw)),
    ...(next.length === 0 ? [] : context([`Then: ${next.join(', then ')}`])),
  ];
}

function holdingBlocks(holdings: GrantHolding[], room: Room, draw: RenderContext): KnownBlock[] {
  const { shown, more } = some(holdings, room.rows);
  const lines = shown.map((holding) => {
    const words = holdingWords(holding);
    const behind = words === undefined ? '' : `: ${inert(cut(words, Math.min(room.reason, 300)))}`;
    const again = holding.nextTryAt === undefined ? '' : `  ·  next try ${time(holding.nextTryAt, draw)}`;
    return `${HOLDING_GLYPHS[holding.state]}  *${inert(cut(holding.text, 200))}*${behind}${again}`;
  });
  return sections([...lines, ...(more === 0 ? [] : [`… and ${more} more`])]);
}

function lifeBlocks({ phase, activatedAt, endsAt }: GrantView, draw: RenderContext): KnownBlock[] {
  if (phase !== 'active' || endsAt === undefined) return [];
  return [
    ...sections([`⏰  *Ends ${time(endsAt, draw)}*`]),
    ...(activatedAt === undefined ? [] : context([`Given since ${time(activatedAt, draw)}`])),
  ];
}

/** One line each, and of the newest who decides or decided. */
function extensionBlocks(extensions: ExtensionView[], room: Room, draw: RenderContext): KnownBlock[] {
  const newest = extensions.at(-1);
  if (newest === undefined) return [];
  const shown = extensions.slice(-room.rows);
  const lines = shown.map(
    (one) =>
      `➕  *${inert(cut(one.extra, 80))} more*, asked for by ${mention(one.by)} ${time(one.askedAt, draw)}: ${extensionWords(one)}`,
  );
  return [
    ...sections(lines),
    quote(`${mention(newest.by)} wrote:`, newest.reason, room),
    ...stageBlocks(newest.approval, room, draw),
  ];
}

function endBlocks(view: GrantView, room: Room, draw: RenderContext): KnownBlock[] {
  const { phase, end, endedAt, endedBy, endReason } = view;
  // The decision, with its time, stands there already.
  if (phase !== 'ended' || endedAt === undefined || end === 'denied' || end === 'timed-out') return [];
  const by = endedBy === undefined ? undefined : mention(endedBy);
  return [
    ...context([`${grantEnded(view, by)} ${time(endedAt, draw)}`]),
    ...(endReason === undefined ? [] : [quote('Reason given:', endReason, room)]),
  ];
}

export function grantWarningText(view: GrantWarningView): string {
  return `⏰ ${inert(cut(view.title, 200))} ends soon`;
}

export function grantWarningBlocks(view: GrantWarningView, draw: RenderContext): KnownBlock[] {
  const asked =
    view.asked === undefined
      ? []
      : [
          `${inert(cut(view.asked, 80))} more is asked for. Until somebody approves it, the end stays as it is.`,
        ];
  return [
    ...sections([
      `⏰ *${inert(cut(view.title, 200))}* ends ${time(view.endsAt, draw)}, and is taken back then.`,
      ...asked,
    ]),
    ...context([`Given to ${mention(view.beneficiary)}`]),
    ...actions(view.actions),
  ];
}
