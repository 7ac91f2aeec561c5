/** A module beside the script: imported as usual, never run by itself, because the manifest names the entrypoint. */
export function greet(name: string): string {
  return `Hello, ${name}`;
}
