import { DefaultFailureConverter } from '@temporalio/common';

/** Puts the words of a failure where the codec reaches them. Loaded by name, also into the workflow bundle. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
