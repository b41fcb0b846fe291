import type { DataId } from '@tensorflow/tfjs-core';

/** A part of a buffer, in bytes. */
export interface View {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Tensors that are parts of larger buffers. A buffer is destroyed with the last tensor in it. */
export class Views {
  private readonly views = new Map<DataId, View>();
  private readonly users = new Map<GPUBuffer, number>();

  of(id: DataId): View | undefined {
    return this.views.get(id);
  }

  add(id: DataId, view: View): void {
    this.views.set(id, view);
    this.users.set(view.buffer, (this.users.get(view.buffer) ?? 0) + 1);
  }

  /** @returns false for a tensor that is no view */
  delete(id: DataId): boolean {
    const view = this.views.get(id);
    if (!view) return false;
    this.views.delete(id);
    const left = (this.users.get(view.buffer) ?? 1) - 1;
    if (left > 0) this.users.set(view.buffer, left);
    else {
      this.users.delete(view.buffer);
      view.buffer.destroy();
    }
    return true;
  }
}
