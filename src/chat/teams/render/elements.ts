import type { CardData } from '../card-data.ts';

/** As much of Adaptive Cards 1.5 as we draw. Source: adaptivecards.io/schemas/1.5.0. */

export type Colour = 'default' | 'good' | 'warning' | 'attention' | 'accent';
export type ContainerStyle = 'default' | 'emphasis' | Exclude<Colour, 'default'>;
type Spacing = 'none' | 'small' | 'medium' | 'large';

interface Placed {
  spacing?: Spacing;
  separator?: boolean;
}

interface TextStyle {
  size?: 'small' | 'medium' | 'large';
  weight?: 'bolder';
  color?: Colour;
  isSubtle?: boolean;
  fontType?: 'monospace';
}

export interface TextRun extends TextStyle {
  type: 'TextRun';
  text: string;
}

interface InputBase extends Placed {
  id: string;
  label?: string;
  isRequired?: boolean;
  errorMessage?: string;
}

export type Element =
  | ({ type: 'TextBlock'; text: string; wrap: true } & TextStyle & Placed)
  | ({ type: 'RichTextBlock'; inlines: TextRun[] } & Placed)
  | ({ type: 'Container'; items: Element[]; style?: ContainerStyle; bleed?: boolean } & Placed)
  | ({ type: 'ColumnSet'; columns: Column[] } & Placed)
  | ({ type: 'ActionSet'; actions: Action[] } & Placed)
  | ({ type: 'Image'; url: string; altText: string } & Placed)
  | ({
      type: 'Input.Text';
      value?: string;
      placeholder?: string;
      isMultiline?: boolean;
      maxLength?: number;
    } & InputBase)
  | ({
      type: 'Input.ChoiceSet';
      style: 'compact';
      choices: { title: string; value: string }[];
      value?: string;
      placeholder?: string;
    } & InputBase)
  | ({ type: 'Input.Toggle'; title: string; value: string; valueOn: 'true'; valueOff: 'false' } & InputBase);

interface Column {
  type: 'Column';
  width: 'auto' | 'stretch';
  items: Element[];
  verticalContentAlignment?: 'center';
}

interface ActionBase {
  title: string;
  style?: 'positive' | 'destructive';
}

export interface ActionData {
  purser: CardData;
  msteams?: { type: 'task/fetch' };
}

export interface SubmitAction extends ActionBase {
  type: 'Action.Submit';
  data: ActionData;
  associatedInputs?: 'auto' | 'none';
}

export interface ExecuteAction extends ActionBase {
  type: 'Action.Execute';
  verb: string;
  data: ActionData;
  associatedInputs?: 'auto' | 'none';
  fallback?: SubmitAction;
}

export type Action =
  | SubmitAction
  | ExecuteAction
  | (ActionBase & { type: 'Action.OpenUrl'; url: string })
  | (ActionBase & {
      type: 'Action.ShowCard';
      card: { type: 'AdaptiveCard'; body: Element[]; actions: Action[] };
    });

export interface AdaptiveCard {
  $schema: string;
  type: 'AdaptiveCard';
  version: '1.5';
  msteams: { width: 'Full' };
  fallbackText: string;
  body: Element[];
  actions?: Action[];
  refresh?: { action: ExecuteAction; userIds: string[] };
}

export function card(
  body: Element[],
  fallbackText: string,
  more: Pick<AdaptiveCard, 'actions' | 'refresh'> = {},
): AdaptiveCard {
  const { actions = [], refresh } = more;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    msteams: { width: 'Full' },
    fallbackText,
    body,
    ...(actions.length === 0 ? {} : { actions }),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

export function run(text: string, style: TextStyle = {}): TextRun {
  return { type: 'TextRun', text, ...style };
}

/** A line that may hold what people typed. */
export function line(runs: (TextRun | string)[], placed: Placed = {}): Element {
  const inlines = runs.map((part) => (typeof part === 'string' ? run(part) : part));
  return { type: 'RichTextBlock', inlines: inlines.filter(({ text }) => text !== ''), ...placed };
}

/** A line of ours alone: it is markdown, and its dates are drawn in the reader's time zone. */
export function ownLine(text: string, style: TextStyle & Placed = {}): Element {
  return { type: 'TextBlock', text, wrap: true, ...style };
}

export function subtle(runs: (TextRun | string)[]): Element {
  const quiet = runs.map((part) => (typeof part === 'string' ? run(part) : part));
  return line(
    quiet.map((part) => ({ ...part, isSubtle: true, size: 'small' as const })),
    { spacing: 'small' },
  );
}

export function container(items: Element[], style?: ContainerStyle, placed: Placed = {}): Element {
  return { type: 'Container', items, ...(style === undefined ? {} : { style }), ...placed };
}

/** What a list entry says, and its buttons at the end. */
export function row(items: Element[], ...actions: Action[]): Element {
  return {
    type: 'ColumnSet',
    separator: true,
    columns: [
      { type: 'Column', width: 'stretch', items },
      {
        type: 'Column',
        width: 'auto',
        verticalContentAlignment: 'center',
        items: [{ type: 'ActionSet', actions }],
      },
    ],
  };
}
