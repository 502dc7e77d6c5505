import type { Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../workflows/environments/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** The names are spelled where workflows can read them. */
export const SEARCH_ATTRIBUTE_KEYS = {
  phase: defineSearchAttributeKey(SEARCH_ATTRIBUTES.phase.name, SearchAttributeType.KEYWORD),
  team: defineSearchAttributeKey(SEARCH_ATTRIBUTES.team.name, SearchAttributeType.KEYWORD),
  owner: defineSearchAttributeKey(SEARCH_ATTRIBUTES.owner.name, SearchAttributeType.KEYWORD),
  template: defineSearchAttributeKey(SEARCH_ATTRIBUTES.template.name, SearchAttributeType.KEYWORD),
  expiresAt: defineSearchAttributeKey(SEARCH_ATTRIBUTES.expiresAt.name, SearchAttributeType.DATETIME),
};

const INDEXED_TYPES = {
  [SearchAttributeType.KEYWORD]: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  [SearchAttributeType.DATETIME]: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};

/** Name to type, as the operator service wants it. */
export const SEARCH_ATTRIBUTE_TYPES = Object.fromEntries(
  Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, INDEXED_TYPES[type]]),
);

/** Name to type of those that the namespace does not know. Rejects when one exists with another type. */
export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<[name: string, type: number][]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(SEARCH_ATTRIBUTE_TYPES).filter(([name, type]) => {
    const known = customAttributes?.[name];
    if (known !== undefined && known !== type) {
      throw new Error(`The search attribute ${name} of namespace ${namespace} has another type than ours`);
    }
    return known === undefined;
  });
}

/**
 * Makes sure that the namespace knows our search attributes. Idempotent. Rejects when one exists with another type, or
 * when the account may not add them (on Temporal Cloud an administrator adds them once).
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}
