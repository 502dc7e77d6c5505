import type { MessageView } from '../../domain/views.ts';
import type { ChatFile } from '../adapter.ts';

/** What a view has to give that no message of Slack's can hold. */
export function fileOf(view: MessageView): ChatFile | undefined {
  if (view.kind === 'document') return { name: view.name, title: view.title, content: view.content };
  if (view.kind !== 'incident-stats' || view.picture === undefined) return undefined;
  const { png, alt } = view.picture;
  return { name: 'incidents.png', title: alt, content: Buffer.from(png, 'base64') };
}
