import { fastify } from "fastify";
import { Pool } from "pg";

/*
 * A process of accept.ts: an HTTP server whose only route inserts one row. Its argument is how to reach PostgreSQL; it
 * prints the port.
 */
const pool = new Pool({ ...JSON.parse(process.argv[2] ?? ""), max: 4 });
const app = fastify();
app.post("/rows", async (request, reply) => {
  const { id, body } = Object(request.body);
  await pool.query({ name: "insert", text: "insert into bench_rows (id, body) values ($1, $2)", values: [id, body] });
  return reply.code(202).send({ id });
});
const address = await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${new URL(address).port}\n`);
