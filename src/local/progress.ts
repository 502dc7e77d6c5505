/** Says what is going on while something takes long. */
export interface Progress {
  /** `done` ends it with one line that says how it ended and how long it took. */
  begin(title: string, doing: string): { done(outcome: string): void };
  line(text: string): void;
}

interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

// Without a terminal a log keeps every line, so it gets one a minute.
const TERMINAL_TICK_MS = 1_000;
const LOG_TICK_MS = 60_000;

export function createProgress(output: Output): Progress {
  const active = new Map<symbol, { title: string; doing: string; began: number }>();
  const terminal = output.isTTY === true;
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    if (terminal) output.write('\r\u001b[K');
  };
  const draw = () => {
    const first = [...active.values()][0];
    if (first === undefined) return;
    const others = active.size > 1 ? ` (and ${active.size - 1} more)` : '';
    const text = `  ${first.title}: ${first.doing}, ${elapsed(first.began)}${others}`;
    output.write(terminal ? text.slice(0, 100) : `${text}\n`);
  };
  const line = (text: string) => {
    erase();
    output.write(`${text}\n`);
    if (terminal) draw();
  };
  const tick = () => {
    erase();
    draw();
  };

  return {
    line,
    begin(title, doing) {
      const key = Symbol(title);
      const began = Date.now();
      active.set(key, { title, doing, began });
      timer ??= setInterval(tick, terminal ? TERMINAL_TICK_MS : LOG_TICK_MS);
      return {
        done(outcome) {
          active.delete(key);
          if (active.size === 0) {
            clearInterval(timer);
            timer = undefined;
          }
          line(`  ${title}: ${outcome}, ${elapsed(began)}`);
        },
      };
    },
  };
}

function elapsed(began: number): string {
  return `${Math.round((Date.now() - began) / 1_000)} s`;
}
