import { saslprep } from "../../../provider/postgres/saslprep";

describe("saslprep", () => {
  // RFC 4013, section 3, and what PostgreSQL does.
  test.each([
    ["I\u00adX", "IX", "drops a soft hyphen"],
    ["user", "user", "leaves ASCII"],
    ["\u00aa", "a", "applies NFKC"],
    ["\u2168", "IX", "applies NFKC to Roman numerals"],
    ["a\u00a0b\u3000c", "a b c", "makes every space an ordinary one"],
    ["caf\u0065\u0301", "caf\u00e9", "composes"],
    ["a\tb", "a\tb", "leaves ASCII, control characters included"],
    ["\u00e9\u0007①", "\u00e9\u0007①", "leaves what has a prohibited character"],
    ["\u0627\u0031①", "\u0627\u0031①", "leaves what mixes directions"],
    ["\u0627①\u0628", "\u06271\u0628", "prepares what is written from right to left throughout"],
    ["🐘①", "🐘①", "leaves what Unicode 3.2 did not know"],
    ["\u0221①", "\u0221①", "leaves a character of the first plane that Unicode 3.2 did not know"],
    ["\u200d", "\u200d", "leaves what would become empty"],
  ])("%j becomes %j: %s", async (password, prepared) => {
    expect(await saslprep(password)).toBe(prepared);
  });
});
