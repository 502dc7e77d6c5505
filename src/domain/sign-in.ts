import { z } from 'zod';
import { accountRefSchema, conversationRefSchema, messageRefSchema } from './refs.ts';

/** That a person has just proven at the organisation's identity provider who they are, for one thing they do in chat. */
export interface SignIn {
  /** The directory's id. */
  person: string;
  /** Of the identity provider, and its own name for them. */
  issuer: string;
  subject: string;
  /** When they proved it, ISO 8601. */
  at: string;
}

/** A button pressed in chat, as it is kept until its person has signed in. Whether they may is asked anew then. */
export const pressSchema = z.object({
  kind: z.literal('action'),
  actionId: z.string(),
  payload: z.record(z.string(), z.string()),
  source: z.union([messageRefSchema, conversationRefSchema]),
  actor: z.object({
    account: accountRefSchema,
    standing: z.literal('member'),
    displayName: z.string(),
    profileEmail: z.string().optional(),
  }),
});
export type Press = z.infer<typeof pressSchema>;

/** What somebody is to sign in for. It is gone once it was done, or its time is over. */
export interface SignInRequest {
  id: string;
  /** What happens then, in words: `Approve the environment “pr-42” for Kim Sample`. */
  what: string;
  /** Whom only it will do for; missing where the sign-in is to tell who somebody is. */
  person?: string;
  press: Press;
  expiresAt: Date;
}

export interface SignInStore {
  /** Forgets those that are over. */
  ask(request: SignInRequest): Promise<void>;
  /** `undefined` when there is none, it was done, or its time is over. */
  find(id: string): Promise<SignInRequest | undefined>;
  /** From now on `state` leads to it, and no earlier one does. */
  begin(id: string, state: string): Promise<void>;
  findBegun(state: string): Promise<SignInRequest | undefined>;
  done(id: string): Promise<void>;
}
