import { mayRead, readerOf } from "../../../../provider/resources/publication/slots";

const reads = (command: string | null, active = true): readonly string[] | null =>
  readerOf({ slot: "s", active, command }).publications;

test.each<[string, string[]]>([
  [
    `START_REPLICATION SLOT "s" LOGICAL 0/0 (proto_version '4', streaming 'parallel', origin 'any', publication_names '"old","it''s a ""pub"""')`,
    ["old", `it's a "pub"`],
  ],
  [`START_REPLICATION SLOT "s" LOGICAL 0/0 (proto_version '1', publication_names '"P"')`, ["P"]],
  [
    `START_REPLICATION SLOT "dbz" LOGICAL 0/0 ("proto_version" '1', "publication_names" 'Dbz_Publication, second')`,
    ["dbz_publication", "second"],
  ],
])("the publications of a reader are those that it has asked for: %s", (command, publications) => {
  expect(reads(command)).toEqual(publications);
});

test.each<[string, string | null, boolean]>([
  ["nothing is connected to the slot", null, false],
  ["the user may not see the command", "<insufficient privilege>", true],
  [
    "the command is too long for track_activity_query_size",
    `START_REPLICATION SLOT "s" LOGICAL 0/0 (publication_names '"a`,
    true,
  ],
  ["the first copy of a table is not complete", "COPY public.t TO STDOUT", true],
])("a slot may read any publication when %s", (_, command, active) => {
  expect(reads(command, active)).toBeNull();
  expect(mayRead(readerOf({ slot: "s", active, command }), "anything")).toBe(true);
});
