/** The scripts that run, each with its entry of `steps`; a script that runs twice takes one entry each time. */
export function pairSettings<S extends { readonly script: string }>(
  scripts: readonly string[],
  steps: readonly S[],
): readonly { readonly script: string; readonly own: S | undefined }[] {
  const left = [...steps];
  return scripts.map((script) => {
    const found = left.findIndex((step) => step.script === script);
    const [own] = found === -1 ? [] : left.splice(found, 1);
    return { script, own };
  });
}
