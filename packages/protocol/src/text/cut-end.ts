/** `text` without every `character` at its end. A pattern for it would look through each row of them again and again. */
export function cutEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text.startsWith(character, end - character.length)) end -= character.length;
  return text.slice(0, end);
}
