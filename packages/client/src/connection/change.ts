/** A change with a new name as it was typed: the platform checks its form. */
export type Change<T extends { readonly name?: string | undefined }> = Omit<T, "name"> & {
  readonly name?: string | undefined;
};
