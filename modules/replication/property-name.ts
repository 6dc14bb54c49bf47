/** Name of an attribute in the bindings: `passwordWo` for `password_wo`. */
export function propertyName(attribute: string): string {
  return attribute.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
