import { useGuideList } from "../../pages/guides/use-guides.ts";
import type { Destination } from "./destination.ts";

/** The guides and their headings as places to go to; fetched once `isWanted`. */
export function useGuideDestinations(isWanted: boolean): readonly Destination[] {
  const { data } = useGuideList(isWanted);
  return (data?.entries ?? []).flatMap(({ name, title, description, headings }) => [
    { label: title, description: `Guide: ${description}`, to: `/guides/${name}` },
    ...headings.map(({ id, text }) => ({
      label: text,
      description: `Guide: ${title}`,
      to: `/guides/${name}#${id}`,
    })),
  ]);
}
