import { z } from 'zod';

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'an attribute’s name');
const dn = z.string().regex(/=/, 'a distinguished name, as ou=people,dc=example,dc=com');

export const ldapSettings = z.strictObject({
  /** `ldaps://`, or `ldap://` and StartTLS. */
  url: z.url({ protocol: /^ldaps?$/ }),
  /** Purser's own account. */
  bind: z.strictObject({ dn, secret: z.string().min(1) }),
  people: z.strictObject({
    base: dn,
    /** Where the directory keeps whose account it is, by `Person.id`. */
    personAttribute: attribute.default('employeeNumber'),
    login: attribute.default('uid'),
    /** Of accounts that Purser makes; without it, it makes none. */
    objectClasses: z.array(z.string().min(1)).min(1).optional(),
    /** What disables an account: a value, or a bit of a number. */
    disable: z.union([
      z.strictObject({
        attribute,
        disabled: z.string().min(1),
        /** Without it, the attribute is removed. */
        enabled: z.string().min(1).optional(),
      }),
      z.strictObject({ attribute, bit: z.int().positive() }),
    ]),
  }),
  groups: z.strictObject({
    base: dn,
    /** Holds distinguished names; `memberUid` holds logins. */
    member: z.enum(['member', 'uniqueMember', 'memberUid']).default('member'),
    /** Whether the server keeps `memberOf` with people. */
    memberOf: z.boolean().default(false),
    /** Stands in groups that may not be empty when the last member goes. */
    placeholder: dn.optional(),
  }),
});

export type LdapSettings = z.infer<typeof ldapSettings>;
