/** Longest wait for another frame of the camera. */
const LONGEST_WAIT_MS = 100;

/**
 * Frames of a video, none twice: each call gives the present one, at once where it was not given yet, else when the next one
 * is there or after {@link LONGEST_WAIT_MS}. Null while the video has none.
 */
export function framesOf(video: HTMLVideoElement): () => Promise<ImageBitmap | null> {
  let given: number | null = null;
  return async () => {
    if (video.getVideoPlaybackQuality().totalVideoFrames === given) await nextFrame(video);
    given = video.getVideoPlaybackQuality().totalVideoFrames;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      given = null;
      await nextFrame(video);
      return null;
    }
    try {
      return await createImageBitmap(video);
    } catch (thrown) {
      // Chromium says that it has data a moment before a frame can be had.
      if (thrown instanceof DOMException && thrown.name === 'InvalidStateError') return null;
      throw thrown;
    }
  };
}

/** Settles once the video has another frame, or after {@link LONGEST_WAIT_MS}: in a hidden tab nothing is told. */
const nextFrame = (video: HTMLVideoElement): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_WAIT_MS);
    video.requestVideoFrameCallback?.(() => {
      clearTimeout(timer);
      resolve();
    });
  });
