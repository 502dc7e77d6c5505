import type { GrantPhase } from '../../../domain/access.ts';
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
import { ROOMS, type Room, some } from '../../rooms.ts';
import { cut, time } from '../text.ts';
import { approvalElements } from './approval.ts';
import { button, buttons, type RenderContext } from './buttons.ts';
import {
  type Action,
  type AdaptiveCard,
  type ContainerStyle,
  card,
  container,
  type Element,
  line,
  ownLine,
  run,
  subtle,
} from './elements.ts';
import { bulleted, facts, header, moment, nameOf, quote } from './pieces.ts';

const STYLES: Record<GrantPhase, ContainerStyle> = {
  requested: 'accent',
  'awaiting-approval': 'warning',
  granting: 'accent',
  active: 'good',
  revoking: 'warning',
  ended: 'emphasis',
};

/** Of one grant, the stages and extensions that are shown whole: each takes several lines. */
const shownWhole = ({ rows }: Room) => Math.ceil(rows / 4);

export function grantText(view: GrantView): string {
  return grantHeadline(view, cut(view.title, 150));
}

export function grantCard(view: GrantView, room: Room, draw: RenderContext): AdaptiveCard {
  const text = grantText(view);
  const body = [
    header(text, STYLES[view.phase]),
    ...aboutElements(view),
    line([cut(view.meaning, Math.min(room.reason, 600))]),
    ...facts(view.facts, room),
    quote(`${nameOf(view.requester)} wrote:`, view.reason, room),
    ...stageElements(view.approval, room),
    ...(isUnderway(view) ? holdingElements(view.holdings, room) : []),
    ...lifeElements(view),
    ...extensionElements(view.extensions, room),
    ...(view.trouble === undefined ? [] : [quote('⚠️ What went wrong:', view.trouble, room)]),
    ...bulleted('🕰️', 'What may stay possible for a while:', view.outlasts, room),
    ...endElements(view, room),
  ];
  return card(body, text, { actions: [...buttons(view.actions, draw), ...more(view, room, draw)] });
}

/** What does not fit into a message may fit into a dialog. */
function more({ details }: GrantView, room: Room, draw: RenderContext): Action[] {
  return draw.surface === 'dialog' || room === ROOMS[0] ? [] : [button(details, draw)];
}

function aboutElements({ id, beneficiary, requester, requestedAt }: GrantView): Element[] {
  const whose = beneficiary.id === requester.id ? '' : `For ${nameOf(beneficiary)}, asked`;
  return [
    subtle([`${whose || 'Asked'} for by ${nameOf(requester)}  ·  ID ${cut(id, 80)}`]),
    moment(time(requestedAt)),
  ];
}

/** The last of them, with what follows. */
function stageElements({ stages, later }: StagesView, room: Room): Element[] {
  const shown = stages.slice(-shownWhole(room));
  const earlier = stages.length - shown.length;
  const next = some(later, room.rows).shown.map((because) => cut(because, Math.min(room.reason, 200)));
  return [
    ...(earlier === 0 ? [] : [subtle([`… ${earlier} earlier stages are not shown`])]),
    ...shown.flatMap((stage) => approvalElements(stage, room)),
    ...(next.length === 0 ? [] : [subtle([`Then: ${next.join(', then ')}`])]),
  ];
}

function holdingElements(holdings: GrantHolding[], room: Room): Element[] {
  const { shown, more: left } = some(holdings, room.rows);
  return [
    ...shown.flatMap((holding) => {
      const words = holdingWords(holding);
      const behind = words === undefined ? '' : `: ${cut(words, Math.min(room.reason, 300))}`;
      return [
        line([
          `${HOLDING_GLYPHS[holding.state]}  `,
          run(cut(holding.text, 200), { weight: 'bolder' }),
          behind,
        ]),
        ...(holding.nextTryAt === undefined ? [] : [moment(`Next try ${time(holding.nextTryAt)}`)]),
      ];
    }),
    ...(left === 0 ? [] : [subtle([`… and ${left} more`])]),
  ];
}

function lifeElements({ phase, activatedAt, endsAt }: GrantView): Element[] {
  if (phase !== 'active' || endsAt === undefined) return [];
  return [
    ownLine(`⏰  Ends ${time(endsAt)}`, { weight: 'bolder' }),
    ...(activatedAt === undefined ? [] : [moment(`Given since ${time(activatedAt)}`)]),
  ];
}

/** One line each, and of the newest who decides or decided. */
function extensionElements(extensions: ExtensionView[], room: Room): Element[] {
  const newest = extensions.at(-1);
  if (newest === undefined) return [];
  return [
    ...extensions
      .slice(-room.rows)
      .flatMap((one) => [
        line([
          '➕  ',
          run(`${cut(one.extra, 80)} more`, { weight: 'bolder' }),
          `, asked for by ${nameOf(one.by)}: ${extensionWords(one)}`,
        ]),
        moment(time(one.askedAt)),
      ]),
    quote(`${nameOf(newest.by)} wrote:`, newest.reason, room),
    ...stageElements(newest.approval, room),
  ];
}

function endElements(view: GrantView, room: Room): Element[] {
  const { phase, end, endedAt, endedBy, endReason } = view;
  // The decision, with its time, stands there already.
  if (phase !== 'ended' || endedAt === undefined || end === 'denied' || end === 'timed-out') return [];
  const by = endedBy === undefined ? undefined : nameOf(endedBy);
  return [
    subtle([grantEnded(view, by)]),
    moment(time(endedAt)),
    ...(endReason === undefined ? [] : [quote('Reason given:', endReason, room)]),
  ];
}

export function grantWarningText(view: GrantWarningView): string {
  return `⏰ ${cut(view.title, 200)} ends soon`;
}

export function grantWarningElements(view: GrantWarningView): Element[] {
  const asked =
    view.asked === undefined
      ? []
      : [
          line([
            `${cut(view.asked, 80)} more is asked for. Until somebody approves it, the end stays as it is.`,
          ]),
        ];
  return [
    container(
      [
        line(['⏰ ', run(cut(view.title, 200), { weight: 'bolder' }), ' ends soon, and is taken back then.']),
        ownLine(time(view.endsAt), { spacing: 'small', weight: 'bolder' }),
      ],
      'warning',
    ),
    ...asked,
    subtle([`Given to ${nameOf(view.beneficiary)}`]),
  ];
}
