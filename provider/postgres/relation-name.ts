import { parseRelationName, type RelationName } from "../../facts/relation-name";
import { id, type Sql } from "./sql";

export {
  formatRelationName,
  joinName,
  parseRelationName,
  type RelationName,
  splitName,
} from "../../facts/relation-name";

/** The name as SQL. */
export function relationId({ schema, name }: RelationName): Sql {
  return schema === null ? id(name) : id(schema, name);
}

/** What is wrong with the names of tables, as the end of a sentence; null when all can be names. */
export function tablesComplaint(tables: readonly string[]): string | null {
  return tables.map(tableComplaint).find((complaint) => complaint !== null) ?? null;
}

function tableComplaint(table: string): string | null {
  try {
    relationId(parseRelationName(table));
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `holds an invalid name: ${error.message}`;
  }
}
