/** The actions of a row. */
export interface RowActions {
  readonly onOpen: (name: string) => void;
  readonly onSet: (name: string) => void;
  readonly onDelete: (names: readonly string[]) => void;
  readonly onUndo: (name: string) => void;
  readonly onSelect: (names: readonly string[], isSelected: boolean) => void;
}
