import { setTimeout } from "node:timers/promises";
import type { Client } from "pg";
import { connectClient } from "../support/client";
import type { Database } from "./database";

/** How often rows are written, in milliseconds. */
const INTERVAL_MS = 100;

/** What a writer needs at the publisher. IDs are never used twice: a row that arrives twice can be told from two rows. */
export const WRITER_SQL = `
  CREATE SCHEMA writer;
  CREATE SEQUENCE writer.ids;
  CREATE FUNCTION writer.insert_into(name text, rows int) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    EXECUTE format('INSERT INTO public.%I (id, v) SELECT nextval(''writer.ids''), 0 FROM generate_series(1, %s)', name, rows);
  END $$;
  CREATE FUNCTION writer.write() RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    name text;
    n bigint;
  BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1 LOOP
      PERFORM writer.insert_into(name, 1);
      n := currval('writer.ids');
      IF n % 3 = 0 THEN
        EXECUTE format('UPDATE public.%1$I SET v = v + 1 WHERE id = (SELECT min(id) FROM public.%1$I)', name);
      ELSIF n % 7 = 0 THEN
        EXECUTE format('DELETE FROM public.%1$I WHERE id = (SELECT min(id) FROM public.%1$I)', name);
      END IF;
    END LOOP;
  END $$`;

/** An application that writes to every table of the publisher, all the time. */
export class Writer {
  readonly #publisher: Database;
  #client: Client | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(publisher: Database) {
    this.#publisher = publisher;
  }

  start(): void {
    this.#stopped = false;
    this.#running ??= this.#run();
  }

  /** Ends the writing, and waits until the last row is committed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#running = undefined;
  }

  /** Writes to every table once. @throws Error when the publisher cannot be written to. */
  async write(): Promise<void> {
    this.#client ??= await connectClient(this.#publisher.server);
    try {
      await this.#client.query("SELECT writer.write()");
    } catch (error) {
      await this.#client.end().catch(() => {});
      this.#client = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#client?.end().catch(() => {});
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // The server restarts, or a table is dropped at this moment: an application tries again.
      await this.write().catch(() => {});
      await setTimeout(INTERVAL_MS);
    }
  }
}
