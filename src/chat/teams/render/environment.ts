import type { EnvironmentPhase, StepProgress, Trouble } from '../../../domain/environments.ts';
import type { EnvironmentView } from '../../../domain/views.ts';
import { ROOMS, type Room, some } from '../../rooms.ts';
import { formatStepTime } from '../../text.ts';
import {
  deletionCause,
  endedBy,
  environmentHeadline,
  FAILED_EXPIRY,
  STEP_GLYPHS,
  visibleSteps,
} from '../../wording.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert, short, spelled, time, webAddress } from '../text.ts';
import { approvalElements } from './approval.ts';
import { button, buttons, type RenderContext } from './buttons.ts';
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
import { bulleted, facts, fit, header, nameOf, quote } from './pieces.ts';

const STYLES: Record<EnvironmentPhase, ContainerStyle> = {
  requested: 'accent',
  'awaiting-approval': 'warning',
  provisioning: 'accent',
  ready: 'good',
  failed: 'attention',
  'rolling-back': 'warning',
  deleting: 'warning',
  gone: 'emphasis',
};

export function environmentSummaryText(view: EnvironmentView): string {
  return environmentHeadline(view, cut(view.name, 100));
}

export function environmentCard(view: EnvironmentView, room: Room, draw: RenderContext): AdaptiveCard {
  const about = `${cut(view.template, 120)} for team ${cut(view.team, 120)}, asked for by ${nameOf(view.requester)}`;
  const text = environmentSummaryText(view);
  const body = [
    header(text, STYLES[view.phase]),
    subtle([about]),
    ownLine(time(view.requestedAt), { spacing: 'none', isSubtle: true, size: 'small' }),
    ...facts(
      view.parameters.map(({ name, value }) => ({ label: name, value })),
      room,
    ),
    ...(view.approval === undefined ? [] : approvalElements(view.approval, room)),
    ...progressElements(view, room),
    ...(view.phase === 'ready' ? readyElements(view, room) : []),
    ...(view.trouble === undefined ? [] : troubleElements(view.trouble, view.steps, room)),
    ...(view.phase === 'failed' && view.expiresAt !== undefined
      ? [ownLine(`⏰  ${FAILED_EXPIRY} ${time(view.expiresAt)}`)]
      : []),
    ...bulleted('🧹', 'Could not be undone, please look after it:', view.leftovers, room),
    ...endElements(view),
  ];
  return card(body, text, { actions: [...buttons(view.actions, draw), ...more(view, room, draw)] });
}

/** What does not fit into a message may fit into a dialog. */
function more({ name, parameters }: EnvironmentView, room: Room, draw: RenderContext): Action[] {
  if (draw.surface === 'dialog' || (room === ROOMS[0] && fit(parameters, room))) return [];
  return [button({ actionId: 'environment.show', label: 'Details…', payload: { name } }, draw)];
}

/** What will be built, what is being built, or one line on what was. */
function progressElements({ phase, steps }: EnvironmentView, room: Room): Element[] {
  if (steps.length === 0) return [];
  if (phase === 'requested' || phase === 'awaiting-approval') {
    return [subtle([`Will be built: ${listed(steps.map(stepTitle), room)}`])];
  }
  if (phase === 'ready') return [subtle([`Built: ${listed(steps.map(doneStep), room)}`])];
  if (phase === 'provisioning' || phase === 'failed') return checklist(steps, room);
  return [];
}

function checklist(steps: StepProgress[], room: Room): Element[] {
  const { earlier, shown, later } = visibleSteps(steps, room.rows);
  return [
    ...(earlier === 0 ? [] : [line([`✅  ${earlier} earlier steps`])]),
    ...shown.map(stepLine),
    ...(later === 0 ? [] : [line([`▫️  ${later} more steps`], { spacing: 'small' })]),
  ];
}

function stepLine(step: StepProgress, index: number): Element {
  const current = step.state === 'running' || step.state === 'failed';
  const took = step.tookMs === undefined ? '' : `  ·  ${formatStepTime(step.tookMs)}`;
  return line(
    [
      `${STEP_GLYPHS[step.state]}  `,
      run(stepTitle(step), current ? { weight: 'bolder' } : {}),
      run(step.state === 'running' ? ' …' : took, { isSubtle: true }),
    ],
    index === 0 ? {} : { spacing: 'small' },
  );
}

function stepTitle({ title }: StepProgress): string {
  return cut(title, 100);
}

function doneStep(step: StepProgress): string {
  return step.tookMs === undefined ? stepTitle(step) : `${stepTitle(step)} ${formatStepTime(step.tookMs)}`;
}

function listed(items: string[], room: Room): string {
  const { shown, more: left } = some(items, room.rows);
  return `${shown.join(', ')}${left === 0 ? '' : ` and ${left} more`}`;
}

function readyElements(view: EnvironmentView, room: Room): Element[] {
  const { shown, more: left } = some(view.urls, room.rows);
  return [
    ...shown.flatMap(({ key, url }) => addressElements(key, url, room)),
    ...(left === 0 ? [] : [subtle([`… and ${left} more addresses`])]),
    ...(view.expiresAt === undefined ? [] : [ownLine(`⏰  Expires ${time(view.expiresAt)}`)]),
  ];
}

/** The address stands there to be read and copied, and opens when it is one of the web. */
function addressElements(key: string, url: string, room: Room): Element[] {
  const visible = inert(url);
  const text = visible.length <= room.fact ? visible : `(not shown: ${url.length} characters long)`;
  const address = webAddress(url);
  const shown = line(['🔗  ', run(cut(key, 60), { weight: 'bolder' }), `  ${text}`]);
  if (address === undefined || address.length > room.fact) return [shown];
  const open: Action = {
    type: 'Action.OpenUrl',
    title: `Open ${short(key, LIMITS.buttonTitle)}`,
    url: address,
  };
  return [shown, { type: 'ActionSet', actions: [open], spacing: 'small' }];
}

/** What failed, why in the cluster's own words, what it last said, and the one next thing to do. */
function troubleElements(trouble: Trouble, steps: StepProgress[], room: Room): Element[] {
  const step = steps.find(({ id }) => id === trouble.step);
  const where = step === undefined ? '' : ` in step ${stepTitle(step)}`;
  const what = trouble.object === undefined ? 'This went wrong' : `${cut(trouble.object, 200)} did not work`;
  const event = { ...room, reason: Math.min(room.reason, 600) };
  return [
    line(['⚠️ ', run(`${what}${where}:`, { weight: 'bolder' })]),
    line([cut(trouble.reason, room.reason) || '(no reason was given)'], { spacing: 'small' }),
    ...some(trouble.events, 3).shown.map((said, index) =>
      quote(index === 0 ? 'Last event:' : 'Before:', said, event),
    ),
    line(['👉 ', run('Next: ', { weight: 'bolder' }), spelled(cut(trouble.next, room.reason))]),
  ];
}

function endElements(view: EnvironmentView): Element[] {
  const by = view.deletedBy === undefined ? undefined : nameOf(view.deletedBy);
  if (view.phase === 'deleting') return [subtle([deletionCause(view, by)])];
  if (view.phase !== 'gone' || view.endedAt === undefined) return [];
  // The decision, with its time, stands there already.
  if (view.end === 'denied' || view.end === 'timed-out') return [];
  return [
    subtle([endedBy(view, by)]),
    ownLine(time(view.endedAt), { spacing: 'none', isSubtle: true, size: 'small' }),
  ];
}
