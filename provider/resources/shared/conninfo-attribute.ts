import { settingsFromConninfo } from "../../postgres/connection-settings";
import { ConninfoError, parseConninfo, sameConninfo } from "../../postgres/conninfo";

/** What is wrong with a connection string, without repeating any of it; null when it can be read. */
export function conninfoComplaint(text: string): string | null {
  try {
    parseConninfo(text);
    return null;
  } catch (error) {
    if (error instanceof ConninfoError) return `is not a connection string: ${error.message}`;
    throw error;
  }
}

/** What is wrong with a connection string with which the provider itself connects; null when it can be used. */
export function publisherComplaint(text: string): string | null {
  const complaint = conninfoComplaint(text);
  if (complaint !== null) return complaint;
  try {
    settingsFromConninfo(parseConninfo(text));
    return null;
  } catch (error) {
    if (error instanceof RangeError) return `does not lead to a publisher: ${error.message}`;
    throw error;
  }
}

/** Whether two connection strings say the same in another order or form. */
export function sameConninfoText(one: string, other: string): boolean {
  return sameConninfo(parseConninfo(one), parseConninfo(other));
}
