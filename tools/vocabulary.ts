/** A phrase that readers stumble over, and the standard terms to write instead. */
interface Phrase {
  /** Its words; a space stands for any break between words, also the end of a comment's line. */
  readonly pattern: string;
  readonly instead: string;
}

/**
 * Phrases that translate another language word by word, use a general verb for a standard term, or hide the subject.
 * The style guide in CONTRIBUTING.md says what to write.
 */
const PHRASES: readonly Phrase[] = [
  // The account "nobody" is quoted.
  {
    pattern: "(?<![\"'`/^])(no|some|any)body(?![\"'`:])",
    instead: "the actor: the user, a session, another client",
  },
  { pattern: "whoever", instead: "the actor, or any … that" },
  { pattern: "(is|are|was|been) told|tells|told", instead: "report, inform, configure, show" },
  { pattern: "let(s|ting)? in", instead: "allow" },
  { pattern: "(go(es)?|going) on", instead: "continue, resume" },
  { pattern: "(take|takes|taken|took) up", instead: "adopt, accept, occupy" },
  { pattern: "tak(e|es|en|ing) (it )?for granted", instead: "assume" },
  { pattern: "made", instead: "created, built, changed" },
  { pattern: "(brought|brings?) along", instead: "include, provide" },
  { pattern: "comes? about", instead: "happen, open" },
  { pattern: "sees? to", instead: "handle, ensure" },
  { pattern: "(can|could|cannot|to) be had", instead: "be available" },
  { pattern: "makes? no sense", instead: "be invalid" },
  { pattern: "there already|already there", instead: "already exist" },
  { pattern: "(what|that|which) (is|are|was|were) there", instead: "exist, existing" },
  { pattern: "there is no use", instead: "cannot, do not" },
  { pattern: "(is|are|was|be|been) waited( for)?", instead: "wait for, in the active voice" },
  { pattern: "(is|are|was|were) to be", instead: "must, will" },
  { pattern: "of (its|their|his|one's) own( accord)?", instead: "its own …, a separate …, by itself" },
  { pattern: "that which|those which", instead: "a noun" },
  { pattern: "(for|to|of|by) who", instead: "for a caller that, to the user who" },
  { pattern: "all that", instead: "everything, all …" },
  { pattern: "another one", instead: "another …, a different …" },
  { pattern: "such as it is", instead: "nothing" },
  { pattern: "by and by", instead: "later, eventually" },
  { pattern: "in so many words", instead: "explicitly" },
  { pattern: "to the letter", instead: "exactly, case-sensitive" },
  { pattern: "all the same", instead: "nevertheless, anyway" },
  { pattern: "(needed )?but for|needed but", instead: "except" },
  { pattern: "for good", instead: "permanently" },
  { pattern: "in the end", instead: "finally, last" },
  { pattern: "what concerns", instead: "a noun" },
  { pattern: "and the like", instead: "and similar …" },
  { pattern: "be it", instead: "whether" },
  { pattern: "anew", instead: "again" },
  { pattern: "spelt", instead: "written, spelled" },
  { pattern: "likewise", instead: "also" },
  { pattern: "shall|ought|lest|upon|thereby|whereby|hence", instead: "an everyday word" },
  { pattern: "at the (publisher|subscriber)(?!'s)", instead: "on the publisher, on the subscriber" },
  { pattern: "first copy", instead: "initial copy" },
];

/** Texts that quote a phrase: words of other programs, and what a style guide advises against. */
const QUOTATIONS: readonly string[] = [
  "make, be there, let in, take, go on, end, tell",
  "first copy, first load",
];

/** Between two words: blanks, the end of a line of a comment, or a string that continues on the next line. */
const BREAK = "(?:\\s*[\"'`]\\s*\\+\\s*[\"'`]\\s*|\\s*\\n\\s*(?:\\*|//|#|>)?\\s*|\\s+)";

const patterns = PHRASES.map(({ pattern, instead }) => ({
  regex: new RegExp(`\\b(?:${pattern.replaceAll(" ", BREAK)})\\b`, "gi"),
  instead,
}));

/** A phrase in a text. */
export interface Finding {
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

/** The phrases in a text, in the order of its lines. */
export function findPhrases(text: string): Finding[] {
  const own = QUOTATIONS.reduce((rest, quotation) => rest.replaceAll(quotation, blank), text);
  return patterns
    .flatMap(({ regex, instead }) =>
      [...own.matchAll(regex)].map(({ index, 0: match }) => ({
        line: own.slice(0, index).split("\n").length,
        phrase: match.replace(/[^\w']+/g, " ").toLowerCase(),
        instead,
      })),
    )
    .sort((a, b) => a.line - b.line);
}

function blank(text: string): string {
  return " ".repeat(text.length);
}
