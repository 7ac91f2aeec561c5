import type { ReactNode } from "react";
import { SetSecret } from "./set-secret.tsx";

/** Asks for the value of a name that a package lacks, for the package alone or for its whole project. */
export function AddMissing(props: {
  readonly target: { readonly project: string; readonly package: string };
  readonly name: string;
  /** What may follow once the value is stored. */
  readonly after?: { readonly words: string; readonly act: () => void } | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const { project, package: name } = props.target;
  return (
    <SetSecret
      places={[
        { scope: "service", project, package: name },
        { scope: "project", project },
      ]}
      name={props.name}
      own={[]}
      known={[props.name]}
      after={props.after}
      onClose={props.onClose}
    />
  );
}
