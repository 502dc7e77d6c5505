import type { ActionButton, ActionId } from '../../../domain/views.ts';
import { CARD_DATA, type CardData, VERB } from '../card-data.ts';
import { LIMITS } from '../limits.ts';
import { cut, short, spelled } from '../text.ts';
import { type Action, type Element, type ExecuteAction, line, type SubmitAction } from './elements.ts';

/** How a card is drawn. */
export interface RenderContext {
  /** Whether the client opens dialogs. */
  dialogs: boolean;
  /** Whether only one person reads it. */
  personal: boolean;
  /** Teams' own ids of people by `accountKey`, as far as they are known. */
  handles: ReadonlyMap<string, string>;
  /** A message, or the inside of a dialog: its buttons work differently, and it may be larger. */
  surface: 'message' | 'dialog';
  /** Made up for this drawing: what is pressed or sent twice on it is one delivery. */
  nonce: string;
}

/** What is answered by a form, by a question or by something to read opens a dialog, seen by one person alone. */
const OPENS_DIALOG: Record<ActionId, boolean> = {
  'environment.request': true,
  'environment.approve': false,
  'environment.deny': true,
  'environment.approval': false,
  'environment.reveal': true,
  'environment.delete': true,
  'environment.delete-confirmed': false,
  'environment.retry': false,
  'environment.bigger': true,
  'environment.roll-back': false,
  'environment.show': true,
  'quota.ask': true,
  'quota.approve': false,
  'quota.deny': true,
  'quota.approval': false,
  'link.request': false,
  'link.decide': true,
  'link.deny': true,
  'link.approval': false,
  'link.end': false,
  'user.show': true,
  'departure.request': true,
  'departure.approve': false,
  'departure.deny': true,
  'departure.approval': false,
  'departure.show': true,
  'departure.withdraw': false,
  'departure.done': false,
  'departure.undo': false,
  'departure.certificate': true,
  'team.show': true,
  'access.request': true,
  'access.approve': false,
  'access.deny': true,
  'access.approval': false,
  'access.extend': true,
  'access.end': true,
  'access.end-confirmed': false,
  'access.show': true,
  'people.approve': false,
  'people.deny': true,
  'people.approval': false,
  'people.withdraw': false,
  'arrival.move': true,
  'incident.declare': true,
  'incident.form': true,
  'incident.act': false,
  'incident.pick': true,
  'incident.show': true,
  'incident.timeline': true,
  'incident.tasks': true,
  'incident.export': true,
  'incident.review': true,
};

/** Also whatever is none of ours: nobody knows what pressing it again does. */
export function opensDialog(actionId: string): boolean {
  return OPENS_DIALOG[actionId as ActionId] ?? true;
}

const STYLES = { primary: 'positive', danger: 'destructive' } as const;

/** `card` asks for the card they stand on as it is by then. */
export function buttons(
  actions: ActionButton[] | undefined,
  draw: RenderContext,
  card?: Pick<ActionButton, 'actionId' | 'payload'>,
): Action[] {
  return (actions ?? []).slice(0, LIMITS.actions).map((action) => button(action, draw, card));
}

/** All of them, in as many rows as it takes. */
export function buttonRows(actions: Action[]): Element[] {
  const rows = Math.ceil(actions.length / LIMITS.rowActions);
  const each = Math.ceil(actions.length / rows);
  return Array.from({ length: rows }, (_, row) => ({
    type: 'ActionSet',
    actions: actions.slice(row * each, (row + 1) * each),
  }));
}

export function button(
  action: ActionButton,
  draw: RenderContext,
  card?: Pick<ActionButton, 'actionId' | 'payload'>,
): Action {
  const { actionId, payload, confirm } = action;
  const style = action.style === undefined ? {} : { style: STYLES[action.style] };
  const data: CardData = {
    kind: 'action',
    actionId,
    payload,
    nonce: draw.nonce,
    ...(card === undefined ? {} : { card }),
  };
  const press = (title: string): Action => ({
    ...pressing(title, data, draw, OPENS_DIALOG[actionId]),
    ...style,
  });
  const title = short(action.label, LIMITS.buttonTitle);
  if (confirm === undefined) return press(title);
  const question = line([cut(spelled(confirm.text), LIMITS.question)]);
  return {
    type: 'Action.ShowCard',
    title,
    ...style,
    card: {
      type: 'AdaptiveCard',
      body: [question],
      actions: [press(short(confirm.confirmLabel, LIMITS.buttonTitle))],
    },
  };
}

/** In the form that the place and the client take. */
export function pressing(
  title: string,
  data: CardData,
  { surface, dialogs }: Pick<RenderContext, 'surface' | 'dialogs'>,
  opensDialog: boolean,
): SubmitAction | ExecuteAction {
  if (surface === 'dialog') return submit(title, data);
  if (opensDialog && dialogs) return dialogOpener(title, data);
  return execute(title, data);
}

export function submit(title: string, data: CardData): SubmitAction {
  return { type: 'Action.Submit', title, data: { [CARD_DATA]: data } };
}

export function dialogOpener(title: string, data: CardData): SubmitAction {
  return { type: 'Action.Submit', title, data: { msteams: { type: 'task/fetch' }, [CARD_DATA]: data } };
}

export function execute(title: string, data: CardData): ExecuteAction {
  return { ...refreshing(data), title, fallback: submit(title, data) };
}

/** What the client executes by itself. */
export function refreshing(data: CardData): ExecuteAction {
  return { type: 'Action.Execute', title: 'Refresh', verb: VERB, data: { [CARD_DATA]: data } };
}
