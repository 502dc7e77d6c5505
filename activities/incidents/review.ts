import type { IncidentReviewView } from '../../src/domain/incident-view-types.ts';
import type { IncidentRoom, IncidentState } from '../../src/domain/incidents.ts';
import type { Copies } from '../copies.ts';
import type { ActivityDeps } from '../deps.ts';
import { uploadOnce } from '../uploads.ts';
import { reviewFileName, reviewKey } from './copy-keys.ts';

type Deps = Pick<ActivityDeps, 'chat' | 'copies'> & { driven: Copies };

interface Draft {
  state: IncidentState;
  room: IncidentRoom;
  view: IncidentReviewView;
  markdown: string;
}

/** Of one card: what cards cannot hold they leave out. */
const LINES_A_CARD = 25;

/** A card with the beginning and the whole as a file or, where the platform takes no files of bots, as more cards. */
export async function publishIn(deps: Deps, draft: Draft): Promise<void> {
  const { state, room, view } = draft;
  const drive = (part: IncidentReviewView, at: number) =>
    deps.driven.place({
      key: reviewKey(state, room.platform, `${at + 1}`),
      conversation: room.conversation,
      view: part,
      revision: state.revision,
      mayPost: true,
    });
  const [first = view, ...others] = partsOf(view);
  const card = await drive(first, 0);
  const file = {
    name: reviewFileName(state),
    title: `Review of incident #${state.number}`,
    content: draft.markdown,
  };
  const key = reviewKey(state, room.platform, 'file');
  const { conversation } = room;
  const { revision } = state;
  if (card !== undefined && (await uploadOnce(deps, { key, conversation, card, revision, file }))) return;
  for (const [at, part] of others.entries()) await drive(part, at + 1);
}

/** Sections over as many cards as it takes; only the first has buttons. */
function partsOf(view: IncidentReviewView): IncidentReviewView[] {
  const parts: IncidentReviewView['sections'][] = [[]];
  let room = LINES_A_CARD;
  for (const { title, lines } of view.sections) {
    for (let from = 0; from === 0 || from < lines.length; ) {
      if (room === 0) {
        parts.push([]);
        room = LINES_A_CARD;
      }
      const shown = lines.slice(from, from + room);
      parts.at(-1)?.push({ title, lines: shown });
      room -= Math.max(1, shown.length);
      from += Math.max(1, shown.length);
    }
  }
  return parts.map((sections, at) => ({ ...view, sections, actions: at === 0 ? view.actions : [] }));
}
