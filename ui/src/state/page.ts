/** The page in the window: what is loaded once, and only by loading all of it anew. */
export const page = {
  /** Loads it anew. The address stays, and so does what is shown. */
  reload(): void {
    location.reload();
  },
};
