/** Activities of either kind of workflow, as `proxyActivities` sees them. */
type AnyActivities = { [Name in string]: (input: never) => Promise<unknown> };

type InputOf<Activities, Name extends keyof Activities> = Activities[Name] extends (
  input: infer Input,
) => unknown
  ? Input
  : never;

export interface Call<Activities, State> {
  activity: keyof Activities;
  /** As it was when the activity was called; missing where it is about something else. */
  state: State;
  input: unknown;
}

/** What the activities of one workflow were asked, in order. */
export interface Recorder<Activities, State> {
  calls: Call<Activities, State>[];
  of<Name extends keyof Activities>(activity: Name): InputOf<Activities, Name>[];
  /** Resolves with the first call that fits, past or to come. */
  called(
    activity: keyof Activities,
    fits?: (state: NonNullable<State>) => boolean,
  ): Promise<Call<Activities, State>>;
}

/** One set of activities for all workers; each workflow's own overrides are found by its request id. */
export interface Stage<Activities, State> {
  activities: Activities;
  enter(requestId: string, overrides?: Partial<Activities>): Recorder<Activities, State>;
}

export function createStage<Activities extends object, State>(
  working: () => Activities,
  requestIdOf: (input: unknown) => string | undefined,
): Stage<Activities, State> {
  type Name = keyof Activities;
  const cast = new Map<string, { activities: AnyActivities; record(call: Call<Activities, State>): void }>();
  const names = Object.keys(working()) as (Name & string)[];
  const route = (activity: Name & string) => async (input: never) => {
    const player = cast.get(requestIdOf(input) ?? '');
    const act = player?.activities[activity];
    if (player === undefined || act === undefined) throw new Error(`nobody plays ${activity}`);
    player.record({ activity, state: (input as { state: State }).state, input });
    return await act(input);
  };
  return {
    activities: Object.fromEntries(names.map((name) => [name, route(name)])) as Activities,
    enter(requestId, overrides) {
      const { recorder, record } = createRecorder<Activities, State>();
      cast.set(requestId, { activities: { ...working(), ...overrides } as AnyActivities, record });
      return recorder;
    },
  };
}

function createRecorder<Activities, State>(): {
  recorder: Recorder<Activities, State>;
  record(call: Call<Activities, State>): void;
} {
  type AnyCall = Call<Activities, State>;
  const calls: AnyCall[] = [];
  const waiting = new Set<(call: AnyCall) => void>();
  return {
    record(call) {
      calls.push(call);
      for (const wake of waiting) wake(call);
    },
    recorder: {
      calls,
      of: (activity) => calls.filter((call) => call.activity === activity).map(({ input }) => input as never),
      called(activity, fits = () => true) {
        const matches = ({ activity: called, state }: AnyCall) =>
          called === activity && (state === undefined || state === null || fits(state));
        const past = calls.find(matches);
        if (past !== undefined) return Promise.resolve(past);
        return new Promise((resolve) => {
          const wake = (call: AnyCall) => {
            if (!matches(call)) return;
            waiting.delete(wake);
            resolve(call);
          };
          waiting.add(wake);
        });
      },
    },
  };
}
