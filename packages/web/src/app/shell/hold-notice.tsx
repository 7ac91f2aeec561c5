import { Alert } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LinkAnchor } from "../../parts/page/links.tsx";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { Time } from "../../parts/time/time.tsx";
import { useClient } from "../../platform/platform.tsx";
import { topicKey } from "../../platform/queries.ts";

/** Says on every page that the platform is on hold, so that it is clear why nothing starts. */
export function HoldNotice(): ReactNode {
  const client = useClient();
  const { data } = useQuery({ queryKey: topicKey("platform", "hold"), queryFn: async () => client.getHold() });
  if (data === undefined || data.hold === null) return null;
  const { since, by } = data.hold;
  return (
    <Alert mb="md" color="yellow" role="status" icon={<IconHandStop aria-hidden />} title="The platform is held">
      <ShownText text={by} /> held it <Time at={since} />. Running executions continue. Nothing new starts until an
      admin runs <code>sealrun platform resume</code>.{" "}
      <LinkAnchor inherit underline="always" to="/guides/$" params={{ _splat: "operate/hold" }}>
        About holds
      </LinkAnchor>
    </Alert>
  );
}
