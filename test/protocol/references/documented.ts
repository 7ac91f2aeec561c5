import type { JsonValue } from "@sealrun/protocol";

/** A string from another system's pages, and its result. */
export interface Documented {
  /** The owner of the page, and its title. */
  readonly page: string;
  readonly text: string;
  /** The value, or the code that refuses it. */
  readonly gives: { readonly value: JsonValue } | { readonly code: string };
  /** True for text that stands as the whole `input` of a step. */
  readonly isInput?: boolean;
}

/** The secrets that the strings below name. */
export const documentedSecrets = {
  API_TOKEN: "api token of the page",
  MYPASSWORD: "myPrivateCode",
  MY_SECRET: "mysecretvalue",
  GITHUB_ACCESS_TOKEN: "mypat of the page",
  AWS_ACCESS_KEY_ID: "myawsaccesskey",
  AWS_SECRET_ACCESS_KEY: "myawssecretaccesskey",
  secret_key_name: "value of secret_key_name",
  secret_name: "value of secret_name",
  "sampletask-api-token": "sample token 0123",
  "env-variable-1": "production",
  secretToken: "direktiv token 4567",
} as const;

/** The step's env of the pages: envs.NAME reads it. */
export const documentedEnv = { LOWERCASE_ENVIRONMENT_VARIABLE_KEY: "not encoded" } as const;

const kestra = "Kestra: Secret";
const howTo = "Kestra: Secrets, how-to";
const orkes = "Orkes Conductor: Using Secrets";
const direktiv = "Direktiv: Secrets & Registries";

const conductorTask = (authorization: string): JsonValue => ({
  uri: "https://orkes-api-tester.orkesconductor.com/api",
  method: "GET",
  connectionTimeOut: 3000,
  headers: { Authorization: authorization },
});

/** Every string with a reference on the pages; Conductor's own task output is not a reference to a secret and stays. */
export const documented: readonly Documented[] = [
  // The extra quote is in the page itself: Kestra refuses it too.
  { page: kestra, text: "{{ secret('API_TOKEN'') }}", gives: { code: "REFERENCE_INVALID" } },
  { page: kestra, text: "{{ secret('API_TOKEN') }}", gives: { value: documentedSecrets.API_TOKEN } },
  { page: kestra, text: "{{ secret('MYPASSWORD') }}", gives: { value: "myPrivateCode" } },
  { page: kestra, text: "{{envs.lowercase_environment_variable_key}}", gives: { value: "not encoded" } },
  {
    page: kestra,
    text: 'SECRET_MYPASSWORD={{ "password" | base64encode }}',
    gives: { value: "SECRET_MYPASSWORD=cGFzc3dvcmQ=" },
  },
  {
    page: kestra,
    text: 'SECRET_GITHUB_ACCESS_TOKEN={{ "mypat" | base64encode }}',
    gives: { value: "SECRET_GITHUB_ACCESS_TOKEN=bXlwYXQ=" },
  },
  {
    page: kestra,
    text: 'SECRET_AWS_ACCESS_KEY_ID={{ "myawsaccesskey" | base64encode }}',
    gives: { value: "SECRET_AWS_ACCESS_KEY_ID=bXlhd3NhY2Nlc3NrZXk=" },
  },
  {
    page: kestra,
    text: 'SECRET_AWS_SECRET_ACCESS_KEY={{ "myawssecretaccesskey" | base64encode }}',
    gives: { value: "SECRET_AWS_SECRET_ACCESS_KEY=bXlhd3NzZWNyZXRhY2Nlc3NrZXk=" },
  },
  { page: howTo, text: "{{ secret('secret_key_name') }}", gives: { value: "value of secret_key_name" } },
  {
    page: howTo,
    text: "{{ secret('MYPASSWORD') }}\n{{ secret('GITHUB_ACCESS_TOKEN') }}\n{{ secret('AWS_ACCESS_KEY_ID') }}\n{{ secret('AWS_SECRET_ACCESS_KEY') }}\n",
    gives: { value: "myPrivateCode\nmypat of the page\nmyawsaccesskey\nmyawssecretaccesskey\n" },
  },
  { page: howTo, text: "{{ secret('MY_SECRET') }}", gives: { value: "mysecretvalue" } },
  { page: orkes, text: "${workflow.secrets.secret_name}", gives: { value: "value of secret_name" } },
  {
    page: orkes,
    text: "Bearer: ${workflow.secrets.sampletask-api-token}",
    gives: { value: "Bearer: sample token 0123" },
  },
  { page: orkes, text: "${workflow.secrets.sampletask-api-token}", gives: { value: "sample token 0123" } },
  { page: orkes, text: "${workflow.secrets.env-variable-1}", gives: { value: "production" } },
  {
    page: orkes,
    text: "${previousTask.output._secrets.someOutputParameter}",
    gives: { value: "${previousTask.output._secrets.someOutputParameter}" },
  },
  {
    page: direktiv,
    text: '{\n      "method": "GET",\n      "url": "https://jsonplaceholder.typicode.com/todos/1",\n      "headers": {\n        "Content-type": "application/json; charset=UTF-8",\n\t"Authorization": ("bearer " + .secrets.secretToken),\n      },\n    }',
    isInput: true,
    gives: {
      value: {
        method: "GET",
        url: "https://jsonplaceholder.typicode.com/todos/1",
        headers: {
          "Content-type": "application/json; charset=UTF-8",
          Authorization: "bearer direktiv token 4567",
        },
      },
    },
  },
  { page: direktiv, text: ".secrets.secretToken", gives: { value: "direktiv token 4567" } },
  { page: direktiv, text: 'jq("bearer " + .secrets.secretToken)', gives: { value: "bearer direktiv token 4567" } },
];

/** The example workflow of Orkes' page, as a document whose texts hold references. */
export const conductorDocument = {
  given: conductorTask("Bearer: ${workflow.secrets.sampletask-api-token}"),
  gives: conductorTask("Bearer: sample token 0123"),
};
