import { useQuery } from "@tanstack/react-query";
import { createGuideSearch } from "./search-guides.ts";

/** The list of the guides, fetched once; it is one of the page's own files and never stale. */
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

/** One guide by its name; null when no guide has it. */
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

/** The search of all guides; its index is fetched once `isEnabled`. */
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
