import { z } from 'zod';
import type { AccountRef } from './refs.ts';
import type { SignIn } from './sign-in.ts';

/** Who may approve, as files say it. */
export const approverRuleSchema = z
  .strictObject({
    people: z.array(z.string()).min(1).optional(),
    team: z.string().optional(),
    role: z.string().optional(),
    /** The leads of the team it is for. */
    lead: z.literal(true).optional(),
  })
  .refine((by) => Object.keys(by).length > 0, 'name people, a team, a role or lead: true');
export type ApproverRule = z.infer<typeof approverRuleSchema>;

/** Who may approve. Any of the named is enough for one vote. */
export interface ApproverSelector {
  people?: string[];
  team?: string;
  role?: string;
  /** The leads of this team, by id; a template's `lead: true` has become the requesting team's id here. */
  leadsOf?: string;
}

/** What the template's policy says of one request: the rule that matched, spelled out. Durations in milliseconds. */
export type ApprovalRequirement =
  | { auto: true; because: string }
  | {
      auto: false;
      by: ApproverSelector;
      count: number;
      timeoutMs: number;
      /** When to remind those who have not answered, counted from the request. */
      remindMs: number[];
      /** Whether a press in chat is not enough, and whoever approves signs in for it. */
      signIn?: boolean;
      /** The rule in words: "size l is approved by team FinOps". */
      because: string;
    };

export interface Vote {
  person: string;
  decision: 'approve' | 'deny';
  reason?: string;
  /** The account it was cast from, for the audit. */
  account: AccountRef;
  /** Where they signed in for it. */
  signedIn?: SignIn;
  /** ISO 8601. */
  at: string;
}

/** How an approval ended. `by` is empty when it timed out or none was needed. */
export interface Decision {
  outcome: 'approved' | 'denied' | 'timed-out' | 'withdrawn';
  by: string[];
  at: string;
  reason?: string;
}
