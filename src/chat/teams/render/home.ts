import type { HomeView } from '../../../domain/views.ts';
import { type Room, some } from '../../rooms.ts';
import { cut, spelled, time } from '../text.ts';
import { buttons, type RenderContext } from './buttons.ts';
import { type AdaptiveCard, card, container, type Element, line, ownLine, run, subtle } from './elements.ts';
import { incidentRow, itemElements } from './incident-lists.ts';
import { environmentRow } from './lists.ts';
import { header, nameOf } from './pieces.ts';

export function homeCard(view: HomeView, room: Room, draw: RenderContext): AdaptiveCard {
  const greeting = `Hello ${nameOf(view.person)}`;
  const body =
    view.notice === undefined
      ? [header(greeting), ...sections(view, room, draw)]
      : [header(greeting), line([spelled(cut(view.notice, 600))])];
  return card(body, greeting, { actions: buttons(view.actions, draw) });
}

/** What waits for the person comes before what they have. */
function sections(view: HomeView, room: Room, draw: RenderContext): Element[] {
  const awaiting = some(view.awaitingMe, Math.min(room.rows, 20));
  const incidents = some(view.incidents, Math.min(room.rows, 10));
  const access = view.access.slice(0, Math.min(room.rows, 5));
  const environments = some(view.environments, room.rows);
  return [
    line(['Request an environment, follow it here, and give it back when you are done.']),
    ...(incidents.shown.length === 0
      ? []
      : [title('Open incidents'), ...incidents.shown.map((item) => incidentRow(item, draw))]),
    ...(incidents.more === 0 ? [] : [subtle([`… and ${incidents.more} more: “inc list”`])]),
    title('Waiting for you'),
    ...(awaiting.shown.length === 0 ? [line(['Nothing. Nobody needs a decision from you.'])] : []),
    ...awaiting.shown.map((item) =>
      container([
        line([
          '🟡 ',
          run(cut(item.title, 200), { weight: 'bolder' }),
          `, asked for by ${nameOf(item.requestedBy)}`,
        ]),
        ownLine(time(item.since), { spacing: 'none', isSubtle: true, size: 'small' }),
        { type: 'ActionSet', actions: buttons(item.actions, draw) },
      ]),
    ),
    ...(awaiting.more === 0 ? [] : [subtle([`… and ${awaiting.more} more`])]),
    ...(access.length === 0
      ? []
      : [title('Your access'), ...access.flatMap((item) => itemElements(item, room, draw))]),
    title('Your environments'),
    ...(environments.shown.length === 0 ? [line(['None yet. “env create” makes the first one.'])] : []),
    ...environments.shown.map((item) => environmentRow(item, draw)),
    ...(environments.more === 0 ? [] : [subtle([`… and ${environments.more} more: “env list mine”`])]),
  ];
}

function title(text: string): Element {
  return line([run(text, { weight: 'bolder', size: 'medium' })], { spacing: 'large', separator: true });
}
