import type { CredentialsView } from '../../../domain/forms.ts';
import { LIMITS } from '../limits.ts';
import { cut, short } from '../text.ts';
import { type AdaptiveCard, card, type Element, line, subtle } from './elements.ts';

const LONG = 80;

/** Values stand in inputs, where they are exactly what they are, and are easily copied. Nothing sends them anywhere. */
export function credentialsCard(view: CredentialsView): AdaptiveCard {
  const body: Element[] = [
    line([`🔒 ${cut(view.note, 1_000)}`]),
    ...view.entries.map(({ key, value }, index): Element => {
      const label = short(key, LIMITS.label);
      if (value === '') return subtle([`${label}: (empty)`]);
      const long = value.length > LONG || /[\r\n]/.test(value);
      return {
        type: 'Input.Text',
        id: `value-${index}`,
        label,
        value,
        ...(long ? { isMultiline: true } : {}),
      };
    }),
  ];
  return card(body, short(view.title, LIMITS.title));
}
