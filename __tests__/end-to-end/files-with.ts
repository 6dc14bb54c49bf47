/** The files that a text is in, as it is or as JSON, HCL or a connection string would have it. */
export function filesWith(text: string, files: Readonly<Record<string, string>>): string[] {
  const escaped = text.replace(/['\\]/g, "\\$&");
  const forms = [text, JSON.stringify(text).slice(1, -1), escaped, JSON.stringify(escaped).slice(1, -1)];
  return Object.keys(files).filter((file) => forms.some((form) => files[file]?.includes(form)));
}
