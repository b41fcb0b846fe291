import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useState } from 'react';

interface Props<T> {
  readonly items: readonly T[];
  /** Minimum width of a tile and height of a row, gap included, in CSS pixels. */
  readonly tileWidth: number;
  readonly rowHeight: number;
  readonly className: string;
  /** A tile; must carry its own key. */
  readonly tile: (item: T) => ReactNode;
}

/** Tiles in as many columns as fit. Only the rows on the screen are rendered: 5,000 cost no more than 50. */
export function TileGrid<T>({ items, tileWidth, rowHeight, className, tile }: Props<T>) {
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const columns = Math.max(1, Math.floor(width / tileWidth));
  const rows = useVirtualizer({
    count: Math.ceil(items.length / columns),
    getScrollElement: () => box,
    estimateSize: () => rowHeight,
    overscan: 2,
  });
  return (
    <div className={`tiles ${className}`} ref={setBox}>
      <div ref={measure} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            className="tiles-row"
            style={{
              transform: `translateY(${start}px)`,
              height: rowHeight,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {items.slice(index * columns, (index + 1) * columns).map(tile)}
          </div>
        ))}
      </div>
    </div>
  );
}
