import { context, getSecret } from "@sealrun/sdk";
import pg from "pg";

const client = new pg.Client({ ...Object(getSecret("DATABASE")), application_name: "postgres-report" });
await client.connect();
try {
  const { rows } = await client.query(
    `select region, count(*)::int as orders, sum(amount)::float8 as total
       from orders group by region order by total desc`,
  );
  for (const { region, orders, total } of rows) console.log(`${region}: ${orders} orders, ${total.toFixed(2)}`);
  context.result({ regions: rows.length, total: rows.reduce((sum, row) => sum + row.total, 0) });
} finally {
  await client.end();
}
