import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SecretsPage } from "./secrets-page.tsx";

const from = "/projects/$project/secrets";

/** The secrets of a project, which each of its packages may read. */
export function ProjectSecretsPage(): ReactNode {
  const { project } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  return (
    <SecretsPage
      key={project}
      title={`Secrets of ${project}`}
      lead="Every package of the project can read these, unless the package has its own secret of the same name."
      place={{ scope: "project", project }}
      search={search}
      onSearch={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
    />
  );
}
