import type { FormView } from '../../../domain/forms.ts';
import type { CardData } from '../card-data.ts';
import { LIMITS } from '../limits.ts';
import { short } from '../text.ts';
import { dialogOpener } from './buttons.ts';
import { card, line, run, subtle } from './elements.ts';
import type { TeamsMessage } from './index.ts';

type Titled = Pick<FormView, 'title'>;

/** What a typed command is answered with that needs a form: Teams opens dialogs for buttons only. */
export function launcherCard({ title }: Titled, data: CardData): TeamsMessage {
  const summary = short(title, LIMITS.title);
  const body = [
    line([run(summary, { weight: 'bolder' })]),
    subtle(['A few things are still open. Nothing happens before you have sent the form.']),
  ];
  return { summary, card: card(body, summary, { actions: [dialogOpener('Fill in the form…', data)] }) };
}

/** What becomes of it where others read it, too: the answer is for one person alone. */
export function launchedCard({ title }: Titled): TeamsMessage {
  const summary = short(title, LIMITS.title);
  const body = [
    line([run(summary, { weight: 'bolder' })]),
    subtle(['The form has been sent. To start again, type the command again.']),
  ];
  return { summary, card: card(body, summary) };
}
