import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { toSealrunError } from "@sealrun/protocol";
import { IconDownload } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { type Cell, toCsv } from "./csv.ts";
import type { ReadRows } from "./read-all.ts";
import { saveText } from "./save-text.ts";
import { showCount } from "../text/show-count.ts";

/** Downloads all rows that a page's filter matches, as CSV or JSON: names, numbers and times, as the page has them. */
export function ExportMenu<R>(props: {
  /** The name of the file, without its ending. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly read: () => Promise<ReadRows<R>>;
  readonly cellsOf: (row: R) => readonly Cell[];
}): ReactNode {
  const { name, columns, read, cellsOf } = props;
  const [isBusy, setIsBusy] = useState(false);
  const save = async (form: "csv" | "json"): Promise<void> => {
    setIsBusy(true);
    try {
      const { rows, isCut } = await read();
      if (form === "csv") saveText(`${name}.csv`, [toCsv(columns, rows.map(cellsOf))], "text/csv");
      else saveText(`${name}.json`, [`${JSON.stringify(rows, undefined, 2)}\n`], "application/json");
      if (isCut) {
        const count = showCount(rows.length);
        notifications.show({
          color: "orange",
          message: `The file has the newest ${count} rows; narrow the filter for others`,
        });
      }
    } catch (error) {
      const { code, message } = toSealrunError(error);
      notifications.show({ color: "red", title: "Nothing was exported", message: `${message} (${code})` });
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" loading={isBusy} leftSection={<IconDownload size={14} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save("csv")}>As CSV</Menu.Item>
        <Menu.Item onClick={() => void save("json")}>As JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
