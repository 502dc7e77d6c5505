import type { IncidentAct } from './incident-acts.ts';
import type { IncidentActionId, IncidentFormId } from './incident-forms.ts';
import type { ActionButton } from './views.ts';

type Look = Pick<ActionButton, 'style' | 'confirm'>;

/** In an act on a card that many see: the person who presses, and the account it is pressed with. */
export const WHOEVER_PRESSES = 'me';
export const ACCOUNT_THAT_PRESSES = 'mine';

/** Does it as soon as it is pressed. */
export function actButton(number: number, label: string, act: IncidentAct, look: Look = {}): ActionButton {
  return {
    actionId: 'incident.act',
    label,
    ...look,
    payload: { number: `${number}`, act: JSON.stringify(act) },
  };
}

/** Opens a form, filled with what is known already. */
export function formButton(
  number: number,
  label: string,
  form: IncidentFormId,
  { style, ...prefill }: Pick<Look, 'style'> & { role?: string; template?: string } = {},
): ActionButton {
  return {
    actionId: 'incident.form',
    label,
    ...(style === undefined ? {} : { style }),
    payload: { number: `${number}`, form, ...prefill },
  };
}

/** Shows something of the incident, to whoever presses. */
export function lookButton(number: number, label: string, actionId: IncidentActionId): ActionButton {
  return { actionId, label, payload: { number: `${number}` } };
}

export function showIncidentButton(number: number): ActionButton {
  return lookButton(number, 'Show', 'incident.show');
}

export function acknowledgeButton(number: number): ActionButton {
  return actButton(number, 'Acknowledge', { kind: 'acknowledge' }, { style: 'primary' });
}
