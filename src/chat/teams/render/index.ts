import type { CredentialsView, FormView } from '../../../domain/forms.ts';
import type { IncidentStatsView } from '../../../domain/incident-view-types.ts';
import type { HomeView, MessageView, View } from '../../../domain/views.ts';
import { ChatError } from '../../adapter.ts';
import { ROOMS, type Room } from '../../rooms.ts';
import { bytesOf, LIMITS } from '../limits.ts';
import { cut, short } from '../text.ts';
import { approvalCard, approvalSummaryText } from './approval.ts';
import { buttons, type RenderContext } from './buttons.ts';
import { credentialsCard } from './credentials.ts';
import { type AdaptiveCard, card, type Element } from './elements.ts';
import { environmentCard, environmentSummaryText } from './environment.ts';
import { type FormContext, formCard } from './form.ts';
import { grantCard, grantText, grantWarningElements, grantWarningText } from './grant.ts';
import { homeCard } from './home.ts';
import { announcementElements, incidentElements, incidentSummaryText } from './incident.ts';
import { documentElements, incidentListElements, itemListElements, statsElements } from './incident-lists.ts';
import {
  eventElements,
  eventText,
  pageElements,
  pageText,
  reviewElements,
  reviewText,
} from './incident-messages.ts';
import { environmentListElements, explanationElements, helpElements, templateListElements } from './lists.ts';
import {
  expiryWarningElements,
  expiryWarningText,
  noticeElements,
  noticeLink,
  noticeText,
} from './notice.ts';

/** A message as Teams takes it: a card alone. `summary` is what notifications and screen readers say. */
export interface TeamsMessage {
  summary: string;
  card: AdaptiveCard;
}

/** A form or something secret, by itself: the title is the dialog's. */
export interface TeamsDialog {
  title: string;
  card: AdaptiveCard;
}

const renderers = {
  notice: (view, draw) => {
    const actions = buttons(view.actions, draw);
    return message(noticeText(view), draw, (room, text) =>
      card(noticeElements(view, room), text, { actions: [...noticeLink(view, room), ...actions] }),
    );
  },
  help: (view, draw) => list(view, draw, (room) => helpElements(view, room)),
  'template-list': (view, draw) =>
    list({ title: 'What you can request' }, draw, (room) => templateListElements(view, room, draw)),
  'environment-list': (view, draw) => list(view, draw, (room) => environmentListElements(view, room, draw)),
  environment: (view, draw) =>
    message(environmentSummaryText(view), draw, (room) => environmentCard(view, room, draw)),
  approval: (view, draw) =>
    message(approvalSummaryText(view), draw, (room) => approvalCard(view, room, draw)),
  'expiry-warning': (view, draw) => {
    const actions = buttons(view.actions, draw);
    return message(expiryWarningText(view), draw, (_room, text) =>
      card(expiryWarningElements(view), text, { actions }),
    );
  },
  explanation: (view, draw) => list(view, draw, (room) => explanationElements(view, room)),
  grant: (view, draw) => message(grantText(view), draw, (room) => grantCard(view, room, draw)),
  'grant-warning': (view, draw) => {
    const actions = buttons(view.actions, draw);
    return message(grantWarningText(view), draw, (_room, text) =>
      card(grantWarningElements(view), text, { actions }),
    );
  },
  incident: (view, draw) =>
    post(incidentSummaryText(view), draw, (room) => incidentElements(view, room, draw)),
  'incident-announcement': (view, draw) =>
    post(incidentSummaryText(view), draw, (room) => announcementElements(view, room, draw)),
  'incident-event': (view, draw) => post(eventText(view), draw, (room) => eventElements(view, room, draw)),
  page: (view, draw) => post(pageText(view), draw, (room) => pageElements(view, room, draw)),
  'incident-list': (view, draw) => list(view, draw, (room) => incidentListElements(view, room, draw)),
  'item-list': (view, draw) => list(view, draw, (room) => itemListElements(view, room, draw)),
  'incident-review': (view, draw) => post(reviewText(view), draw, (room) => reviewElements(view, room, draw)),
  'incident-stats': (view, draw) => statsMessage(view, draw),
  document: (view, draw) => list(view, draw, (room) => documentElements(view, room)),
  home: (view, draw) => message('Purser', draw, (room) => homeCard(view, room, draw)),
  form: (view, draw) => dialog(view.title, formCard(view, draw), draw),
  credentials: (view, draw) => dialog(view.title, credentialsCard(view), draw),
} satisfies {
  [K in View['kind']]: (view: Extract<View, { kind: K }>, draw: FormContext) => TeamsMessage | TeamsDialog;
};

/** What Teams shows of a view. Pure. Throws `ChatError` (`invalid`) when it cannot be drawn within Teams' limits. */
export function renderTeams(view: MessageView | HomeView, draw: RenderContext): TeamsMessage;
export function renderTeams(view: FormView | CredentialsView, draw: FormContext): TeamsDialog;
export function renderTeams(view: View, draw: RenderContext): TeamsMessage | TeamsDialog {
  const render = renderers[view.kind] as (view: View, draw: RenderContext) => TeamsMessage | TeamsDialog;
  return render(view, draw);
}

/** A dialog is where one reads what did not fit into the message. */
const WHOLE: Room = { reason: 10_000, fact: 20_000, facts: 200, rows: 100 };

/** The most generous drawing that Teams still takes. */
function message(
  summary: string,
  { surface }: RenderContext,
  draw: (room: Room, summary: string) => AdaptiveCard,
): TeamsMessage {
  for (const room of surface === 'dialog' ? [WHOLE, ...ROOMS] : ROOMS) {
    const drawn = draw(room, summary);
    if (bytesOf(drawn) <= LIMITS.card[surface]) return { summary, card: drawn };
  }
  throw new ChatError('invalid', 'the view does not fit into one card');
}

function list(
  view: { title: string },
  draw: RenderContext,
  elements: (room: Room) => Element[],
): TeamsMessage {
  return post(cut(view.title, 300), draw, elements);
}

function post(summary: string, draw: RenderContext, elements: (room: Room) => Element[]): TeamsMessage {
  return message(summary, draw, (room, text) => card(elements(room), text));
}

function statsMessage(view: IncidentStatsView, draw: RenderContext): TeamsMessage {
  return message(cut(view.title, 300), draw, (room, text) => {
    const whole = card(statsElements(view, room, true), text);
    return bytesOf(whole) <= LIMITS.card[draw.surface] ? whole : card(statsElements(view, room, false), text);
  });
}

function dialog(title: string, drawn: AdaptiveCard, { surface }: RenderContext): TeamsDialog {
  if (bytesOf(drawn) > LIMITS.card[surface])
    throw new ChatError('invalid', `the form does not fit into a ${surface}`);
  return { title: short(title, LIMITS.title), card: drawn };
}
