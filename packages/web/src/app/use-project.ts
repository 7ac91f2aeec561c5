import { useParams, useSearch } from "@tanstack/react-router";

/** The project that the address names, in its path or as a filter; undefined on pages of the whole platform. */
export function useProject(): string | undefined {
  const params = useParams({ strict: false });
  const search = useSearch({ strict: false });
  return params.project ?? search.project;
}
