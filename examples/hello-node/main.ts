import { context, getParam, getSecret } from "@sealrun/sdk";
import { greet } from "./greet.ts";

console.log(greet(String(getParam("name"))));
console.log(`I am the package ${context.package.name}`);

const password = String(getSecret("DB_PASS"));
console.log(`The script has all ${password.length} characters of DB_PASS`);
console.log(`Printed, it is ${password}`);
console.log(`In base64, it is ${Buffer.from(password).toString("base64")}`);
console.log(`In hex, it is ${Buffer.from(password).toString("hex")}`);
console.log(`In an address, it is postgres://report:${encodeURIComponent(password)}@db.example/report`);
console.log(`A secret that is not set is ${getSecret("NOT_SET")}`);

context.result({ greeted: getParam("name"), passwordLength: password.length });
