import type { Model, PublicationModel } from "../model";
import type { Picker } from "../picker";
import type { Outcome, Environment } from "../environment";

/** Something that a user changes in the configuration, and then applies. */
export interface Change {
  /** @returns the model that is to be applied; undefined when the change is impossible now. */
  next(model: Model, pick: Picker): Model | undefined;
  /** What the user does before, outside of Terraform. */
  prepare?(environment: Environment, after: Model, before: Model): Promise<void>;
  /** Undoes {@link prepare} when the change was refused. */
  restore?(environment: Environment, after: Model, before: Model): Promise<void>;
}

/** The model with another subscription. */
export function withSubscription(model: Model, subscription: Partial<Model["subscription"]>): Model {
  return { ...model, subscription: { ...model.subscription, ...subscription } };
}

/** The model with other publications; those that are null are removed. */
export function withPublications(
  model: Model,
  changed: Readonly<Record<string, PublicationModel | null>>,
): Model {
  const entries = Object.entries({ ...model.publications, ...changed });
  const publications = Object.fromEntries(entries.flatMap(([key, value]) => (value ? [[key, value]] : [])));
  return { ...model, publications };
}

/** The model with other attributes of a publication; undefined if the publication does not exist. */
export function withPublication(
  model: Model,
  key: string,
  change: (publication: PublicationModel) => Partial<PublicationModel>,
): Model | undefined {
  const publication = model.publications[key];
  return publication && withPublications(model, { [key]: { ...publication, ...change(publication) } });
}

/** The restrictions of a publication's tables, except that of one table. */
export function withoutPart(parts: PublicationModel["parts"], table: string): PublicationModel["parts"] {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => name !== table));
}

/** A name that was never used before: what has gone must not be mistaken for what is new. */
export function newName(prefix: string, model: Model): { readonly name: string; readonly model: Model } {
  return { name: `${prefix}${model.named}`, model: { ...model, named: model.named + 1 } };
}

/** @throws Error unless an apply has failed with an error that matches. */
export function requireRefusal({ succeeded, messages }: Outcome, refusal: RegExp): void {
  if (!succeeded && messages.some((line) => line.startsWith("error") && refusal.test(line))) return;
  throw new Error(
    `The apply should be refused with ${refusal}. It ${succeeded ? "succeeds" : "fails"}: ${messages.join("\n")}`,
  );
}
