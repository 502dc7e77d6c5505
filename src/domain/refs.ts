import { z } from 'zod';
import { linkWorkflowId } from './ids.ts';

export const chatPlatformSchema = z.enum(['slack', 'teams']);
export type Platform = z.infer<typeof chatPlatformSchema>;

/** A chat account by its immutable ids. Names and e-mail addresses in profiles prove nothing and are not here. */
export const accountRefSchema = z.discriminatedUnion('platform', [
  z.object({ platform: z.literal('slack'), teamId: z.string().min(1), userId: z.string().min(1) }),
  z.object({
    platform: z.literal('teams'),
    // Both are GUIDs, whichever way somebody has written them.
    tenantId: z.string().min(1).toLowerCase(),
    aadObjectId: z.string().min(1).toLowerCase(),
  }),
]);
export type AccountRef = z.infer<typeof accountRefSchema>;

/** Where something can be said. Workflows carry it and never look inside. */
export const conversationRefSchema = z.discriminatedUnion('platform', [
  z.object({
    platform: z.literal('slack'),
    teamId: z.string().min(1),
    channelId: z.string().min(1),
    threadTs: z.string().optional(),
  }),
  z.object({
    platform: z.literal('teams'),
    tenantId: z.string().min(1),
    /** With `;messageid=…` behind it: a thread. */
    conversationId: z.string().min(1),
    serviceUrl: z.string().min(1),
    /** Of a channel that we have opened: the Entra group of its team. */
    groupId: z.string().optional(),
  }),
]);
export type ConversationRef = z.infer<typeof conversationRefSchema>;

/** A message that was posted and can be edited. */
export const messageRefSchema = z.discriminatedUnion('platform', [
  z.object({
    platform: z.literal('slack'),
    teamId: z.string().min(1),
    channelId: z.string().min(1),
    ts: z.string().min(1),
  }),
  z.object({
    platform: z.literal('teams'),
    tenantId: z.string().min(1),
    conversationId: z.string().min(1),
    serviceUrl: z.string().min(1),
    activityId: z.string().min(1),
  }),
]);
export type MessageRef = z.infer<typeof messageRefSchema>;

/** Two accounts are the same account when every immutable id is. */
export function accountKey(account: AccountRef): string {
  return account.platform === 'slack'
    ? `slack:${account.teamId}:${account.userId}`
    : `teams:${account.tenantId}:${account.aadObjectId}`;
}

/** The workflow that asks whose account this is. */
export function linkIdOf(account: AccountRef): string {
  return account.platform === 'slack'
    ? linkWorkflowId('slack', account.teamId, account.userId)
    : linkWorkflowId('teams', account.tenantId, account.aadObjectId);
}

/** Two conversations are the same place when these are, whatever thread is meant. */
export function conversationKey(conversation: ConversationRef): string {
  return conversation.platform === 'slack'
    ? `slack:${conversation.teamId}:${conversation.channelId}`
    : `teams:${conversation.tenantId}:${conversation.conversationId.split(';', 1)[0]}`;
}

/** Two conversations are the same thread when these are; where no thread is meant, the same as `conversationKey`. */
export function threadKey(conversation: ConversationRef): string {
  const { platform } = conversation;
  const thread =
    platform === 'slack' ? conversation.threadTs : conversation.conversationId.split(';').slice(1).join(';');
  return [conversationKey(conversation), thread].filter(Boolean).join(';');
}

/** One message, wherever it is. */
export function messageKey(message: MessageRef): string {
  return message.platform === 'slack'
    ? `slack:${message.channelId}:${message.ts}`
    : `teams:${message.conversationId}:${message.activityId}`;
}
