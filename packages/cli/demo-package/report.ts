import { context, getSecret } from "@sealrun/sdk";

// A developer's scripts know names; the values arrive over a descriptor when they are asked for.
const password = getSecret("DB_PASSWORD");
const key = context.secrets.get("PAYMENT_KEY");
console.log(`connecting with the password ${password}`);
console.log(`and the same in base64: ${Buffer.from(String(password)).toString("base64")}`);
console.log(`charging with the project's key ${key}`);
console.log(`this line carries the control, which is no secret: ${process.env["DEMO_CONTROL"]}`);
context.secrets.set("LAST_TOTAL", { total: 42 }, "project");
context.result({ rows: 3, password });
