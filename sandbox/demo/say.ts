/** Lines at the end of what is printed that are still written anew; none but on a terminal. */
let live: readonly string[] = [];

/** Prints a line. */
export function say(line: string): void {
  process.stdout.write(`${erased()}${line}\n${live.map((text) => `${text}\n`).join("")}`);
}

/** Shows lines that stand for something that goes on: in place on a terminal, elsewhere a line for each change. */
export class LiveLines {
  #shown: readonly string[] = [];

  show(lines: readonly string[]): void {
    if (lines.join() === this.#shown.join()) {
      return;
    }
    if (process.stdout.isTTY) {
      process.stdout.write(erased() + lines.map((line) => `${line}\n`).join(""));
      live = lines;
    } else {
      lines.filter((line) => !this.#shown.includes(line)).forEach(say);
    }
    this.#shown = lines;
  }

  /** What is shown stays as it is. */
  end(): void {
    live = [];
  }
}

/** Takes the cursor back to the first live line, and clears everything from there on. */
function erased(): string {
  return live.length > 0 ? `\u001B[${live.length}A\r\u001B[J` : "";
}
