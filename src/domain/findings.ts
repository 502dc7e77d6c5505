/** What a look before the first incident found. Nothing in it is secret: people paste it into tickets. */
export type Finding =
  | { state: 'good'; what: string }
  | { state: 'off'; what: string; todo: string }
  | { state: 'bad'; what: string; todo: string };

export function good(what: string): Finding {
  return { state: 'good', what };
}

/** Nothing is wrong; `todo` says how to have it. */
export function off(what: string, todo: string): Finding {
  return { state: 'off', what, todo };
}

/** Something would not work; `todo` says what to do about it. */
export function bad(what: string, todo: string): Finding {
  return { state: 'bad', what, todo };
}
