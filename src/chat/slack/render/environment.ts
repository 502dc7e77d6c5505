import type { KnownBlock } from '@slack/web-api';
import type { StepProgress, Trouble } from '../../../domain/environments.ts';
import type { EnvironmentView } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { formatStepTime } from '../../text.ts';
import {
  deletionCause,
  endedBy,
  environmentHeadline,
  FAILED_EXPIRY,
  STEP_GLYPHS,
  visibleSteps,
} from '../../wording.ts';
import { cut, inert, link, weight } from '../text.ts';
import { approvalBlocks } from './approval-summary.ts';
import {
  actions,
  bulleted,
  context,
  facts,
  header,
  mention,
  plainText,
  quote,
  type RenderContext,
  sections,
  time,
} from './blocks.ts';

function headline(view: EnvironmentView): string {
  return environmentHeadline(view, cut(view.name, 100));
}

export function environmentText(view: EnvironmentView): string {
  return inert(headline(view));
}

export function environmentBlocks(view: EnvironmentView, room: Room, draw: RenderContext): KnownBlock[] {
  const about = `${inert(cut(view.template, 120))} for team ${inert(cut(view.team, 120))}, asked for by ${mention(view.requester)} ${time(view.requestedAt, draw)}`;
  return [
    header(headline(view)),
    ...context([about]),
    ...facts(
      view.parameters.map(({ name, value }) => ({ label: name, value })),
      room,
    ),
    ...(view.approval === undefined ? [] : approvalBlocks(view.approval, room, draw)),
    ...progressBlocks(view, room),
    ...(view.phase === 'ready' ? readyBlocks(view, room, draw) : []),
    ...(view.trouble === undefined ? [] : troubleBlocks(view.trouble, view.steps, room)),
    ...(view.phase === 'failed' && view.expiresAt !== undefined
      ? context([`⏰  ${FAILED_EXPIRY} ${time(view.expiresAt, draw)}`])
      : []),
    ...bulleted('🧹', 'Could not be undone, please look after it:', view.leftovers, room),
    ...endBlocks(view, draw),
    ...actions(view.actions),
  ];
}

/** What will be built, what is being built, or one line on what was. */
function progressBlocks({ phase, steps }: EnvironmentView, room: Room): KnownBlock[] {
  if (steps.length === 0) return [];
  if (phase === 'requested' || phase === 'awaiting-approval') {
    return context([`Will be built: ${listed(steps.map(stepTitle), room)}`]);
  }
  if (phase === 'ready') return context([`Built: ${listed(steps.map(doneStep), room)}`]);
  if (phase === 'provisioning' || phase === 'failed') return sections(checklist(steps, room));
  return [];
}

function checklist(steps: StepProgress[], room: Room): string[] {
  const { earlier, shown, later } = visibleSteps(steps, room.rows);
  return [
    ...(earlier === 0 ? [] : [`✅ ${earlier} earlier steps`]),
    ...shown.map(stepLine),
    ...(later === 0 ? [] : [`▫️ ${later} more steps`]),
  ];
}

function stepLine(step: StepProgress): string {
  const title =
    step.state === 'running' || step.state === 'failed' ? `*${stepTitle(step)}*` : stepTitle(step);
  const took = step.tookMs === undefined ? '' : `  ·  ${formatStepTime(step.tookMs)}`;
  return `${STEP_GLYPHS[step.state]}  ${title}${step.state === 'running' ? ' …' : took}`;
}

function stepTitle({ title }: StepProgress): string {
  return inert(cut(title, 100));
}

function doneStep(step: StepProgress): string {
  return step.tookMs === undefined ? stepTitle(step) : `${stepTitle(step)} ${formatStepTime(step.tookMs)}`;
}

function listed(items: string[], room: Room): string {
  const { shown, more } = some(items, room.rows);
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function readyBlocks(view: EnvironmentView, room: Room, draw: RenderContext): KnownBlock[] {
  const { shown, more } = some(view.urls, room.rows);
  const urls = shown.map(({ key, url }) => {
    const address = weight(url) <= room.fact ? link(url) : `(not shown: ${url.length} characters long)`;
    return `🔗  *${inert(cut(key, 60))}*  ${address}`;
  });
  const expiry = view.expiresAt === undefined ? [] : [`⏰  Expires ${time(view.expiresAt, draw)}`];
  return sections([...urls, ...(more === 0 ? [] : [`… and ${more} more addresses`]), ...expiry]);
}

/** What failed, why in the cluster's own words, what it last said, and the one next thing to do. */
function troubleBlocks(trouble: Trouble, steps: StepProgress[], room: Room): KnownBlock[] {
  const step = steps.find(({ id }) => id === trouble.step);
  const where = step === undefined ? '' : ` in step *${stepTitle(step)}*`;
  const what =
    trouble.object === undefined ? 'This went wrong' : `*${inert(cut(trouble.object, 200))}* did not work`;
  return [
    ...sections([`⚠️ ${what}${where}:`]),
    { type: 'section', text: plainText(cut(trouble.reason, room.reason) || '(no reason was given)') },
    ...some(trouble.events, 3).shown.map((event, index) =>
      quote(index === 0 ? 'Last event:' : 'Before:', event, { ...room, reason: Math.min(room.reason, 600) }),
    ),
    ...sections([`👉 *Next:* ${inert(cut(trouble.next, room.reason))}`]),
  ];
}

function endBlocks(view: EnvironmentView, draw: RenderContext): KnownBlock[] {
  const by = view.deletedBy === undefined ? undefined : mention(view.deletedBy);
  if (view.phase === 'deleting') return context([deletionCause(view, by)]);
  if (view.phase !== 'gone' || view.endedAt === undefined) return [];
  // The decision, with its time, stands there already.
  if (view.end === 'denied' || view.end === 'timed-out') return [];
  return context([`${endedBy(view, by)} ${time(view.endedAt, draw)}`]);
}
