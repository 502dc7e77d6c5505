import type { NoticeView } from '../../domain/views.ts';
import type { SlackView } from './payloads.ts';

/** Slack takes errors only at inputs that the form has; all others stand at the first one. */
export function placeErrors(
  errors: Record<string, string>,
  view: SlackView,
): Record<string, string> | undefined {
  const fields = view.blocks.filter(({ type }) => type === 'input').flatMap(({ block_id }) => block_id ?? []);
  const [first] = fields;
  if (first === undefined) return undefined;
  const placed: Record<string, string> = {};
  for (const [field, error] of Object.entries(errors)) {
    const at = fields.includes(field) ? field : first;
    const text = at === field || field === '' ? error : `${field}: ${error}`;
    placed[at] = placed[at] === undefined ? text : `${placed[at]} ${text}`;
  }
  return placed;
}

/** For a form without any input. */
export function errorNotice(errors: Record<string, string>): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: 'That cannot be done as it is.',
    details: Object.entries(errors).map(([field, error]) => `${field}: ${error}`),
  };
}
