import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Frame } from '../../history/plot';

interface Props {
  label: string;
  height: number;
  margins: Pick<Frame, 'left' | 'right' | 'top' | 'bottom'>;
  children: (frame: Frame) => ComponentChildren;
}

/** As wide as there is room, one unit a pixel: the texts of a chart keep their size on a phone and on a desk. */
export function Canvas({ label, height, margins, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div ref={box} class="canvas">
      {width > 0 && (
        <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
          {children({ width, height, ...margins })}
        </svg>
      )}
    </div>
  );
}
