import { context } from "@sealrun/sdk";

console.log("In TypeScript");
for (const name of ["DB_HOST", "REGION", "SUPPORT_MAIL"]) {
  // The examples write the scope into the value: "project/…".
  console.log(`${name} comes from ${String(context.secrets.get(name)).split("/")[0]}`);
}

const features = context.secrets.get("FEATURES");
console.log(`FEATURES is ${features === "" ? "the package's empty text" : "something else"}`);
console.log(`NOT_SET is ${context.secrets.get("NOT_SET")}`);

const database = context.secrets.get("DATABASE") as { user: string; password: string; replicas: string[] };
console.log(`DATABASE has ${Object.keys(database).toSorted().join(", ")}`);
console.log(`It prints as ${database.user}, ${database.password}, ${database.replicas[1]}`);
