const ASCII_ONLY = /^\p{ASCII}*$/u;

/** Tables C.1.2 and B.1 of RFC 3454: spaces that become an ordinary one, and characters that are dropped. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
// Alternatives rather than one class: several of these are combining characters.
const MAPPED_TO_NOTHING =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/** Tables C.2 to C.9: control characters, private use, non-characters, and what changes the display of others. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u2061-\u2063\u206a-\u206f\ufff9-\ufffd\u2ff0-\u2ffb\u0340\u0341\u200e\u200f\u202a-\u202e\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/**
 * Characters that Unicode 3.2, to which SASLprep is tied, did not have yet. Beyond the first plane it knew few; emoji are
 * among those it did not. In the first plane, what came later is left unnoticed.
 */
const UNASSIGNED =
  /(?![\u{10300}-\u{1031e}\u{10320}-\u{10323}\u{10330}-\u{1034a}\u{10400}-\u{10425}\u{10428}-\u{1044d}\u{1d000}-\u{1d7ff}\u{20000}-\u{2a6d6}\u{2f800}-\u{2fa1d}])[\u{10000}-\u{10ffff}]/u;

/** Characters that are written from right to left, and those that are written from left to right. */
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;
const LEFT_TO_RIGHT = /(?!\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana})\p{L}/u;

/**
 * Prepares a password as SASLprep (RFC 4013) prescribes it. What SASLprep does not allow is used as it is, which is what
 * PostgreSQL and its clients do.
 */
export function saslprep(password: string): string {
  if (ASCII_ONLY.test(password)) return password;
  const prepared = password.replace(OTHER_SPACES, " ").replace(MAPPED_TO_NOTHING, "").normalize("NFKC");
  const refused =
    prepared === "" || PROHIBITED.test(prepared) || UNASSIGNED.test(prepared) || isMixedDirection(prepared);
  return refused ? password : prepared;
}

/** Text with a character that is written from right to left must be so from its first to its last character. */
function isMixedDirection(text: string): boolean {
  const characters = [...text];
  const [first = "", last = ""] = [characters[0], characters.at(-1)];
  return (
    RIGHT_TO_LEFT.test(text) &&
    (LEFT_TO_RIGHT.test(text) || !RIGHT_TO_LEFT.test(first) || !RIGHT_TO_LEFT.test(last))
  );
}
