/** The language of a first package. */
export type Language = "typescript" | "python" | "shell";

/** One file to write; a private file holds secrets. */
export interface FileToWrite {
  readonly path: string;
  readonly text: string;
  readonly isPrivate?: boolean;
}

const token = "replace-me-with-a-real-token";

/** The files of a first package of that name. */
export function firstPackage(name: string, language: Language): readonly FileToWrite[] {
  const script = scripts[language];
  return [
    { path: script.path, text: script.text },
    { path: "secrets.json", text: json({ API_TOKEN: token }), isPrivate: true },
    { path: "manifest.json", text: json({ name, description: "My first package", entrypoint: script.path }) },
    { path: "ef_env.json", text: json(localSettings(name)), isPrivate: true },
    { path: ".gitignore", text: "secrets.json\nef_env.json\nef_package_state.json\n.env*\n.sealrun/\n__pycache__/\n" },
    { path: "README.md", text: readme(name, script.path) },
    ...script.editor,
  ];
}

/** The settings that a script gets under `sealrun local`. */
function localSettings(name: string): unknown {
  return { params: { package_name: name, package_id: "local" }, config: {}, secrets: { API_TOKEN: "a-local-token" } };
}

function readme(name: string, script: string): string {
  return `# ${name}

\`${script}\` runs with the secrets of \`secrets.json\`, which is sealed on your machine when you push and never sent as it is.
Keep it out of version control: \`.gitignore\` lists it.

\`\`\`
sealrun local .                          # run it here; secrets come from ef_env.json
sealrun project create demo              # once
sealrun push . --project demo            # seal and upload a version
sealrun run demo/${name} --wait          # run it in the sandbox
\`\`\`
`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const typescript = `import { context, getParam, getSecret } from "@sealrun/sdk";

const token = getSecret("API_TOKEN");
context.logging.info(\`\${getParam("package_name")} has a token of \${String(token).length} characters\`);
context.logging.info("on a platform the log masks it:", token);
context.result({ ok: token !== null });
`;

const python = `from sealrun import context, get_param, get_secret

token = get_secret("API_TOKEN")
print("%s has a token of %d characters" % (get_param("package_name"), len(token or "")))
print("on a platform the log masks it:", token)
context.result({"ok": token is not None})
`;

const shell = `#!/bin/sh
set -eu
token=$(sealrun-context get API_TOKEN)
echo "$(sealrun-context param package_name) has a token of \${#token} characters"
echo "on a platform the log masks it: $token"
`;

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    lib: ["es2024", "dom"],
    types: [],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    // Only for editors and tsc: at run time the platform provides the SDK.
    paths: { "@sealrun/sdk": ["./.sealrun/types/index.d.ts"] },
  },
  include: ["**/*.ts"],
};

const scripts: Readonly<
  Record<Language, { readonly path: string; readonly text: string; readonly editor: readonly FileToWrite[] }>
> = {
  typescript: { path: "main.ts", text: typescript, editor: [{ path: "tsconfig.json", text: json(tsconfig) }] },
  python: {
    path: "main.py",
    text: python,
    editor: [{ path: "pyrightconfig.json", text: json({ extraPaths: [".sealrun/types"] }) }],
  },
  shell: { path: "main.sh", text: shell, editor: [] },
};
