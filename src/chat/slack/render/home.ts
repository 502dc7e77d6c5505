import type { KnownBlock, HomeView as SlackHome } from '@slack/web-api';
import type { HomeView } from '../../../domain/views.ts';
import { some } from '../../rooms.ts';
import { LIMITS } from '../limits.ts';
import { cut, inert } from '../text.ts';
import { actions, context, header, mention, type RenderContext, sections, time } from './blocks.ts';
import { incidentRow, itemRows } from './incident-lists.ts';
import { environmentRow } from './lists.ts';

/** A view holds 100 blocks: what waits for the person comes before what they have. */
const AWAITING = 20;
const INCIDENTS = 10;
const ACCESS = 5;
const ENVIRONMENTS = 30;

export function homeView(view: HomeView, draw: RenderContext): SlackHome {
  if (view.notice !== undefined) return noticeHome(view, view.notice);
  const awaiting = some(view.awaitingMe, AWAITING);
  const environments = some(view.environments, ENVIRONMENTS);
  const incidents = some(view.incidents, INCIDENTS);
  const access = view.access.slice(0, ACCESS);
  const blocks: KnownBlock[] = [
    header(`Hello ${cut(view.person.name, 80)}`),
    ...sections(['Request an environment, follow it here, and give it back when you are done.']),
    ...actions(view.actions),
    ...(incidents.shown.length === 0
      ? []
      : [header('Open incidents'), ...incidents.shown.map((item) => incidentRow(item, draw))]),
    ...(incidents.more === 0 ? [] : context([`… and ${incidents.more} more: \`/incident list\``])),
    header('Waiting for you'),
    ...(awaiting.shown.length === 0 ? sections(['Nothing. Nobody needs a decision from you.']) : []),
    ...awaiting.shown.flatMap((item) => [
      ...sections([
        `🟡 *${inert(cut(item.title, 200))}*, asked for by ${mention(item.requestedBy)} ${time(item.since, draw)}`,
      ]),
      ...actions(item.actions),
    ]),
    ...(awaiting.more === 0 ? [] : context([`… and ${awaiting.more} more`])),
    ...(access.length === 0 ? [] : [header('Your access'), ...itemRows(access, draw)]),
    header('Your environments'),
    ...(environments.shown.length === 0 ? sections([`None yet. \`/env create\` makes the first one.`]) : []),
    ...environments.shown.map((item) => environmentRow(item, draw)),
    ...(environments.more === 0 ? [] : context([`… and ${environments.more} more: \`/env list mine\``])),
  ];
  return { type: 'home', blocks: blocks.slice(0, LIMITS.view.blocks) };
}

/** For an account that can do nothing here yet: why, and the way in. */
function noticeHome({ person, actions: buttons }: HomeView, notice: string): SlackHome {
  return {
    type: 'home',
    blocks: [
      header(`Hello ${cut(person.name, 80)}`),
      ...sections([inert(cut(notice, 600))]),
      ...actions(buttons),
    ],
  };
}
