import { createHash } from 'node:crypto';
import { biggerButtons, personRef, showButton } from '../src/domain/environment-views.ts';
import type { EnvironmentState } from '../src/domain/environments.ts';
import { type DirectorySnapshot, findTeam } from '../src/domain/people.ts';
import { moreQuotaButton } from '../src/domain/quota-views.ts';
import type { NoticeView } from '../src/domain/views.ts';

/** A short direct message, sent once: edits of the card notify nobody. `key` tells it from every other. */
export interface Note {
  key: string;
  view: NoticeView;
}

/** What the requester has to hear of this state, if anything. */
export function noteOf(state: EnvironmentState, directory: DirectorySnapshot): Note | undefined {
  const { name } = state;
  if (state.phase === 'ready') return { key: 'ready', view: notice('success', `“${name}” is ready.`, state) };
  if (state.phase === 'failed') {
    const details = state.trouble === undefined ? [] : [state.trouble.reason, state.trouble.next];
    // A retry that fails again is news again; the times its steps took tell one attempt from another.
    const attempt = createHash('sha256').update(JSON.stringify(state.steps)).digest('hex').slice(0, 12);
    return {
      key: `failed:${attempt}`,
      view: {
        ...notice(
          'error',
          `“${name}” could not be set up. You can retry it or roll it back on its card.`,
          undefined,
          details,
        ),
        actions: [...biggerButtons(state), showButton(state)],
      },
    };
  }
  if (state.removal?.told !== undefined) return stuckNote(state);
  if (state.phase !== 'gone') return undefined;
  return endNote(state, directory);
}

/** What keeps it from going; once it is gone, the same message says so. */
function stuckNote(state: EnvironmentState, about: string[] = []): Note {
  const { name, leftovers } = state;
  const key = 'stuck';
  if (state.phase === 'gone') {
    const text = `“${name}” is gone now: nothing keeps it any more.`;
    return { key, view: notice('success', text, undefined, about) };
  }
  return {
    key,
    view: notice('warning', `“${name}” is not gone yet: something keeps it.`, state, [
      ...about,
      ...leftovers.slice(0, 3),
      'I go on trying. Whoever looks after what is named here has to let it go; if you do not know who, ask the platform team.',
    ]),
  };
}

/** For those who look after the platform. */
export function stuckNoteForChannels(state: EnvironmentState, directory: DirectorySnapshot): Note {
  const requester = personRef(directory, state.requester).name;
  return stuckNote(state, [
    `${requester} asked for it, for team ${findTeam(directory, state.team)?.title ?? state.team}.`,
  ]);
}

function endNote(state: EnvironmentState, directory: DirectorySnapshot): Note | undefined {
  const { name, approval, trouble } = state;
  if (state.end === 'denied') {
    const by = (approval.decision?.by ?? []).map((id) => personRef(directory, id).name).join(' and ');
    const reason = approval.decision?.reason;
    return {
      key: 'denied',
      view: notice(
        'warning',
        `Your request for “${name}” was denied${by === '' ? '' : ` by ${by}`}.`,
        undefined,
        [
          ...(reason === undefined ? [] : [`Reason: ${reason}`]),
          'Change what they name, then ask again with /env create.',
        ],
      ),
    };
  }
  if (state.end === 'timed-out') {
    return {
      key: 'timed-out',
      view: notice('warning', `Nobody decided on “${name}” in time, so it was not created.`, undefined, [
        'Talk to one of the approvers, then ask again with /env create.',
      ]),
    };
  }
  if (state.end === 'refused') {
    const details = trouble === undefined ? [] : [trouble.reason, trouble.next];
    const view = notice('error', `“${name}” was not created.`, undefined, details);
    const { limit } = trouble ?? {};
    const about = { template: state.template.name, team: state.team };
    return {
      key: 'refused',
      view: limit === undefined ? view : { ...view, actions: [moreQuotaButton({ ...about, limit })] },
    };
  }
  return undefined;
}

/** Why the card is here and not where it was asked for. */
export function elsewhereNote({ name }: EnvironmentState): Note {
  return {
    key: 'elsewhere',
    view: notice('info', `I may not write where you asked for “${name}”, so its card is here.`, undefined, [
      'To get cards in that channel, invite me there first.',
    ]),
  };
}

export function reminderNote(state: EnvironmentState, directory: DirectorySnapshot, round: number): Note {
  const requester = personRef(directory, state.requester).name;
  return {
    key: `reminder:${round}`,
    view: notice('info', `${requester} is still waiting for a decision on “${state.name}”.`, state, [
      'Approve or deny it on the card above.',
    ]),
  };
}

function notice(
  tone: NoticeView['tone'],
  text: string,
  shown: EnvironmentState | undefined,
  details: string[] = [],
): NoticeView {
  return {
    kind: 'notice',
    tone,
    text,
    details,
    ...(shown === undefined ? {} : { actions: [showButton(shown)] }),
  };
}
