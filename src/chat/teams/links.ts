import type { IncidentRoom } from '../../domain/incidents.ts';

/** Addresses that Teams opens in itself. */
const DEEP = 'https://teams.microsoft.com/l';

/** `undefined` for a room elsewhere. */
export function roomLink({ conversation, name }: IncidentRoom): string | undefined {
  if (conversation.platform !== 'teams') return undefined;
  const { conversationId, groupId, tenantId } = conversation;
  const [channel = '', thread] = conversationId.split(';messageid=');
  const query = new URLSearchParams({ tenantId, ...(groupId === undefined ? {} : { groupId }) });
  return thread === undefined
    ? `${DEEP}/channel/${encoded(channel)}/${encoded(name)}?${query}`
    : `${DEEP}/message/${encoded(channel)}/${encoded(thread)}?${query}`;
}

/** Half a character has no code of its own. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
