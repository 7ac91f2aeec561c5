import { context, getSecret } from "@sealrun/sdk";

// Prints every secret in several forms: whatever does not mask them lets the proof fail.
const canary = context.params["canary"];
for (const name of ["SEALRUN_PROVE_SERVICE", "SEALRUN_PROVE_PROJECT", "SEALRUN_PROVE_PLATFORM"]) {
  const value = String(getSecret(name));
  console.log(`${name} is ${value}, in base64 ${Buffer.from(value).toString("base64")}`);
  console.error(JSON.stringify({ [name]: value }));
}
// A parameter is masked once it is also a secret.
context.secrets.set("SEALRUN_PROVE_SET", canary, "project");
console.log(`the sealed parameter is ${canary}`);
context.state.put("canary", canary);
context.state.put("canary", null);
context.result({ canary });
console.log(`the control, which is not a secret, is ${process.env["SEALRUN_PROVE_CONTROL"]}`);
