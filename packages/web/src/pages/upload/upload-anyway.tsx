import { Alert, Checkbox } from "@mantine/core";
import type { PackageProblem } from "@sealrun/client";
import { IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ShownText } from "../../parts/text/shown-text.tsx";
import { placesOf } from "./review.ts";

/** The choice to upload a package although every run of it would fail; it names what fails. */
export function UploadAnyway(props: {
  readonly failing: readonly PackageProblem[];
  readonly isForced: boolean;
  readonly onForce: (isForced: boolean) => void;
}): ReactNode {
  const { failing, isForced, onForce } = props;
  if (failing.length === 0) return null;
  return (
    <Alert color="red" variant="light" icon={<IconCircleX aria-hidden />} title="Every run of this version would fail">
      <Checkbox
        checked={isForced}
        onChange={({ currentTarget }) => onForce(currentTarget.checked)}
        label="Upload anyway"
        description={
          <>
            Runs fail at <ShownText text={placesOf(failing)} />. Better mend it, and drop the package again.
          </>
        }
        styles={{ description: { color: "inherit", overflowWrap: "anywhere" } }}
      />
    </Alert>
  );
}
