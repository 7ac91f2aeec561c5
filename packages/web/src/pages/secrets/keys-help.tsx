import { Kbd, Modal, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { keyHelp } from "./secrets-keys.ts";

/** Lists the page's keyboard shortcuts. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ "aria-label": "Close" }}>
      <Table>
        <Table.Tbody>
          {keyHelp.map(({ keys, does }) => (
            <Table.Tr key={keys}>
              <Table.Td w={120}>
                {keys.split(" ").map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
