import type { GrantState } from '../../src/domain/access.ts';
import { requestAccessButton, showGrantButton } from '../../src/domain/access-views.ts';
import { personRef } from '../../src/domain/environment-views.ts';
import type { DirectorySnapshot } from '../../src/domain/people.ts';
import type { NoticeView } from '../../src/domain/views.ts';
import type { StageRef } from './contract.ts';

/** A short direct message, sent once: edits of the card notify nobody. `key` tells it from every other. */
export interface GrantNote {
  key: string;
  view: NoticeView;
}

/** What whoever asked, and whoever gets it, have to hear of this state. */
export function grantNotes(state: GrantState, directory: DirectorySnapshot): GrantNote[] {
  return [stateNote(state, directory), ...extensionNotes(state)].filter((note) => note !== undefined);
}

/** Why the card is here and not where it was asked for. */
export function elsewhereNote({ entitlement: { title } }: GrantState): GrantNote {
  return {
    key: 'elsewhere',
    view: {
      kind: 'notice',
      tone: 'info',
      text: `I may not write where you asked for “${title}”, so its card is here.`,
      details: ['To get cards in that channel, invite me there first.'],
    },
  };
}

function stateNote(state: GrantState, directory: DirectorySnapshot): GrantNote | undefined {
  const { title } = state.entitlement;
  if (state.phase === 'active')
    return { key: 'active', view: notice('success', `“${title}” is given.`, state) };
  if (state.phase === 'revoking' && state.end === 'failed') return failedNote(state);
  if (state.phase !== 'ended') return undefined;
  const whose = state.endedBy === undefined ? '' : ` by ${personRef(directory, state.endedBy).name}`;
  const reason = state.endReason === undefined ? [] : [`Reason: ${state.endReason}`];
  const again = [requestAccessButton(state.entitlement.id)];
  switch (state.end) {
    case 'refused':
      return {
        key: 'refused',
        view: notice('error', `“${title}” is not given.`, state, troubleOf(state), again),
      };
    case 'denied':
      return {
        key: 'denied',
        view: notice('warning', `Your request for “${title}” was denied${whose}.`, state, reason, again),
      };
    case 'timed-out':
      return {
        key: 'timed-out',
        view: notice(
          'warning',
          `Nobody decided on “${title}” in time, so it is not given.`,
          state,
          ['Talk to one of the approvers, then ask again.'],
          again,
        ),
      };
    case 'failed':
      return failedNote(state);
    case 'expired':
      return { key: 'over', view: notice('info', `“${title}” has ended.`, state, [], again) };
    case 'revoked':
      return { key: 'over', view: notice('warning', `“${title}” was ended${whose}.`, state, reason, again) };
    case 'outside':
      return {
        key: 'over',
        view: notice(
          'warning',
          `“${title}” has ended: it was taken away in the system itself.`,
          state,
          reason,
          again,
        ),
      };
    case 'withdrawn':
      // By somebody else: otherwise they know.
      if ([state.requester, state.beneficiary].includes(state.endedBy ?? '')) return undefined;
      return {
        key: 'withdrawn',
        view: notice('warning', `Your request for “${title}” was closed${whose}.`, state, reason, again),
      };
    default:
      return undefined;
  }
}

function failedNote(state: GrantState): GrantNote {
  return {
    key: 'failed',
    view: notice(
      'error',
      `“${state.entitlement.title}” could not be given. What was given of it is taken back.`,
      state,
      troubleOf(state),
    ),
  };
}

function troubleOf({ trouble }: GrantState): string[] {
  return trouble === undefined ? [] : [trouble];
}

function extensionNotes(state: GrantState): GrantNote[] {
  const { title } = state.entitlement;
  return state.extensions.flatMap(({ id, outcome }): GrantNote[] => {
    const key = `extension:${id}`;
    if (outcome === 'approved')
      return [{ key, view: notice('success', `“${title}” goes on for longer.`, state) }];
    if (outcome === 'denied') {
      return [
        {
          key,
          view: notice('warning', `“${title}” does not go on for longer: that was not approved.`, state),
        },
      ];
    }
    if (outcome !== 'timed-out') return [];
    return [
      {
        key,
        view: notice('warning', `“${title}” does not go on for longer: nobody decided it in time.`, state),
      },
    ];
  });
}

/** By then it was tried for ten minutes. */
const LONG_PAUSE_MS = 5 * 60_000;

/** For those who answer for it: what should be gone is still there. */
export function stuckNote(state: GrantState, directory: DirectorySnapshot): GrantNote | undefined {
  if (state.phase !== 'revoking') return undefined;
  const stuck = state.holdings.filter(
    ({ nextTryAt }) => nextTryAt !== undefined && Date.parse(nextTryAt) - Date.now() > LONG_PAUSE_MS / 2,
  );
  const [first] = stuck;
  if (first === undefined) return undefined;
  const { name } = personRef(directory, state.beneficiary);
  return {
    key: 'stuck',
    view: notice(
      'warning',
      `“${state.entitlement.title}” of ${name} should be over, and something keeps it.`,
      state,
      [
        ...stuck.slice(0, 3).map(({ system, trouble }) => `${system}: ${trouble ?? 'still there'}`),
        'I go on trying. Take it away there by hand if it has to be gone now.',
      ],
    ),
  };
}

export function stageReminder(
  state: GrantState,
  { stage, extension, round, escalated }: StageRef & { round: number; escalated: boolean },
  directory: DirectorySnapshot,
): GrantNote {
  const by = state.extensions.find(({ id }) => id === extension)?.by ?? state.requester;
  const { name } = personRef(directory, by);
  const what = extension === undefined ? '' : 'more time for ';
  return {
    key: `reminder:${extension ?? 'request'}:${stage}:${escalated ? 'again' : 'first'}:${round}`,
    view: notice(
      'info',
      `${name} is still waiting for a decision on ${what}“${state.entitlement.title}”.`,
      state,
      ['Approve or deny it on the card above.'],
    ),
  };
}

function notice(
  tone: NoticeView['tone'],
  text: string,
  state: GrantState,
  details: string[] = [],
  more: NonNullable<NoticeView['actions']> = [],
): NoticeView {
  return { kind: 'notice', tone, text, details, actions: [showGrantButton(state), ...more] };
}
