import { type SandboxServer, startSandboxServer } from "../../sandbox/sandbox-server";
import { forgetArrivals, RECORD_ARRIVALS } from "../support/arrivals";
import { type Interruption, runInterrupted } from "../support/faults/interruption";
import { holdLock } from "../support/faults/server-faults";
import { startTcpProxy, type TcpProxy, through } from "../support/faults/tcp-proxy";
import type { Diagnostic } from "../support/terraform-output";
import { createTerraform, type Terraform, TerraformError, type TerraformRun } from "../support/terraform";
import { type Addresses, configurationOf, PASSWORDS, SUBSCRIPTION } from "./configuration";
import { Database } from "./database";
import type { Model } from "./model";
import { Writer, WRITER_SQL } from "./writer";

/** How long the subscriber is behind: longer than an apply that does not wait for it. */
const LAG_MS = 2_000;

/** An interruption of an apply of the model. */
export interface ModelInterruption extends Interruption {
  /** The server that the provider is just talking to. */
  readonly side: "publisher" | "subscriber";
}

/** How an apply has ended. */
export interface Outcome {
  readonly succeeded: boolean;
  /** A line for each warning and each error. */
  readonly messages: readonly string[];
}

/** Two real servers, a writer, and Terraform between them. */
export class Environment {
  readonly publisher: Database;
  readonly subscriber: Database;
  readonly writer: Writer;
  /** Between the subscriber and the publisher. */
  readonly link: TcpProxy;
  /** Between the provider and each server. */
  readonly access: Readonly<Record<"publisher" | "subscriber", TcpProxy>>;
  /** Uses a provider that runs already. */
  readonly terraform: Terraform;
  readonly #addresses: Addresses;

  private constructor(
    servers: Readonly<Record<"publisher" | "subscriber", SandboxServer>>,
    proxies: { readonly link: TcpProxy; readonly access: Environment["access"] },
    terraform: Terraform,
  ) {
    this.publisher = new Database(servers.publisher);
    this.subscriber = new Database(servers.subscriber);
    this.writer = new Writer(this.publisher);
    this.link = proxies.link;
    this.access = proxies.access;
    this.terraform = terraform;
    this.#addresses = { publisher: proxies.link, publisherMajor: servers.publisher.major };
  }

  static async create(majors: {
    readonly publisher: number;
    readonly subscriber: number;
  }): Promise<Environment> {
    const [publisher, subscriber] = await Promise.all([
      startSandboxServer({ major: majors.publisher }),
      startSandboxServer({ major: majors.subscriber }),
    ]);
    const link = await startTcpProxy(publisher);
    const access = {
      publisher: await startTcpProxy(publisher),
      subscriber: await startTcpProxy(subscriber),
    };
    const terraform = await createTerraform({
      aliases: {
        publisher: { server: through(access.publisher, publisher) },
        subscriber: { server: through(access.subscriber, subscriber) },
      },
      secrets: PASSWORDS,
    });
    const environment = new Environment({ publisher, subscriber }, { link, access }, terraform);
    await environment.publisher.query(WRITER_SQL);
    await environment.subscriber.query(`${RECORD_ARRIVALS}; CREATE ROLE other_owner SUPERUSER LOGIN`);
    return environment;
  }

  async close(): Promise<void> {
    await this.writer.close();
    await Promise.all([this.subscriber.server.stop(), this.publisher.server.stop()]);
  }

  /** Creates a table at the publisher, with some rows. */
  async createTable(name: string, identity: "key" | "full"): Promise<void> {
    await this.publisher.query(
      `CREATE TABLE public.${name} (id bigint ${identity === "key" ? "PRIMARY KEY" : "NOT NULL"}, v int);
       ${identity === "full" ? `ALTER TABLE public.${name} REPLICA IDENTITY FULL;` : ""}
       SELECT writer.insert_into('${name}', 50)`,
    );
  }

  /** Empties tables at the subscriber, as someone does who wants them copied again. */
  async empty(tables: readonly string[]): Promise<void> {
    for (const table of tables) {
      await this.subscriber.query(`TRUNCATE public.${table}; ${forgetArrivals(`public.${table}`)}`);
    }
  }

  /** Writes the model's configuration. */
  write(model: Model): Promise<void> {
    return this.terraform.write(configurationOf(model, this.#addresses));
  }

  async apply(model: Model, ...flags: string[]): Promise<Outcome> {
    await this.write(model);
    return outcomeOf(this.terraform.apply(...flags));
  }

  /** Applies until the interruption, and then again, as users do. @returns how the second apply has ended. */
  async applyInterrupted(model: Model, interruption: ModelInterruption): Promise<Outcome> {
    await this.write(model);
    await runInterrupted(this.terraform, "apply", this.access[interruption.side], interruption);
    return this.apply(model);
  }

  /** Empties the tables, and replaces the subscription: what messages advise when rows are lost. */
  async copyAgain(model: Model): Promise<Outcome> {
    // Otherwise rows arrive between the two.
    await this.subscriber.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_subscription) THEN ALTER SUBSCRIPTION ${model.subscription.name} DISABLE; END IF;
      END $$`);
    await this.empty(await this.tablesAtSubscriber());
    await this.write(model);
    const exists = (await this.terraform.state(SUBSCRIPTION)) !== undefined;
    return outcomeOf(this.terraform.apply(...(exists ? [`-replace=${SUBSCRIPTION}`] : [])));
  }

  /**
   * Lets the subscriber fall behind: a lock on one of its tables stops the worker for a while.
   *
   * @returns what ends it, at once.
   */
  async lagBehind(tables: readonly string[]): Promise<() => Promise<void>> {
    const [table] = tables;
    if (table === undefined) return () => Promise.resolve();
    const release = await holdLock(
      this.subscriber.server,
      "postgres",
      `LOCK TABLE public.${table} IN SHARE MODE`,
    );
    await this.writer.write();
    const timer = setTimeout(() => void release(), LAG_MS);
    return () => {
      clearTimeout(timer);
      return release();
    };
  }

  tablesAtSubscriber(): Promise<string[]> {
    return this.subscriber.column(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    );
  }
}

async function outcomeOf(run: Promise<TerraformRun>): Promise<Outcome> {
  try {
    return { succeeded: true, messages: messagesOf((await run).diagnostics) };
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    const messages = messagesOf(error.diagnostics);
    // Terraform itself may have failed, and have said so in plain text.
    return { succeeded: false, messages: messages.length > 0 ? messages : [error.output] };
  }
}

/** Diagnostics as a line each. */
export function messagesOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(
    ({ severity, summary, detail, address }) => `${severity}: ${summary} (${address}): ${detail}`,
  );
}
