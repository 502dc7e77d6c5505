import type { KnownBlock, SectionBlock } from '@slack/web-api';
import type {
  EnvironmentListView,
  ExplanationView,
  HelpView,
  TemplateListView,
} from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { ANSWERS, PHASES } from '../../wording.ts';
import { cut, inert } from '../text.ts';
import {
  button,
  context,
  header,
  mention,
  mrkdwn,
  plainText,
  quote,
  type RenderContext,
  sections,
  time,
} from './blocks.ts';

export function helpBlocks(view: HelpView, room: Room): KnownBlock[] {
  const { shown, more } = some(view.commands, Math.min(room.rows, 20));
  return [
    header(view.title),
    ...(view.intro === undefined ? [] : sections([inert(cut(view.intro, room.reason))])),
    ...shown.flatMap(({ usage, summary, examples }) => {
      const samples = some(examples, 3).shown.map(code).join('  or  ');
      return [
        ...sections([`${code(usage)}\n${inert(cut(summary, 300))}`]),
        ...(samples === '' ? [] : context([`For example ${samples}`])),
      ];
    }),
    ...(more === 0 ? [] : context([`… and ${more} more commands`])),
  ];
}

/** Something to type, in a code span that nothing inside it can end. */
function code(text: string): string {
  return `\`${inert(cut(text, 200))}\``;
}

export function templateListBlocks(view: TemplateListView, room: Room): KnownBlock[] {
  const { shown, more } = some(view.templates, Math.min(room.rows, 12));
  return [
    header('What you can request'),
    ...(shown.length === 0 ? sections(['There is no template to request from right now.']) : []),
    ...shown.flatMap((template): KnownBlock[] => {
      const parameters = some(template.parameters, room.rows);
      const names = parameters.shown.map(
        ({ name, summary, required }) =>
          `${inert(cut(name, 60))}${required ? ' (needed)' : ''}: ${inert(cut(summary, 100))}`,
      );
      return [
        {
          type: 'section',
          text: mrkdwn(
            `*${inert(cut(template.title, 120))}*  ·  ${code(template.name)} version ${template.version}\n${inert(cut(template.description, Math.min(room.reason, 600)))}`,
          ),
          accessory: button(template.action),
        },
        ...context([
          `Lives for ${inert(cut(template.livesFor, 80))}  ·  looked after by ${inert(cut(template.owner, 80))}`,
          ...(names.length === 0 ? [] : [`${names.join('  ·  ')}${parameters.more === 0 ? '' : '  ·  …'}`]),
        ]),
      ];
    }),
    ...(more === 0 ? [] : context([`… and ${more} more templates`])),
    ...some(view.problems, 5).shown.map(({ template, problem }) =>
      quote(`⚠️ ${code(template)} cannot be requested until this is repaired:`, problem, {
        ...room,
        reason: Math.min(room.reason, 300),
      }),
    ),
  ];
}

export function environmentListBlocks(
  view: EnvironmentListView,
  room: Room,
  draw: RenderContext,
): KnownBlock[] {
  const { shown, more } = some(view.items, room.rows);
  const left = view.more + more;
  return [
    header(view.title),
    ...(view.items.length === 0 ? sections([inert(cut(view.empty, room.reason))]) : []),
    ...shown.map((item) => environmentRow(item, draw)),
    ...(left === 0 ? [] : context([`… and ${left} more`])),
  ];
}

export function environmentRow(
  item: EnvironmentListView['items'][number],
  draw: RenderContext,
): SectionBlock {
  const expiry = item.expiresAt === undefined ? '' : `  ·  expires ${time(item.expiresAt, draw)}`;
  const about = `${inert(cut(item.template, 100))}  ·  ${inert(cut(item.team, 100))}  ·  ${mention(item.owner)}${expiry}`;
  return {
    type: 'section',
    text: mrkdwn(`*${inert(cut(item.name, 100))}*  ${PHASES[item.phase]}\n${about}`),
    accessory: button(item.action),
  };
}

export function explanationBlocks(view: ExplanationView, room: Room): KnownBlock[] {
  const { shown, more } = some(view.lines, Math.min(room.rows, 20));
  return [
    header(view.title),
    ...shown.flatMap(({ question, answer, rule, detail }): KnownBlock[] => [
      ...sections([`${inert(cut(question, 200))}  *${ANSWERS[answer]}*`]),
      {
        type: 'context',
        elements: [
          mrkdwn(`Rule ${code(rule)}`),
          ...(detail === undefined || detail === ''
            ? []
            : [plainText(cut(detail, Math.min(room.reason, 600)) || '(empty)')]),
        ],
      },
    ]),
    ...(more === 0 ? [] : context([`… and ${more} more`])),
  ];
}
