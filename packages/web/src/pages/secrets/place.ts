import type { SecretPlace } from "@sealrun/client";
import type { QueryKey } from "@tanstack/react-query";
import { topicKey } from "../../platform/queries.ts";

/** A place in a sentence. */
export function showPlace(place: SecretPlace): string {
  switch (place.scope) {
    case "platform":
      return "the platform";
    case "project":
      return `project ${place.project}`;
    case "service":
      return `package ${place.package}`;
  }
}

/** The key of a query about the secrets of a place; live changes of the topic make it stale. */
export function placeKey(place: SecretPlace, ...rest: readonly string[]): QueryKey {
  switch (place.scope) {
    case "platform":
      return topicKey("secrets", "platform", ...rest);
    case "project":
      return topicKey("secrets", "project", place.project, ...rest);
    case "service":
      return topicKey("secrets", "service", place.project, place.package, ...rest);
  }
}

/** The places where a name is looked up next when this place does not have it, in order. */
export function widerPlaces(place: SecretPlace): readonly SecretPlace[] {
  switch (place.scope) {
    case "platform":
      return [];
    case "project":
      return [{ scope: "platform" }];
    case "service":
      return [{ scope: "project", project: place.project }, { scope: "platform" }];
  }
}
