import type {
  EnvironmentListView,
  ExplanationView,
  HelpView,
  TemplateListView,
} from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { ANSWERS, PHASES } from '../../wording.ts';
import { cut, spelled, time } from '../text.ts';
import { button, type RenderContext } from './buttons.ts';
import { container, type Element, line, ownLine, row, run, subtle, type TextRun } from './elements.ts';
import { header, nameOf, quote } from './pieces.ts';

export function helpElements(view: HelpView, room: Room): Element[] {
  const { shown, more } = some(view.commands, Math.min(room.rows, 20));
  return [
    header(view.title),
    ...(view.intro === undefined ? [] : [line([spelled(cut(view.intro, room.reason))])]),
    ...shown.map(({ usage, summary, examples }) => {
      const samples = some(examples, 3).shown.flatMap((example, index) => [
        index === 0 ? 'For example ' : '  or  ',
        code(example),
      ]);
      return container([
        line([code(usage)]),
        line([spelled(cut(summary, 300))], { spacing: 'small' }),
        ...(samples.length === 0 ? [] : [subtle(samples)]),
      ]);
    }),
    ...(more === 0 ? [] : [subtle([`… and ${more} more commands`])]),
  ];
}

/** Something to type. */
function code(text: string): TextRun {
  return run(spelled(cut(text, 200)), { fontType: 'monospace' });
}

export function templateListElements(view: TemplateListView, room: Room, draw: RenderContext): Element[] {
  const { shown, more } = some(view.templates, Math.min(room.rows, 12));
  return [
    header('What you can request'),
    ...(shown.length === 0 ? [line(['There is no template to request from right now.'])] : []),
    ...shown.map((template) => {
      const parameters = some(template.parameters, room.rows);
      const names = parameters.shown.map(
        ({ name, summary, required }) =>
          `${cut(name, 60)}${required ? ' (needed)' : ''}: ${cut(summary, 100)}`,
      );
      const items = [
        line([
          run(cut(template.title, 120), { weight: 'bolder' }),
          '  ·  ',
          code(template.name),
          ` version ${template.version}`,
        ]),
        line([cut(template.description, Math.min(room.reason, 600))], { spacing: 'small' }),
        subtle([`Lives for ${cut(template.livesFor, 80)}  ·  looked after by ${cut(template.owner, 80)}`]),
        ...(names.length === 0
          ? []
          : [subtle([`${names.join('  ·  ')}${parameters.more === 0 ? '' : '  ·  …'}`])]),
      ];
      return row(items, button(template.action, draw));
    }),
    ...(more === 0 ? [] : [subtle([`… and ${more} more templates`])]),
    ...some(view.problems, 5).shown.map(({ template, problem }) =>
      quote(`⚠️ ${cut(template, 200)} cannot be requested until this is repaired:`, problem, {
        ...room,
        reason: Math.min(room.reason, 300),
      }),
    ),
  ];
}

export function environmentListElements(
  view: EnvironmentListView,
  room: Room,
  draw: RenderContext,
): Element[] {
  const { shown, more } = some(view.items, room.rows);
  const left = view.more + more;
  return [
    header(view.title),
    ...(view.items.length === 0 ? [line([spelled(cut(view.empty, room.reason))])] : []),
    ...shown.map((item) => environmentRow(item, draw)),
    ...(left === 0 ? [] : [subtle([`… and ${left} more`])]),
  ];
}

export function environmentRow(item: EnvironmentListView['items'][number], draw: RenderContext): Element {
  const items = [
    line([run(cut(item.name, 100), { weight: 'bolder' }), `  ${PHASES[item.phase]}`]),
    subtle([`${cut(item.template, 100)}  ·  ${cut(item.team, 100)}  ·  ${nameOf(item.owner)}`]),
    ...(item.expiresAt === undefined
      ? []
      : [ownLine(`Expires ${time(item.expiresAt)}`, { spacing: 'none', isSubtle: true, size: 'small' })]),
  ];
  return row(items, button(item.action, draw));
}

export function explanationElements(view: ExplanationView, room: Room): Element[] {
  const { shown, more } = some(view.lines, Math.min(room.rows, 20));
  return [
    header(view.title),
    ...shown.map(({ question, answer, rule, detail }) =>
      container([
        line([`${spelled(cut(question, 200))}  `, run(ANSWERS[answer], { weight: 'bolder' })]),
        subtle(['Rule ', run(cut(rule, 200), { fontType: 'monospace' })]),
        ...(detail === undefined || detail === ''
          ? []
          : [subtle([spelled(cut(detail, Math.min(room.reason, 600))) || '(empty)'])]),
      ]),
    ),
    ...(more === 0 ? [] : [subtle([`… and ${more} more`])]),
  ];
}
