/** Shows how long work goes on: one redrawn line on a terminal, a few plain lines elsewhere. */
import { withByteUnit } from "../base/text.ts";
import type { Progress } from "../runtime/setup/progress.ts";
import type { Terminal } from "./command.ts";

export interface ShownProgress extends Progress {
  /** Leaves the last step's line behind, so that what follows begins on a line of its own. */
  end(): void;
}

const BAR_WIDTH = 24;
/** Often enough to look smooth. */
const REDRAW_MS = 80;

/** `amountOf`: how much is done, for people. */
export function showProgress(
  terminal: Terminal,
  amountOf: (done: number) => string = withByteUnit,
): ShownProgress {
  return terminal.interactive ? redrawnLine(terminal, amountOf) : plainLines(terminal, amountOf);
}

function plainLines(terminal: Terminal, amountOf: (done: number) => string): ShownProgress {
  let quarter = 0;
  return {
    step(title) {
      quarter = 0;
      terminal.err(`${title}\n`);
    },
    advance(done, total) {
      const reached = Math.floor((4 * done) / total);
      if (reached <= quarter || reached > 3) return;
      quarter = reached;
      const amount = amountOf(done);
      terminal.err(`  ${25 * reached}%${amount === "" ? "" : ` (${amount})`}\n`);
    },
    end() {},
  };
}

function redrawnLine(terminal: Terminal, amountOf: (done: number) => string): ShownProgress {
  let current = "";
  let drawnAt = 0;
  const draw = (text: string): void => {
    drawnAt = performance.now();
    terminal.err(`\r\x1b[2K${text.slice(0, terminal.width - 1)}`);
  };
  const end = (): void => {
    process.off("exit", end);
    if (current === "") return;
    draw(current);
    terminal.err("\n");
    current = "";
  };
  return {
    step(title) {
      end();
      // An interruption, too, must leave the prompt of the shell a line of its own.
      process.once("exit", end);
      current = title;
      draw(title);
    },
    advance(done, total) {
      if (current === "" || performance.now() - drawnAt < REDRAW_MS) return;
      const share = Math.min(1, done / total);
      const filled = Math.round(share * BAR_WIDTH);
      const bar = `${"━".repeat(filled)}${"─".repeat(BAR_WIDTH - filled)}`;
      draw(`${current}  ${bar} ${Math.floor(share * 100)}%  ${amountOf(done)}`);
    },
    end,
  };
}
