import type { KnownBlock, ModalView, HomeView as SlackHome } from '@slack/web-api';
import type { CredentialsView, FormView } from '../../../domain/forms.ts';
import type { HomeView, MessageView, View } from '../../../domain/views.ts';
import { ChatError } from '../../adapter.ts';
import { ROOMS, type Room } from '../../rooms.ts';
import { withinBudget } from '../limits.ts';
import { cut, inert } from '../text.ts';
import { approvalCardBlocks, approvalText } from './approval.ts';
import type { RenderContext } from './blocks.ts';
import { credentialsModal } from './credentials.ts';
import { environmentBlocks, environmentText } from './environment.ts';
import { formModal } from './form.ts';
import { grantBlocks, grantText, grantWarningBlocks, grantWarningText } from './grant.ts';
import { homeView } from './home.ts';
import { announcementBlocks, incidentBlocks, incidentText } from './incident.ts';
import { documentBlocks, incidentListBlocks, itemListBlocks, statsBlocks } from './incident-lists.ts';
import {
  eventBlocks,
  eventText,
  pageBlocks,
  pageText,
  reviewBlocks,
  reviewText,
} from './incident-messages.ts';
import { environmentListBlocks, explanationBlocks, helpBlocks, templateListBlocks } from './lists.ts';
import { expiryWarningBlocks, expiryWarningText, noticeBlocks, noticeText } from './notice.ts';

/** A message as Slack takes it. `text` is what notifications and screen readers say. */
export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

export interface FormContext extends RenderContext {
  /** What a form brings back with its submission. */
  metadata: string;
}

const renderers = {
  notice: (view) => message(noticeText(view), (room) => noticeBlocks(view, room)),
  help: (view) => message(title(view), (room) => helpBlocks(view, room)),
  'template-list': (view) => message('What you can request', (room) => templateListBlocks(view, room)),
  'environment-list': (view, draw) => message(title(view), (room) => environmentListBlocks(view, room, draw)),
  environment: (view, draw) => message(environmentText(view), (room) => environmentBlocks(view, room, draw)),
  approval: (view, draw) => message(approvalText(view), (room) => approvalCardBlocks(view, room, draw)),
  'expiry-warning': (view, draw) => message(expiryWarningText(view), () => expiryWarningBlocks(view, draw)),
  explanation: (view) => message(title(view), (room) => explanationBlocks(view, room)),
  grant: (view, draw) => message(grantText(view), (room) => grantBlocks(view, room, draw)),
  'grant-warning': (view, draw) => message(grantWarningText(view), () => grantWarningBlocks(view, draw)),
  incident: (view, draw) => message(incidentText(view), (room) => incidentBlocks(view, room, draw)),
  'incident-announcement': (view, draw) =>
    message(incidentText(view), (room) => announcementBlocks(view, room, draw)),
  'incident-event': (view, draw) => message(eventText(view), (room) => eventBlocks(view, room, draw)),
  page: (view, draw) => message(pageText(view), (room) => pageBlocks(view, room, draw)),
  'incident-list': (view, draw) => message(title(view), (room) => incidentListBlocks(view, room, draw)),
  'item-list': (view, draw) => message(title(view), (room) => itemListBlocks(view, room, draw)),
  'incident-review': (view) => message(reviewText(view), (room) => reviewBlocks(view, room)),
  'incident-stats': (view) => message(title(view), (room) => statsBlocks(view, room)),
  document: (view) => message(title(view), (room) => documentBlocks(view, room)),
  home: (view, draw) => homeView(view, draw),
  form: (view, draw) => formModal(view, draw.metadata),
  credentials: (view) => credentialsModal(view),
} satisfies {
  [K in View['kind']]: (
    view: Extract<View, { kind: K }>,
    draw: FormContext,
  ) => SlackMessage | SlackHome | ModalView;
};

/** What Slack shows of a view. Pure. Throws `ChatError` (`invalid`) when it cannot be drawn within Slack's limits. */
export function renderSlack(view: MessageView, draw: RenderContext): SlackMessage;
export function renderSlack(view: HomeView, draw: RenderContext): SlackHome;
export function renderSlack(view: FormView | CredentialsView, draw: FormContext): ModalView;
export function renderSlack(
  view: View,
  draw: RenderContext & { metadata?: string },
): SlackMessage | SlackHome | ModalView {
  const render = renderers[view.kind] as (
    view: View,
    draw: FormContext,
  ) => SlackMessage | SlackHome | ModalView;
  return render(view, { metadata: '', ...draw });
}

/** The most generous drawing that Slack still takes. */
function message(text: string, draw: (room: Room) => KnownBlock[]): SlackMessage {
  for (const room of ROOMS) {
    const blocks = draw(room);
    if (withinBudget(blocks)) return { text, blocks };
  }
  throw new ChatError('invalid', 'the view does not fit into one message');
}

function title(view: { title: string }): string {
  return inert(cut(view.title, 300));
}
