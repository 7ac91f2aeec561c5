import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { SecretsPage } from "./secrets-page.tsx";

const from = "/projects/$project/packages/$package/secrets";

/** The secrets of one package, and what it reads from wider scopes. */
export function ServiceSecretsPage(): ReactNode {
  const { project, package: name } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  return (
    <SecretsPage
      key={`${project}/${name}`}
      title={`Secrets of ${name}`}
      lead={
        <>
          Only this package can read these. Names that are not set here are looked up in{" "}
          <LinkAnchor to="/projects/$project/secrets" params={{ project }} size="sm" underline="always">
            <ShownText text={project} />
          </LinkAnchor>
          , then in the{" "}
          <LinkAnchor to="/vault/secrets" size="sm" underline="always">
            vault
          </LinkAnchor>
          .
        </>
      }
      place={{ scope: "service", project, package: name }}
      search={search}
      onSearch={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
    />
  );
}
