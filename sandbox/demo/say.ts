/** Prints a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Lines that are written again and again in place on a terminal, and once for each change elsewhere. */
export class LiveLines {
  #shown: readonly string[] = [];

  show(lines: readonly string[]): void {
    if (lines.join("\n") === this.#shown.join("\n")) return;
    if (process.stdout.isTTY) {
      // Back to the first of them, and everything below is cleared.
      const up = this.#shown.length > 0 ? `\u001B[${this.#shown.length}A\r\u001B[J` : "";
      process.stdout.write(up + lines.map((line) => `${line}\n`).join(""));
    } else {
      lines.filter((line) => !this.#shown.includes(line)).forEach(say);
    }
    this.#shown = lines;
  }
}
