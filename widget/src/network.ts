/** Watches whether there is a network; gives the way to stop that. */
export function watchNetwork(changed: () => void): () => void {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => {
    removeEventListener("online", changed);
    removeEventListener("offline", changed);
  };
}

/** A service's address without a slash at its end: the wished one, else where the script came from. */
export const serverAddress = (wished: string, home: string): string => (wished || home || location.origin).replace(/\/+$/, "");
