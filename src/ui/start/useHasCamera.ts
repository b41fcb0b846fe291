import { useEffect, useState } from 'react';

/** Whether this device has a camera, as far as the browser tells before it is asked for one. */
export function useHasCamera(): boolean {
  const [has, setHas] = useState(false);
  useEffect(() => {
    // Missing where the page is not served over https or from this device.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) return;
    let gone = false;
    const look = (): void => {
      devices.enumerateDevices().then(
        (list) => {
          if (!gone) setHas(list.some(({ kind }) => kind === 'videoinput'));
        },
        () => {},
      );
    };
    look();
    devices.addEventListener('devicechange', look);
    return () => {
      gone = true;
      devices.removeEventListener('devicechange', look);
    };
  }, []);
  return has;
}
