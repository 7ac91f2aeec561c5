import { countOf } from "@sealrun/protocol";
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LeaveQuestion } from "../../../parts/page/leave-guard.tsx";
import { ShownText } from "../../../parts/text/shown-text.tsx";
import type { Edits } from "./use-edits.ts";

/** Which files are edited, and what can be done with them; nothing before the first edit. */
export function EditsBar({ edits }: { readonly edits: Edits }): ReactNode {
  const { base, texts, discard, review, isUnsaved } = edits;
  return (
    <>
      {base === undefined ? null : (
        <Alert color="blue" icon={<IconPencil aria-hidden />} title={`${countOf(texts.size, "file")} edited`}>
          <Text size="sm">
            <ShownText text={[...texts.keys()].join(", ")} /> of version {base.number}. The next version has these
            changes and all other files; the secrets stay as they are.
          </Text>
          <Group gap="xs" mt="xs">
            <Button size="xs" onClick={review}>
              Review the new version
            </Button>
            <Button size="xs" variant="default" onClick={discard}>
              Discard
            </Button>
          </Group>
        </Alert>
      )}
      <LeaveQuestion
        title="Leave without uploading?"
        text="The edited files are discarded. Nothing was sent."
        isUnsaved={isUnsaved}
      />
    </>
  );
}
