import { useQuery } from "@tanstack/react-query";
import { createGuideSearch } from "./search-guides.ts";

/** The list of the guides, fetched once; it comes with the page's own files and never grows old. */
export function useGuideList(isEnabled = true) {
  return useQuery({
    queryKey: ["guides"],
    queryFn: async () => {
      const { entries, words } = await import("virtual:guides");
      return { entries, words };
    },
    staleTime: "static",
    enabled: isEnabled,
  });
}

/** One guide by its name; null when there is none. */
export function useGuide(name: string) {
  return useQuery({
    queryKey: ["guides", "one", name],
    queryFn: async () => {
      const { loaders } = await import("virtual:guides");
      const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
      return load === undefined ? null : (await load()).guide;
    },
    staleTime: "static",
  });
}

/** Searches the text of all guides, once somebody wants to. */
export function useGuideSearch(isEnabled: boolean) {
  return useQuery({
    queryKey: ["guides", "search"],
    queryFn: async () => {
      const { sections } = await import("virtual:guides/search");
      return { search: createGuideSearch(sections) };
    },
    staleTime: "static",
    gcTime: Infinity,
    enabled: isEnabled,
  });
}
