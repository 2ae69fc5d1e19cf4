/** The agreements' plain notation: `## ` begins a heading, `- ` a point, an empty line ends a paragraph. */
export interface Block {
  kind: 'heading' | 'points' | 'text';
  lines: string[];
}

const kindOf = (line: string): Block['kind'] => (line.startsWith('#') ? 'heading' : line.startsWith('- ') ? 'points' : 'text');

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let ended = true;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const kind = kindOf(line);
    const last = blocks.at(-1);
    const content = line.replace(/^(#+|-)\s+/, '');
    if (!line) ended = true;
    else if (!ended && last?.kind === kind && kind !== 'heading') last.lines.push(content);
    else {
      blocks.push({ kind, lines: [content] });
      ended = false;
    }
  }
  return blocks;
}
