export const shells: Readonly<Record<string, readonly string[]>> = {};
