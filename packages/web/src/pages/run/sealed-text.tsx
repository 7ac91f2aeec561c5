import { ActionIcon, Textarea, TextInput } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { privateField } from "../../parts/text/private-field.ts";
import classes from "./sealed-text.module.css";

/**
 * A text field that keeps its text private: uncontrolled, hidden from password managers and from the browser's
 * autocomplete. Masked, it shows dots until the user asks to see the text.
 */
export function SealedText(props: {
  readonly name: string;
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly withAsterisk?: boolean;
  readonly isLong: boolean;
  readonly isMasked: boolean;
  readonly inputMode?: "decimal";
  readonly defaultValue: string;
  readonly placeholder?: string | undefined;
}): ReactNode {
  const { isLong, isMasked, ...rest } = props;
  const [isSeen, setIsSeen] = useState(false);
  const given = {
    ...rest,
    ...(isMasked ? privateField : { autoComplete: "off" }),
    classNames: isMasked && !isSeen ? { input: classes["masked"] ?? "" } : {},
    rightSection: isMasked ? (
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={isSeen ? "Hide what is typed" : "Show what is typed"}
        aria-pressed={isSeen}
        onClick={() => setIsSeen(!isSeen)}
      >
        {isSeen ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
      </ActionIcon>
    ) : undefined,
  };
  return isLong ? <Textarea {...given} autosize minRows={3} maxRows={12} /> : <TextInput {...given} />;
}
