/** The name that an attribute has in bindings: `password_wo` is `passwordWo`. */
export function propertyName(attribute: string): string {
  return attribute.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
